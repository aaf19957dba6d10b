//! A write closure on its way through the writer thread.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::error::StoreError;
use crate::tx::Tx;

/// A write closure whose types the writer need not know.
pub(crate) trait Job: Send {
    /// Nobody waits for the answer any more.
    fn abandoned(&self) -> bool;

    /// Whether its changes are undone whatever its result: it needs a savepoint from the start.
    fn is_trial(&self) -> bool;

    /// Runs the closure, perhaps again, and keeps its result; `true` if its changes are to be kept.
    fn run(&mut self, tx: &Tx<'_>) -> bool;

    /// Gives the result of the last run to the caller. Only after a commit.
    fn answer(self: Box<Self>);

    /// Gives an error to the caller instead.
    fn refuse(self: Box<Self>, error: StoreError);
}

/// A closure, its result and who waits for it.
pub(crate) struct Work<W, T, E> {
    work: W,
    trial: bool,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
    /// The place in the queue, given back when the job is done.
    _place: OwnedSemaphorePermit,
}

impl<W, T, E> Work<W, T, E> {
    pub(crate) fn new(
        work: W,
        trial: bool,
        caller: oneshot::Sender<Result<T, E>>,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self { work, trial, result: None, caller, _place: place }
    }
}

impl<W, T, E> Job for Work<W, T, E>
where
    W: FnMut(&Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn abandoned(&self) -> bool {
        self.caller.is_closed()
    }

    fn is_trial(&self) -> bool {
        self.trial
    }

    fn run(&mut self, tx: &Tx<'_>) -> bool {
        let work = &mut self.work;
        let result = catch_unwind(AssertUnwindSafe(|| tx.settle(work(tx))))
            .unwrap_or_else(|_| Err(StoreError::Internal("a write closure panicked".to_owned()).into()));
        let keep = result.is_ok() && !self.trial;
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>) {
        let Self { result, caller, .. } = *self;
        if let Some(result) = result {
            // A caller that went away needs no answer.
            drop(caller.send(result));
        }
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        drop(self.caller.send(Err(error.into())));
    }
}
