//! The thread that writes: takes jobs from the queue until it is closed.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use tokio::sync::oneshot;

use super::checkpoint::Checkpoint;
use super::failure::Trouble;
use super::job::Job;
use super::readers::Readers;
use super::session::Session;
use super::state::State;
use crate::audit::KnownHead;
use crate::error::StoreError;

/// How long closing waits for readers that are still busy.
const READERS_AT_CLOSE: Duration = Duration::from_secs(5);

/// What is sent to the writer.
pub(crate) enum Message {
    /// A write.
    Job(Box<dyn Job>),
    /// Do what was sent before, then close; answer when the file is closed.
    Close(oneshot::Sender<()>),
}

/// How a transaction is committed: tests put a failing one in its place.
pub(crate) type Commit = Box<dyn FnMut(&Session) -> rusqlite::Result<()> + Send>;

/// The writer thread's own.
pub(crate) struct Writer {
    pub(super) session: Session,
    pub(super) inbox: Receiver<Message>,
    pub(super) state: Arc<State>,
    pub(super) commit: Commit,
    pub(super) batch_jobs: usize,
    pub(super) batch_time: Duration,
    /// Set when a batch met the message to close.
    pub(super) closing: Option<oneshot::Sender<()>>,
    /// How many batches are still to run with a savepoint for each job.
    pub(super) careful: u32,
    /// The last entry of the audit trail, while a transaction that knows it is open.
    pub(super) head: KnownHead,
    checkpoint: Checkpoint,
    readers: Arc<Readers>,
}

impl Writer {
    pub(crate) fn new(
        session: Session,
        inbox: Receiver<Message>,
        state: Arc<State>,
        readers: Arc<Readers>,
        (batch_jobs, batch_time): (usize, Duration),
        commit: Commit,
    ) -> Self {
        let checkpoint = Checkpoint::default();
        Self {
            session,
            inbox,
            state,
            commit,
            batch_jobs,
            batch_time,
            closing: None,
            careful: 0,
            head: KnownHead::default(),
            checkpoint,
            readers,
        }
    }

    /// Works until it is told to close or nobody can send any more.
    pub(crate) fn serve(mut self) {
        let mut alarm = Alarm { state: Arc::clone(&self.state), armed: true };
        while self.closing.is_none() {
            match self.next_message() {
                Ok(Message::Job(job)) => self.batch(job),
                Ok(Message::Close(answer)) => self.closing = Some(answer),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.tidy();
        }
        self.close();
        alarm.armed = false;
    }

    /// Writing has become unsafe: nothing is written or copied from the log any more.
    pub(super) fn fail(&self, reason: &str) {
        self.state.fail(reason);
        if let Err(error) =
            self.session.connection().set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        {
            tracing::error!(%error, "cannot keep the log from being copied at the end");
        }
    }

    fn next_message(&self) -> Result<Message, RecvTimeoutError> {
        match self.checkpoint.due() {
            Some(wait) => self.inbox.recv_timeout(wait),
            None => self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Keeps the log short. After the callers have their answers, so that nobody waits for it.
    fn tidy(&mut self) {
        if self.state.failure().is_some() {
            return;
        }
        if let Err(Trouble::Fatal(reason)) = self.checkpoint.tidy(&self.session, &self.state) {
            self.fail(&reason);
        }
    }

    fn close(mut self) {
        self.readers.close(READERS_AT_CLOSE);
        if self.state.failure().is_none()
            && let Err(Trouble::Fatal(reason)) = self.checkpoint.finish(&self.session, &self.state)
        {
            self.fail(&reason);
        }
        while let Ok(message) = self.inbox.try_recv() {
            if let Message::Job(job) = message {
                job.refuse(StoreError::Unavailable("it is closed".to_owned()));
            }
        }
        let Self { session, closing, .. } = self;
        if !session.close() {
            tracing::error!("the database could not be closed");
        }
        if let Some(answer) = closing {
            answer.send(()).ok();
        }
    }
}

/// Says so when the thread ends in another way than by closing.
struct Alarm {
    state: Arc<State>,
    armed: bool,
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if self.armed {
            self.state.fail("the writer thread died");
        }
    }
}
