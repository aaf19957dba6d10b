//! The way out: told once, seen by readiness, by the edge and by every connection.

use std::sync::Arc;

use tokio::sync::watch;

/// How far the way out has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Serving.
    #[default]
    Open,
    /// Not ready any more: answers ask their client to close the connection.
    Begun,
    /// Connections without a request are closed.
    Closing,
}

/// Whether the server is on its way out. Clones share the state.
#[derive(Debug, Clone)]
pub(crate) struct Drain(Arc<watch::Sender<Stage>>);

impl Default for Drain {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Stage::Open)))
    }
}

impl Drain {
    /// From now on the server is not ready.
    pub(crate) fn begin(&self) {
        self.0.send_replace(Stage::Begun);
    }

    /// From now on connections that carry no request are closed.
    pub(crate) fn close_idle(&self) {
        self.0.send_replace(Stage::Closing);
    }

    /// Whether the server is on its way out.
    pub(crate) fn has_begun(&self) -> bool {
        *self.0.borrow() >= Stage::Begun
    }

    /// Waits until the server is on its way out.
    pub(crate) async fn begun(&self) {
        // As below.
        let _ = self.0.subscribe().wait_for(|stage| *stage >= Stage::Begun).await;
    }

    /// Waits until connections without a request have to go.
    pub(crate) async fn closing(&self) {
        let mut stages = self.0.subscribe();
        // The sender lives as long as `self`: waiting cannot fail.
        let _ = stages.wait_for(|stage| *stage == Stage::Closing).await;
    }
}
