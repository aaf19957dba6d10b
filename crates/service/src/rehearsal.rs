//! What changes would come to: the use cases are asked as if to make them, and what they would do is done in one transaction that is
//! undone. So a dry run refuses what the real one would, in the same words.

use enroll_store::{Rehearsed, Tx};

use crate::{Error, Service};

/// What the use cases of a rehearsing service were asked for: see [`Service::rehearsing`].
#[derive(Debug, Clone, Default)]
pub struct Rehearsal(enroll_store::Rehearsal);

/// One use case that was asked for and not carried out.
#[derive(Debug)]
pub struct RehearsedChange(Vec<Rehearsed>);

impl Rehearsal {
    /// What was asked for since the last call; `None` when a use case was refused before it came to its change, or has none.
    pub fn asked(&self) -> Option<RehearsedChange> {
        Some(self.0.asked()).filter(|asked| !asked.is_empty()).map(RehearsedChange)
    }
}

impl Service {
    /// The same service, whose changes go into the rehearsal and are not made; each use case that comes to a change fails with
    /// [`enroll_store::StoreError::Rehearsed`].
    #[must_use]
    pub fn rehearsing(&self, rehearsal: &Rehearsal) -> Self {
        let db = self.db().rehearsing(&rehearsal.0);
        self.clone().writing_to(db)
    }

    /// Whether each of these changes would be made, one after the other, on top of those before it that would be. Nothing is
    /// changed. Others who write wait meanwhile.
    ///
    /// # Errors
    /// Inside, why a change would be refused; outside, [`Error::Store`] and other faults of the server.
    pub async fn rehearse(&self, mut changes: Vec<RehearsedChange>) -> Result<Vec<Result<(), Error>>, Error> {
        self.try_out(move |tx| {
            let mut outcomes = Vec::with_capacity(changes.len());
            for RehearsedChange(parts) in &mut changes {
                let outcome = tx.nested(|tx| parts.iter_mut().try_for_each(|part| part.run::<Error>(tx)));
                match outcome {
                    Err(error) if error.status() >= 500 => return Err(error),
                    outcome => outcomes.push(outcome),
                }
            }
            Ok(outcomes)
        })
        .await
    }

    /// The same service, where no change stays: every use case does what it does and answers what it answers, and its transaction is
    /// undone.
    #[must_use]
    pub(crate) fn trying(&self) -> Self {
        self.clone().writing_to(self.db().undoing())
    }

    /// Runs `work` in a transaction that is undone, and gives what it gave.
    ///
    /// # Errors
    /// Those of `work`; [`Error::Store`].
    pub(crate) async fn try_out<T: Send + 'static>(
        &self,
        work: impl FnMut(&Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.db().undoing().write(work).await
    }
}
