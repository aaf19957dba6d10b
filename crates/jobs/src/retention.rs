//! Old events are deleted (enrollment.md §6.2).

use std::time::Duration;

use enroll_service::{Error, Service};
use tracing::{info, warn};

use crate::lease::{ASK_AGAIN, Lease};
use crate::wake::Stop;

/// How often old events are looked for.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Between two steps, so that the writes of requests come first.
const BREATH: Duration = Duration::from_millis(20);

pub(crate) async fn run(service: Service, keep: Duration, mut stop: Stop) {
    let mut lease = Lease::new("retention", &service);
    loop {
        let pause = match work(&service, keep, &mut lease, &mut stop).await {
            Ok(true) => EVERY,
            Ok(false) => ASK_AGAIN,
            Err(error) => {
                warn!(%error, "old events were not deleted; it is tried again in an hour");
                EVERY
            }
        };
        lease.give_back(&service).await;
        if !stop.pause(pause).await {
            return;
        }
    }
}

/// Deletes what is old; answers whether nothing is left, or that another process is at it.
async fn work(service: &Service, keep: Duration, lease: &mut Lease, stop: &mut Stop) -> Result<bool, Error> {
    let mut deleted = 0;
    let done = loop {
        if !service.has_events_older_than(keep)? {
            break true;
        }
        if !lease.hold(service).await? {
            break false;
        }
        let gone = service.delete_old_events(keep).await?;
        deleted += gone;
        if gone == 0 || !stop.pause(BREATH).await {
            break true;
        }
    };
    if deleted > 0 {
        info!(deleted, "old events were deleted");
    }
    Ok(done)
}
