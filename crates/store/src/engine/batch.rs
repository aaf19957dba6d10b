//! Group commit: jobs that wait together share one transaction and are answered after the commit.
//!
//! A job that is refused must leave nothing behind, and the others everything. A savepoint around each job would do, but SQLite then
//! copies each page a job touches before it changes it, which is a good part of the work of a small write. Nearly all jobs
//! succeed, so a batch runs **bare**, without savepoints, and when one of its jobs is refused it is rolled back and run again, with
//! savepoints; so are the next batches, because refusals come in rows.

use std::time::Instant;

use super::failure::Trouble;
use super::job::Job;
use super::writer::{Message, Writer};
use crate::error::StoreError;
use crate::tx::Tx;

/// How many batches without a refusal have to pass, after one with, before a batch runs without savepoints again.
pub(crate) const CAREFUL_BATCHES: u32 = 32;

/// What has become of a job.
enum Attempt {
    /// Its changes are in the transaction, or it has none: what it did was undone.
    Clean,
    /// It was refused, and what it did is still in the transaction.
    Unclean,
}

impl Writer {
    /// Runs `first` and whatever else is queued by then in one transaction.
    pub(super) fn batch(&mut self, first: Box<dyn Job>) {
        if let Err(error) = self.begin() {
            first.refuse(error.clone());
            return self.refuse_queued(&error);
        }
        let started = Instant::now();
        let mut jobs = Vec::new();
        let mut next = Some(first);
        self.careful = self.careful.saturating_sub(1);
        while let Some(mut job) = next.take() {
            if !job.abandoned() {
                let mut outcome = self.attempt(job.as_mut());
                jobs.push(job);
                if matches!(outcome, Ok(Attempt::Unclean)) {
                    outcome = match self.begin_again() {
                        Ok(()) => self.repeat(&mut jobs),
                        Err(error) => return refuse_all(jobs, &error),
                    };
                }
                if let Err(trouble) = outcome {
                    return self.recover(jobs, trouble);
                }
            }
            if jobs.len() < self.batch_jobs && started.elapsed() < self.batch_time {
                next = self.take_queued();
            }
        }
        self.settle(jobs);
    }

    /// Undoes the batch so far, for another run with savepoints.
    fn begin_again(&mut self) -> Result<(), StoreError> {
        self.careful = CAREFUL_BATCHES;
        self.state.count_repeat();
        self.undo()?;
        self.begin()
    }

    /// Runs the jobs again. Nobody has an answer yet, and only the results of this run count.
    fn repeat(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Attempt, Trouble> {
        for job in jobs {
            self.attempt(job.as_mut())?;
        }
        Ok(Attempt::Clean)
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

    /// All that wait have waited for the lock as well: nobody waits for it twice.
    fn refuse_queued(&mut self, error: &StoreError) {
        while let Some(job) = self.take_queued() {
            job.refuse(error.clone());
        }
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if let Some(refusal) = self.state.refusal() {
            return Err(refusal);
        }
        self.head.forget();
        self.session.begin_writing().map_err(|error| self.accept(self.judge(&error)))
    }

    /// Runs one job. Whatever the job's result, it is kept in the job; an error here is the transaction's.
    fn attempt(&mut self, job: &mut dyn Job) -> Result<Attempt, Trouble> {
        let savepoint = self.careful > 0 || job.is_trial();
        if savepoint {
            self.run("SAVEPOINT job")?;
        }
        let known = self.head.now();
        let tx = Tx::writing(&self.session, &self.head);
        let keep = job.run(&tx);
        match tx.trouble() {
            Some(fatal @ Trouble::Fatal(_)) => return Err(fatal),
            Some(trouble) if !self.session.in_transaction() => return Err(trouble),
            None if !self.session.in_transaction() => {
                let mistake = "a write closure ended the transaction".to_owned();
                return Err(Trouble::RolledBack(StoreError::Internal(mistake)));
            }
            Some(_) | None => {}
        }
        match (keep, savepoint) {
            (true, true) => self.run("RELEASE job")?,
            (true, false) => {}
            (false, true) => {
                if !job.is_trial() {
                    self.careful = CAREFUL_BATCHES;
                }
                self.head.come_back_to(known);
                self.run("ROLLBACK TO job")?;
                self.run("RELEASE job")?;
            }
            (false, false) if tx.is_untouched() => {}
            (false, false) => return Ok(Attempt::Unclean),
        }
        Ok(Attempt::Clean)
    }

    /// The transaction is lost, and with it what the earlier jobs did: nobody has an answer yet, so each one runs again, alone.
    fn recover(&mut self, jobs: Vec<Box<dyn Job>>, trouble: Trouble) {
        let alone = jobs.len() == 1;
        let error = self.accept(trouble);
        self.careful = CAREFUL_BATCHES;
        for mut job in jobs {
            if alone || self.state.failure().is_some() {
                job.refuse(error.clone());
                continue;
            }
            match self
                .begin()
                .and_then(|()| self.attempt(job.as_mut()).map_err(|trouble| self.accept(trouble)))
            {
                Ok(_) => self.settle(vec![job]),
                Err(error) => job.refuse(error),
            }
        }
    }

    /// Commits, then answers.
    fn settle(&mut self, jobs: Vec<Box<dyn Job>>) {
        if jobs.is_empty() {
            // Every caller went away before its turn.
            return drop(self.undo());
        }
        match self.commit() {
            Ok(()) => {
                self.state.count_commit(jobs.len());
                for job in jobs {
                    job.answer();
                }
            }
            Err(error) => refuse_all(jobs, &error),
        }
    }

    /// A full disk and a held lock leave the transaction undone, for certain. After any other failure nobody knows what is on the
    /// disk (a failed fsync may have written all, part or nothing, and trying again would hide it): writing stops (R3).
    fn commit(&mut self) -> Result<(), StoreError> {
        self.write_head_down().map_err(|trouble| self.accept(trouble))?;
        let Err(error) = (self.commit)(&self.session) else { return Ok(()) };
        let reason = error.to_string();
        let (error, _) = self.session.judge(&error);
        let undone = self.undo();
        if undone.is_ok() && matches!(error, StoreError::Full | StoreError::Busy) {
            return Err(error);
        }
        self.fail(&reason);
        Err(StoreError::Unavailable(format!("the outcome of the commit is unknown: {reason}")))
    }

    fn write_head_down(&self) -> Result<(), Trouble> {
        let tx = Tx::new(&self.session);
        self.head.write_down(&tx).map_err(|error| tx.trouble().unwrap_or(Trouble::RolledBack(error)))
    }

    /// Ends a transaction that went wrong; gives the error for those who were in it.
    fn accept(&self, trouble: Trouble) -> StoreError {
        if let Trouble::Fatal(reason) = &trouble {
            self.fail(reason);
        }
        match (trouble, self.undo()) {
            (Trouble::RolledBack(error), Ok(())) | (Trouble::RolledBack(_), Err(error)) => error,
            (Trouble::Fatal(reason), _) => StoreError::Unavailable(reason),
        }
    }

    /// Ends the open transaction without keeping it. A connection that cannot even do that is of no further use.
    fn undo(&self) -> Result<(), StoreError> {
        self.session.roll_back().map_err(|error| {
            let reason = error.to_string();
            self.fail(&reason);
            StoreError::Unavailable(reason)
        })
    }

    fn run(&self, sql: &str) -> Result<(), Trouble> {
        self.session.run(sql).map_err(|error| self.judge(&error))
    }

    fn judge(&self, error: &rusqlite::Error) -> Trouble {
        let (error, trouble) = self.session.judge(error);
        trouble.unwrap_or(Trouble::RolledBack(error))
    }
}

fn refuse_all(jobs: Vec<Box<dyn Job>>, error: &StoreError) {
    for job in jobs {
        job.refuse(error.clone());
    }
}
