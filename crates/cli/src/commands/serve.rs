//! `enroll serve`: the server, until a signal ends it.

use std::time::Duration;

use anyhow::Context as _;
use enroll_api::{HttpConfig, RateLimit, Server};
use enroll_jobs::{JobOptions, Jobs};
use enroll_service::Service;
use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::open::{self, Opening};
use crate::settings::Settings;

/// Serves until SIGTERM or Ctrl-C, then finishes what is under way and closes the store.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let service = open::service(settings, Opening::Serve).await?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen))?;
    let address = listener.local_addr()?;
    info!(%address, public_url = %settings.public_url, data_dir = %settings.data_dir.display(), "serving");
    let rate_limit = settings.rate_limit.then(RateLimit::default);
    let http = HttpConfig {
        rate_limit,
        address_limit: settings.rate_limit.then(RateLimit::of_addresses),
        url_filters: settings.url_filters,
        metrics: settings.metrics,
        trusted_proxies: settings.trusted_proxies.clone(),
        outbound_networks: settings.outbound_networks.clone(),
        ..HttpConfig::default()
    };
    let warning = tokio::spawn(warn_daily(service.clone()));
    let server = Server::new(service.clone(), http);
    let metrics = match settings.metrics_listen {
        None => None,
        Some(address) => {
            let listener = TcpListener::bind(address)
                .await
                .with_context(|| format!("cannot listen on {address} for metrics"))?;
            info!(address = %listener.local_addr()?, "serving metrics");
            Some(tokio::spawn(server.metrics_server().serve(listener, std::future::pending())))
        }
    };
    let jobs = Jobs::start(
        &service,
        JobOptions {
            keep_events: settings.keep_events,
            outbound_networks: settings.outbound_networks.clone(),
            metadata_every: settings.metadata_every,
        },
    );
    let served = server.serve(listener, shutdown_signal()).await;
    jobs.stop().await;
    served?;
    warning.abort();
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    service.close().await;
    info!("stopped");
    Ok(())
}

/// Says in the log which tokens soon expire, now and every day.
async fn warn_daily(service: Service) {
    let mut days = tokio::time::interval(Duration::from_secs(24 * 60 * 60));
    loop {
        days.tick().await;
        if let Err(error) = service.warn_of_expiring_tokens().await {
            warn!(%error, "the expiry of tokens could not be looked up");
        }
    }
}

/// Resolves at SIGTERM or Ctrl-C.
pub(crate) async fn shutdown_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
