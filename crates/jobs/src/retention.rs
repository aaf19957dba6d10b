//! Old events are deleted (enrollment.md §6.2).

use std::time::Duration;

use enroll_service::{Error, Service};
use tracing::{info, warn};

use crate::lease::Lease;
use crate::wake::Stop;

/// How often old events are looked for.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Between two steps, so that the writes of requests come first.
const BREATH: Duration = Duration::from_millis(20);

pub(crate) async fn run(service: Service, keep: Duration, mut stop: Stop) {
    let mut lease = Lease::new("retention", &service);
    loop {
        match work(&service, keep, &mut lease, &mut stop).await {
            Ok(0) => {}
            Ok(deleted) => info!(deleted, "old events were deleted"),
            Err(error) => warn!(%error, "old events were not deleted; it is tried again in an hour"),
        }
        lease.give_back(&service).await;
        if !stop.pause(EVERY).await {
            return;
        }
    }
}

async fn work(service: &Service, keep: Duration, lease: &mut Lease, stop: &mut Stop) -> Result<u64, Error> {
    let mut deleted = 0;
    while service.has_events_older_than(keep)? && lease.hold(service).await? {
        let gone = service.delete_old_events(keep).await?;
        deleted += gone;
        if gone == 0 || !stop.pause(BREATH).await {
            break;
        }
    }
    Ok(deleted)
}
