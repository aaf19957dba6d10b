//! The thread that writes: group commit, as on SQLite. Jobs that wait together share one transaction and are answered after the commit.
//!
//! As on SQLite, a batch runs bare, without savepoints, because each would cost a round trip; when one of its jobs is refused, it is
//! rolled back and run again with them, and so are the next batches. It also assumes that the statements fit of which that is nearly always
//! so ([`Tx::assume`]), and is run again without assuming anything when one of them does not.
//!
//! A transaction begins by locking one row, the same for every process on the database, and reads what is committed. So all writes of
//! a database run one after the other, as they do on SQLite: none can act on what another one is about to change
//! (`docs/decisions/0012`).

use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::COUNT_COMMIT;
use super::connect::{Connector, Purpose};
use super::pool::{PROMPT, Pool};
use super::session::{Fault, Reach, Session};
use crate::audit::{Head, KnownHead};
use crate::engine::{CAREFUL_BATCHES, Job, Message, State};
use crate::error::StoreError;
use crate::tx::Tx;

/// How long closing waits for readers that are still busy.
const READERS_AT_CLOSE: Duration = Duration::from_secs(5);

/// How often a transaction is repeated that lost against another one (R21).
const REPEATS: usize = 3;

/// How many batches assume nothing after one that was wrong to.
const DOUBTFUL_BATCHES: u32 = 4;

/// Begins a transaction that writes. It locks by [`COUNT_COMMIT`] next.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// The ends of the audit trail and of the feed, with the lock: most add to them.
const ENDS: &str = "SELECT sequence, hash, (SELECT MAX(sequence) FROM events) FROM audit_head WHERE id = 1";

/// What a transaction has changed stands behind this. COMMIT alone is answered as if all were well after the transaction has failed, or a
/// closure has ended it; [`COMMIT`] is refused.
const CHANGES: &str = "SAVEPOINT batch";

/// Ends the transaction.
const COMMIT: &str = "RELEASE batch; COMMIT";

/// The writer thread's own.
pub(super) struct Writer {
    pub(super) connector: Arc<Connector>,
    pub(super) pool: Arc<Pool>,
    pub(super) state: Arc<State>,
    pub(super) inbox: Receiver<Message>,
    pub(super) batch_jobs: usize,
    pub(super) batch_time: Duration,
    pub(super) session: Option<Session>,
    /// The connection that the database was opened by. It stays until there is another one: who moves a database knows by its connections
    /// whether a server uses it.
    pub(super) opening: Option<Session>,
    /// The last entry of the audit trail, while a transaction that knows it is open.
    pub(super) head: KnownHead,
    /// For how many batches more each job gets a savepoint.
    pub(super) careful: u32,
    /// For how many batches more nothing is assumed.
    pub(super) doubtful: u32,
    /// Whether a closure has assumed something in the open transaction.
    pub(super) assumed: Cell<bool>,
    /// Whether a closure may have changed something in it.
    pub(super) changed: Cell<bool>,
    pub(super) closing: Option<oneshot::Sender<()>>,
}

/// What has become of a job.
enum Attempt {
    /// Its changes are in the transaction, or it has none, or they were only tried.
    Clean,
    /// It was refused, and what it did was undone.
    Undone,
    /// It was refused, and what it did is still in the transaction.
    Unclean,
}

/// How a transaction went wrong.
enum Failed {
    /// It was not committed, for certain.
    Undone(Fault),
    /// Nobody knows whether it was committed.
    Unknown(StoreError),
}

impl Writer {
    /// Works until it is told to close or nobody can send any more.
    pub(super) fn serve(mut self) {
        // So that the first who writes need not wait for it. The next one tries again.
        self.session = self.connector.connect(Purpose::Writing).ok();
        self.opening = None;
        while self.closing.is_none() {
            match self.inbox.recv() {
                Ok(Message::Job(job)) => self.batch(job),
                Ok(Message::Close(answer)) => self.closing = Some(answer),
                Err(_) => break,
            }
        }
        self.pool.close(READERS_AT_CLOSE);
        while let Some(job) = self.take_queued() {
            job.refuse(StoreError::Unavailable("it is closed".to_owned()));
        }
        self.session = None;
        if let Some(answer) = self.closing {
            answer.send(()).ok();
        }
    }

    /// Runs `first` and whatever else is queued by then in one transaction.
    fn batch(&mut self, first: Box<dyn Job>) {
        self.careful = self.careful.saturating_sub(1);
        self.doubtful = self.doubtful.saturating_sub(1);
        if let Err(error) = self.begin() {
            first.refuse(error.clone());
            // All that wait have waited as well: nobody waits twice.
            while let Some(job) = self.take_queued() {
                job.refuse(error.clone());
            }
            return;
        }
        let started = Instant::now();
        let mut jobs: Vec<Box<dyn Job>> = Vec::new();
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            if !job.abandoned() {
                let outcome = self.attempt(job.as_mut());
                jobs.push(job);
                let outcome = match outcome {
                    Ok(Attempt::Unclean) => self.repeat(&mut jobs),
                    Ok(Attempt::Undone) => {
                        self.careful = CAREFUL_BATCHES;
                        Ok(())
                    }
                    Ok(Attempt::Clean) => Ok(()),
                    Err(failed) => Err(failed),
                };
                if let Err(failed) = outcome {
                    return self.recover(jobs, failed);
                }
            }
            next = self.take_more(jobs.len(), started);
        }
        if jobs.is_empty() {
            // Every caller went away before its turn.
            return self.end(Reach::Statement);
        }
        if !self.changed.get() {
            // Nothing is to be kept, and nobody has to look anew at what is as before.
            self.end(Reach::Statement);
            return jobs.into_iter().for_each(Job::answer);
        }
        let mut outcome = self.commit();
        if let Err(Failed::Undone(Fault { reach: Reach::Statement, .. })) = &outcome
            && self.assumed.get()
        {
            outcome = self.repeat(&mut jobs).and_then(|()| self.commit());
        }
        match outcome {
            Ok(()) => self.settle(jobs),
            Err(failed) => self.recover(jobs, failed),
        }
    }

    /// Undoes the batch so far and runs it again: without assuming anything if that may have been the mistake, else, or if a job is
    /// refused then, with savepoints. Nobody has an answer yet, and only the results of the last run count.
    fn repeat(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Failed> {
        let mut whole = false;
        while !whole {
            if self.assumed.get() {
                self.doubtful = DOUBTFUL_BATCHES;
            } else {
                self.careful = CAREFUL_BATCHES;
            }
            self.state.count_repeat();
            self.end(Reach::Statement);
            self.begin().map_err(|error| Failed::Undone(error.into()))?;
            whole = true;
            for job in jobs.iter_mut() {
                if let Attempt::Unclean = self.attempt(job.as_mut())? {
                    whole = false;
                    break;
                }
            }
        }
        Ok(())
    }

    fn take_more(&mut self, jobs: usize, started: Instant) -> Option<Box<dyn Job>> {
        let more = jobs < self.batch_jobs && started.elapsed() < self.batch_time;
        if more { self.take_queued() } else { None }
    }

    fn take_queued(&mut self) -> Option<Box<dyn Job>> {
        match self.inbox.try_recv() {
            Ok(Message::Job(job)) => Some(job),
            Ok(Message::Close(answer)) => {
                self.closing = Some(answer);
                None
            }
            Err(_) => None,
        }
    }

    /// Begins a transaction. A connection that was cut since the last one is replaced.
    fn begin(&mut self) -> Result<(), StoreError> {
        self.head.forget();
        self.assumed.set(false);
        self.changed.set(false);
        let usable = |session: &Session| !session.is_lost() && self.connector.is_current(session);
        let kept = self.session.take().filter(usable);
        let (session, fresh) = match kept {
            Some(session) => (session, false),
            None => (self.connector.connect(Purpose::Writing)?, true),
        };
        let begun = Instant::now();
        match self.lock(&session) {
            Ok(()) => {
                self.session = Some(session);
                Ok(())
            }
            Err(fault) if fault.reach == Reach::Connection && !fresh && begun.elapsed() < PROMPT => {
                self.begin()
            }
            Err(fault) => {
                self.undo(session, fault.reach);
                Err(fault.error)
            }
        }
    }

    /// Begins, and waits for the lock of those who write.
    fn lock(&self, session: &Session) -> Result<(), Fault> {
        session.run_later(BEGIN)?;
        let (mut locked, mut known) = (false, None);
        session.each_of(&[(COUNT_COMMIT, &[]), (ENDS, &[])], &mut |statement, row| {
            if statement == 0 {
                locked = true;
            } else {
                known = Some((Head::read(row), row.optional_integer(2)?));
            }
            Ok(())
        })??;
        if !locked {
            let missing = "the row of schema_migrations that writers lock is missing".to_owned();
            return Err(StoreError::Corrupt(missing).into());
        }
        // One that cannot be read is complained about by those who want to add to it.
        match known {
            Some((head, event)) => {
                head.into_iter().for_each(|head| self.head.learn(head));
                event.into_iter().for_each(|last| self.head.learn_event(last));
            }
            None => self.head.learn(Head::START),
        }
        session.run_later(CHANGES)
    }

    /// Runs one job. Whatever the job's result, it is kept in the job; an error here is the transaction's.
    fn attempt(&self, job: &mut dyn Job) -> Result<Attempt, Failed> {
        let session = self.session().map_err(|error| Failed::Undone(error.into()))?;
        let careful = self.careful > 0 || job.is_trial();
        if careful {
            session.run_later("SAVEPOINT job").map_err(Failed::Undone)?;
        }
        session.begin_closure();
        let known = self.head.now();
        let tx = Tx::writing(session, &self.head).assuming(!careful && self.doubtful == 0);
        let keep = job.run(&tx);
        self.assumed.set(self.assumed.get() || tx.has_assumed());
        self.changed.set(self.changed.get() || !tx.is_untouched());
        if let Some(fault) = tx.fault() {
            return Err(Failed::Undone(fault));
        }
        match (keep, careful) {
            (true, false) => {}
            (true, true) => self.run("RELEASE job")?,
            (false, true) => {
                self.head.come_back_to(known);
                self.run("ROLLBACK TO job; RELEASE job")?;
                return Ok(if job.is_trial() { Attempt::Clean } else { Attempt::Undone });
            }
            (false, false) if tx.is_untouched() => {}
            (false, false) => return Ok(Attempt::Unclean),
        }
        Ok(Attempt::Clean)
    }

    fn session(&self) -> Result<&Session, StoreError> {
        self.session.as_ref().ok_or_else(|| StoreError::Internal("a writer without a connection".to_owned()))
    }

    fn run(&self, sql: &str) -> Result<(), Failed> {
        let session = self.session().map_err(|error| Failed::Undone(error.into()))?;
        session.run(sql).map(drop).map_err(Failed::Undone)
    }

    /// What the server refuses is undone; when there is no answer, nobody knows.
    fn commit(&self) -> Result<(), Failed> {
        let session = self.session().map_err(|error| Failed::Undone(error.into()))?;
        let tx = Tx::new(session);
        self.head
            .write_down(&tx)
            .map_err(|error| Failed::Undone(tx.fault().unwrap_or_else(|| error.into())))?;
        // What the statements of the closures were warned of concerns no commit.
        session.was_warned();
        let unknown = |reason: &dyn std::fmt::Display| {
            let text = format!("the outcome of the commit is unknown: {reason}");
            Failed::Unknown(StoreError::Unavailable(text))
        };
        match session.run(COMMIT) {
            // Cancelled, by a time limit or by somebody, while it waited for the synchronous standby: the server says that it is
            // done, but a fail-over may take it back.
            Ok(_) if session.was_warned() => {
                Err(unknown(&"the server has stopped waiting for its synchronous standby"))
            }
            Ok(_) => Ok(()),
            Err(fault) if fault.reach == Reach::Connection => Err(unknown(&fault.error)),
            Err(fault) => Err(Failed::Undone(fault)),
        }
    }

    /// The transaction is lost, and with it what its jobs did. Nobody has an answer yet, so each one runs again, alone; but not after a
    /// commit that may have happened.
    fn recover(&mut self, jobs: Vec<Box<dyn Job>>, failed: Failed) {
        let fault = match failed {
            Failed::Undone(fault) => fault,
            Failed::Unknown(error) => {
                tracing::error!(%error, writes = jobs.len(), "writes were answered with 503");
                self.session = None;
                return jobs.into_iter().for_each(|job| job.refuse(error.clone()));
            }
        };
        let alone = jobs.len() == 1;
        self.careful = CAREFUL_BATCHES;
        self.end(fault.reach);
        // Without a connection, one of them has waited for all.
        let mut refusal = (alone && fault.reach == Reach::Statement).then_some(fault.error);
        for job in jobs {
            match &refusal {
                Some(error) => job.refuse(error.clone()),
                None => refusal = self.again(job).err(),
            }
        }
    }

    /// Runs a job in a transaction of its own, and again if it loses against others. The error is that no transaction can be begun.
    fn again(&mut self, mut job: Box<dyn Job>) -> Result<(), StoreError> {
        let mut repeat = 0;
        loop {
            repeat += 1;
            if let Err(error) = self.begin() {
                job.refuse(error.clone());
                return Err(error);
            }
            match self.attempt(job.as_mut()).and_then(|_| self.commit()) {
                Ok(()) => {
                    self.settle(vec![job]);
                    return Ok(());
                }
                Err(Failed::Undone(fault)) => {
                    self.end(fault.reach);
                    if fault.reach == Reach::Statement || repeat >= REPEATS {
                        job.refuse(fault.error);
                        return Ok(());
                    }
                }
                Err(Failed::Unknown(error)) => {
                    self.session = None;
                    job.refuse(error);
                    return Ok(());
                }
            }
        }
    }

    fn settle(&self, jobs: Vec<Box<dyn Job>>) {
        if !jobs.is_empty() {
            self.state.count_commit(jobs.len());
        }
        for job in jobs {
            job.answer();
        }
    }

    /// Ends the open transaction without keeping it.
    fn end(&mut self, reach: Reach) {
        if let Some(session) = self.session.take() {
            self.undo(session, reach);
        }
    }

    fn undo(&mut self, session: Session, reach: Reach) {
        if reach != Reach::Connection && session.roll_back().is_ok() {
            self.session = Some(session);
        }
    }
}
