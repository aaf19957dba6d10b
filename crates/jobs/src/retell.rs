//! Large changes are told of in slices (enrollment.md §3.6).

use std::time::Duration;

use enroll_service::{Error, Service};
use tracing::{info, warn};

use crate::lease::Lease;
use crate::wake::Stop;

/// The longest time without looking for work.
const IDLE: Duration = Duration::from_secs(30);

/// Between two slices, so that the writes of requests come first.
const BREATH: Duration = Duration::from_millis(5);

/// After a failure, or while another process is at it.
const LATER: Duration = Duration::from_secs(2);

pub(crate) async fn run(service: Service, mut stop: Stop) {
    let mut lease = Lease::new("retell", &service);
    loop {
        let seen = service.generation().await.ok();
        let done = work(&service, &mut lease, &mut stop).await;
        lease.give_back(&service).await;
        let goes_on = match done {
            Ok(true) => stop.pause_until_commit(&service, seen, IDLE).await,
            Ok(false) => stop.pause(LATER).await,
            Err(error) => {
                warn!(%error, "telling of roles failed; it is tried again");
                stop.pause(LATER).await
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// Tells of all that waits; answers whether nothing is left.
async fn work(service: &Service, lease: &mut Lease, stop: &mut Stop) -> Result<bool, Error> {
    if !service.has_retells()? {
        return Ok(true);
    }
    let mut slices = 0_u64;
    while lease.hold(service).await? {
        if !service.retell().await? {
            info!(slices, "large changes were told of");
            return Ok(true);
        }
        slices += 1;
        if !stop.pause(BREATH).await {
            return Ok(false);
        }
    }
    Ok(false)
}
