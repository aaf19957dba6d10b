//! Whose turn it is.

use std::time::{Duration, Instant};

use enroll_service::{Error, Service};

/// How long a lease lasts without being renewed: others wait so long after its holder was killed, and go on within 30 s. What is done
/// between two renewals takes less than the two thirds that are left then.
const LASTS: Duration = Duration::from_secs(20);

/// How soon to ask again when another process has it: that one may have been killed, and then its work is to go on within 30 s.
pub(crate) const ASK_AGAIN: Duration = Duration::from_secs(5);

/// The right to do one piece of work, for a while.
pub(crate) struct Lease {
    name: String,
    holder: String,
    renewed: Option<Instant>,
}

impl Lease {
    /// For the work of that name; nobody has it yet.
    pub(crate) fn new(name: impl Into<String>, service: &Service) -> Self {
        Self { name: name.into(), holder: service.new_holder(), renewed: None }
    }

    /// Takes it, or makes it last; answers whether it is one's turn. It costs a write only when a third of the time is over.
    pub(crate) async fn hold(&mut self, service: &Service) -> Result<bool, Error> {
        if self.renewed.is_some_and(|renewed| renewed.elapsed() < LASTS / 3) {
            return Ok(true);
        }
        let begun = Instant::now();
        let held = service.take_lease(&self.name, &self.holder, LASTS).await?;
        self.renewed = held.then_some(begun);
        Ok(held)
    }

    /// Gives it back.
    pub(crate) async fn give_back(&mut self, service: &Service) {
        if self.renewed.take().is_some()
            && let Err(error) = service.give_back_lease(&self.name, &self.holder).await
        {
            tracing::debug!(%error, lease = self.name, "a lease was not given back and will run out");
        }
    }
}
