//! When to look for work.

use std::time::Duration;

use enroll_service::Service;
use tokio::sync::watch;

/// How often a job looks whether anything was committed, by this process or another.
const LOOK: Duration = Duration::from_millis(200);

/// How often a job looks for work while nobody tells whether anything was committed: the database does not answer.
const ASK: Duration = Duration::from_secs(1);

/// Whether the work is to end.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn new(stopped: watch::Receiver<bool>) -> Self {
        Self(stopped)
    }

    /// Waits until the work is to end.
    pub(crate) async fn stopped(&mut self) {
        // A sender that is gone means the same.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Waits for so long; answers whether the work goes on.
    pub(crate) async fn pause(&mut self, time: Duration) -> bool {
        tokio::select! {
            () = self.stopped() => false,
            () = tokio::time::sleep(time) => true,
        }
    }

    /// Waits until something has been committed since `seen`, or may have been, or for so long; answers whether the work goes on.
    pub(crate) async fn pause_until_commit(
        &mut self,
        service: &Service,
        seen: Option<enroll_service::Generation>,
        longest: Duration,
    ) -> bool {
        let changed = async {
            if seen.is_none() {
                return tokio::time::sleep(ASK).await;
            }
            while service.generation().await.ok() == seen {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::select! {
            () = self.stopped() => false,
            _ = tokio::time::timeout(longest, changed) => true,
        }
    }
}
