//! The one door to the time of day.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Where the present time comes from: the system, or a test that sets it.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `start` until [`Clock::advance`] moves it. Clones share the time.
    pub fn manual(start: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(start.as_millisecond()))))
    }

    /// Moves a manual clock by that many milliseconds; does nothing to the system's clock.
    pub fn advance(&self, milliseconds: i64) {
        if let Some(manual) = &self.0 {
            manual.fetch_add(milliseconds, Ordering::Relaxed);
        }
    }

    /// The present time, in whole milliseconds, which is what the store keeps.
    pub fn now(&self) -> Timestamp {
        let milliseconds = match &self.0 {
            Some(manual) => manual.load(Ordering::Relaxed),
            None => system_milliseconds(),
        };
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the door")]
fn system_milliseconds() -> i64 {
    Timestamp::now().as_millisecond()
}
