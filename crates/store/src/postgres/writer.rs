//! The thread that writes: group commit, as on SQLite. Jobs that wait together share one transaction, each in its own savepoint, and
//! are answered after the commit.
//!
//! A transaction begins by locking one row, the same for every process on the database, and reads what is committed. So all writes of
//! a database run one after the other, as they do on SQLite: none can act on what another one is about to change
//! (`docs/decisions/0012`).

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::connect::{Connector, Purpose};
use super::pool::{PROMPT, Pool};
use super::session::{Fault, Reach, Session};
use crate::engine::{Job, Message, State};
use crate::error::StoreError;
use crate::tx::Tx;

/// How long closing waits for readers that are still busy.
const READERS_AT_CLOSE: Duration = Duration::from_secs(5);

/// How often a transaction is repeated that lost against another one (R21).
const REPEATS: usize = 3;

/// Begins a transaction that writes, with [`super::LOCK_WRITERS`], and the first savepoint in it.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
     SELECT 1 FROM schema_migrations WHERE version = 0 FOR UPDATE; \
     SAVEPOINT job";

/// The writer thread's own.
pub(super) struct Writer {
    pub(super) connector: Arc<Connector>,
    pub(super) pool: Arc<Pool>,
    pub(super) state: Arc<State>,
    pub(super) inbox: Receiver<Message>,
    pub(super) batch_jobs: usize,
    pub(super) batch_time: Duration,
    pub(super) session: Option<Session>,
    pub(super) closing: Option<oneshot::Sender<()>>,
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
            if job.abandoned() {
                next = self.take_more(jobs.len(), started);
                if next.is_none()
                    && let Err(failed) = self.commit("RELEASE job; COMMIT")
                {
                    return self.recover(jobs, failed);
                }
                continue;
            }
            let keep = match self.attempt(job.as_mut()) {
                Ok(keep) => keep,
                Err(fault) => {
                    jobs.push(job);
                    return self.recover(jobs, Failed::Undone(fault));
                }
            };
            jobs.push(job);
            next = self.take_more(jobs.len(), started);
            // The end of one job's savepoint, and the next one's or the commit: one round trip.
            let ended = match (keep, next.is_some()) {
                (true, true) => self.run("RELEASE job; SAVEPOINT job"),
                (false, true) => self.run("ROLLBACK TO job; RELEASE job; SAVEPOINT job"),
                (true, false) => self.commit("RELEASE job; COMMIT"),
                (false, false) => self.commit("ROLLBACK TO job; RELEASE job; COMMIT"),
            };
            if let Err(failed) = ended {
                jobs.extend(next);
                return self.recover(jobs, failed);
            }
        }
        self.settle(jobs);
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
        let usable = |session: &Session| !session.is_lost() && self.connector.is_current(session);
        let kept = self.session.take().filter(usable);
        let (session, fresh) = match kept {
            Some(session) => (session, false),
            None => (self.connector.connect(Purpose::Writing)?, true),
        };
        let begun = Instant::now();
        match session.run(BEGIN) {
            Ok(1) => {
                self.session = Some(session);
                Ok(())
            }
            Ok(_) => Err(StoreError::Corrupt(
                "the row of schema_migrations that writers lock is missing".to_owned(),
            )),
            Err(fault) if fault.reach == Reach::Connection && !fresh && begun.elapsed() < PROMPT => {
                self.begin()
            }
            Err(fault) => {
                self.undo(session, fault.reach);
                Err(fault.error)
            }
        }
    }

    /// Runs one job in its savepoint. Whatever the job's result, it is kept in the job; an error here is the transaction's.
    fn attempt(&self, job: &mut dyn Job) -> Result<bool, Fault> {
        let tx = Tx::new(self.session()?);
        let keep = job.run(&tx);
        match tx.fault() {
            Some(fault) => Err(fault),
            None => Ok(keep),
        }
    }

    fn session(&self) -> Result<&Session, StoreError> {
        self.session.as_ref().ok_or_else(|| StoreError::Internal("a writer without a connection".to_owned()))
    }

    fn run(&self, sql: &str) -> Result<(), Failed> {
        let session = self.session().map_err(|error| Failed::Undone(error.into()))?;
        session.run(sql).map(drop).map_err(Failed::Undone)
    }

    /// Ends the transaction by `sql`, which ends with COMMIT and begins with what fails in a transaction that has failed: COMMIT itself
    /// would not. What the server refuses is undone; when there is no answer, nobody knows.
    fn commit(&self, sql: &str) -> Result<(), Failed> {
        let session = self.session().map_err(|error| Failed::Undone(error.into()))?;
        // What the statements of the closures were warned of concerns no commit.
        session.was_warned();
        let unknown = |reason: &dyn std::fmt::Display| {
            let text = format!("the outcome of the commit is unknown: {reason}");
            Failed::Unknown(StoreError::Unavailable(text))
        };
        match session.run(sql) {
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
            let ended = self.attempt(job.as_mut()).map_err(Failed::Undone).and_then(|keep| {
                self.commit(if keep { "RELEASE job; COMMIT" } else { "ROLLBACK TO job; RELEASE job; COMMIT" })
            });
            match ended {
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
        if reach != Reach::Connection && session.run("ROLLBACK").is_ok() {
            self.session = Some(session);
        }
    }
}
