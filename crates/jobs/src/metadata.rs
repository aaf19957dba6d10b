//! The metadata of identity providers is fetched again (threat A17).

use std::time::Duration;

use enroll_domain::audit::Actor;
use enroll_outbound::{AllowedNetworks, Fetch, Outbound};
use enroll_service::{Error, METADATA_BYTES, MetadataSource, Service};
use tracing::{error, info, warn};

use crate::lease::{ASK_AGAIN, Lease};
use crate::wake::Stop;

/// How often it is looked whether anything is to be fetched.
const LOOK: Duration = Duration::from_secs(60);

pub(crate) async fn run(service: Service, networks: AllowedNetworks, every: Duration, mut stop: Stop) {
    let service = service.acting_as(Actor::system());
    let outbound = match Outbound::new(networks) {
        Ok(outbound) => outbound,
        Err(error) => return error!(%error, "no metadata can be fetched"),
    };
    let mut lease = Lease::new("sso-metadata", &service);
    loop {
        let pause = match work(&service, &outbound, every, &mut lease, &mut stop).await {
            Ok(true) => LOOK,
            Ok(false) => ASK_AGAIN,
            Err(error) => {
                warn!(%error, "metadata was not fetched; it is tried again");
                LOOK
            }
        };
        lease.give_back(&service).await;
        if !stop.pause(pause).await {
            return;
        }
    }
}

/// Fetches what is due; answers whether that was done, or that another process is at it.
async fn work(
    service: &Service,
    outbound: &Outbound,
    every: Duration,
    lease: &mut Lease,
    stop: &mut Stop,
) -> Result<bool, Error> {
    if service.sso_metadata_due(every).await?.is_empty() {
        return Ok(true);
    }
    if !lease.hold(service).await? {
        return Ok(false);
    }
    // Read again: whoever had the lease before may have fetched it meanwhile.
    for source in service.sso_metadata_due(every).await? {
        if !lease.hold(service).await? {
            return Ok(false);
        }
        tokio::select! {
            refreshed = refresh(service, outbound, &source) => match refreshed {
                // Somebody was faster, or the connection is gone.
                Err(Error::Conflict(_) | Error::NotFound(_)) | Ok(()) => {}
                // The others have their turn all the same.
                Err(error) => warn!(%error, url = %source.url, "metadata was not fetched; it is tried again"),
            },
            () = stop.stopped() => return Ok(true),
        }
    }
    Ok(true)
}

async fn refresh(service: &Service, outbound: &Outbound, source: &MetadataSource) -> Result<(), Error> {
    let fetched = outbound.fetch(&source.url, Fetch::up_to(METADATA_BYTES)).await;
    let taken = service.take_metadata(source, fetched.map_err(|error| error.to_string())).await?;
    let directory = &taken.directory;
    match &taken.failure {
        Some(failure) => warn!(
            %directory, url = %source.url, failure,
            "the metadata of the identity provider was not taken; the connection stays as it is"
        ),
        None if taken.changes.is_empty() => {}
        None => info!(
            %directory, url = %source.url, changes = %taken.changes,
            "the metadata of the identity provider has changed"
        ),
    }
    Ok(())
}
