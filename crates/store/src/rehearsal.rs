//! Changes that are asked for and not made: to be run one after the other in a transaction that is undone.
//!
//! What a change would come to can be told by the very closure that makes it. A [`Db`](crate::Db) that rehearses gives that
//! closure away instead of running it, so that nothing that goes through it can change the database.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::StoreError;
use crate::tx::Tx;

type Work = Box<dyn FnMut(&Tx<'_>) -> Result<(), Box<dyn Any + Send>> + Send>;

/// One closure of [`Db::write`](crate::Db::write) that was not run.
pub struct Rehearsed(Work);

/// What was given to a [`Db`](crate::Db) that rehearses. Cheap to clone; clones are the same.
#[derive(Clone, Default)]
pub struct Rehearsal(Arc<Mutex<Vec<Rehearsed>>>);

impl Rehearsal {
    /// Keeps a closure; gives the error that its caller has instead of a result.
    pub(crate) fn take<T, E: Send + 'static>(
        &self,
        mut work: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> StoreError {
        let work =
            move |tx: &Tx<'_>| work(tx).map(drop).map_err(|error| Box::new(error) as Box<dyn Any + Send>);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Rehearsed(Box::new(work)));
        StoreError::Rehearsed
    }

    /// The closures that were given so far, in their order; they are not given again.
    pub fn asked(&self) -> Vec<Rehearsed> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Rehearsed {
    /// Runs the closure, in a transaction that the caller undoes.
    ///
    /// # Errors
    /// That of the closure; one of another type than `E` is [`StoreError::Internal`].
    pub fn run<E: From<StoreError> + 'static>(&mut self, tx: &Tx<'_>) -> Result<(), E> {
        (self.0)(tx).map_err(|error| match error.downcast::<E>() {
            Ok(error) => *error,
            Err(_) => StoreError::Internal("a change of another kind was rehearsed".to_owned()).into(),
        })
    }
}

impl fmt::Debug for Rehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rehearsed")
    }
}

impl fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rehearsal")
    }
}
