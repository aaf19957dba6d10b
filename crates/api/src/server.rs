//! The HTTP server as the binary sees it.

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use enroll_service::{Entropy, Service};
use tokio::net::TcpListener;

use crate::edge::{Edge, around};
use crate::metrics::Metrics;
use crate::{App, Drain, HttpConfig, oidc, routes, serve};

/// Every HTTP surface of a service, ready to be served.
pub struct Server {
    router: Router,
    config: Arc<HttpConfig>,
    drain: Drain,
    metrics: Metrics,
    app: App,
}

/// `/metrics` alone, for a listener that only operators reach.
pub struct MetricsServer {
    router: Router,
    config: Arc<HttpConfig>,
}

impl MetricsServer {
    /// Serves until `shutdown` is done.
    ///
    /// # Errors
    /// As [`Server::serve`].
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        serve::serve(listener, self.router, self.config, Drain::default(), shutdown).await
    }
}

impl Server {
    /// Puts the surfaces in front of `service`.
    pub fn new(service: Service, config: HttpConfig) -> Self {
        let (config, drain) = (Arc::new(config), Drain::default());
        let requests = service.request_log().cloned();
        let metrics = Metrics::new(service.clone());
        let app = App::new(service, Arc::clone(&config), drain.clone(), metrics.clone());
        let edge = Edge {
            config: Arc::clone(&config),
            drain: drain.clone(),
            random: || Entropy.id(),
            requests,
            metrics: metrics.clone(),
        };
        let routes = routes::all(&app).with_state(app.clone());
        Self { router: around(routes, edge), config, drain, metrics, app }
    }

    /// The routes with everything around them, for a test without a socket or for a server of one's own.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The metrics of this server, for a listener of their own.
    pub fn metrics_server(&self) -> MetricsServer {
        MetricsServer { router: self.metrics.clone().router(), config: Arc::clone(&self.config) }
    }

    /// Serves until `shutdown` is done, then leaves: readiness turns false, `drain_notice` passes, no new connection is taken,
    /// running requests finish for at most `drain_time`. The caller closes the service afterwards.
    ///
    /// # Errors
    /// When the listener cannot be used at all. Errors of single connections are logged.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let deliveries = tokio::spawn(oidc::deliver(self.app));
        let served = serve::serve(listener, self.router, self.config, self.drain, shutdown).await;
        deliveries.abort();
        served
    }
}
