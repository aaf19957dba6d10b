//! Work beside the requests: large changes are told of in slices, events are sent to webhooks, old events are deleted, the metadata of
//! identity providers is fetched again.
//!
//! Every process with this crate running may do the work; a lease in the database says whose turn it is, and ends by itself when
//! its holder is gone. What a job has done is in the database after each step, so whoever goes on goes on from there
//! (`docs/decisions/0009`).

mod lease;
mod metadata;
mod retell;
mod retention;
mod wake;
mod webhooks;

use std::time::Duration;

use enroll_service::Service;
use tokio::sync::watch;
use tokio::task::JoinSet;

use wake::Stop;

pub use enroll_outbound::{AllowedNetworks, InvalidNetwork};

/// How the work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobOptions {
    /// How long events are kept.
    pub keep_events: Duration,
    /// Networks that are not public and that may be reached, also without TLS.
    pub outbound_networks: AllowedNetworks,
    /// How often the metadata of identity providers is fetched.
    pub metadata_every: Duration,
}

impl Default for JobOptions {
    /// Events for 30 days (enrollment.md §6.2), metadata every day.
    fn default() -> Self {
        Self {
            keep_events: Duration::from_secs(30 * 24 * 60 * 60),
            outbound_networks: AllowedNetworks::default(),
            metadata_every: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// The work, running until it is stopped.
#[derive(Debug)]
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Jobs {
    /// Begins.
    pub fn start(service: &Service, options: JobOptions) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(retell::run(service.clone(), Stop::new(stopped.clone())));
        let networks = options.outbound_networks.clone();
        let stop_fetching = Stop::new(stopped.clone());
        tasks.spawn(metadata::run(service.clone(), networks, options.metadata_every, stop_fetching));
        let stop_sending = Stop::new(stopped.clone());
        tasks.spawn(webhooks::run(service.clone(), options.outbound_networks, stop_sending));
        tasks.spawn(retention::run(service.clone(), options.keep_events, Stop::new(stopped)));
        Self { stop, tasks }
    }

    /// Finishes the step that is under way and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.tasks.join_all().await;
    }
}
