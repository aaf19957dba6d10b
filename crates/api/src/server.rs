//! The HTTP server as the binary sees it.

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use enroll_service::{Entropy, Service};
use tokio::net::TcpListener;

use crate::api::idempotency;
use crate::edge::{Edge, around};
use crate::{App, Drain, HttpConfig, routes, serve};

/// Every HTTP surface of a service, ready to be served.
pub struct Server {
    router: Router,
    config: Arc<HttpConfig>,
    drain: Drain,
}

impl Server {
    /// Puts the surfaces in front of `service`.
    pub fn new(service: Service, config: HttpConfig) -> Self {
        let (config, drain) = (Arc::new(config), Drain::default());
        let requests = service.request_log().cloned();
        let app = App::new(service, Arc::clone(&config), drain.clone());
        let edge =
            Edge { config: Arc::clone(&config), drain: drain.clone(), random: || Entropy.id(), requests };
        let routes =
            routes::all().layer(from_fn_with_state(app.clone(), idempotency::handle)).with_state(app);
        Self { router: around(routes, edge), config, drain }
    }

    /// The routes with everything around them, for a test without a socket or for a server of one's own.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Serves until `shutdown` is done, then leaves: readiness turns false, `drain_notice` passes, no new connection is taken,
    /// running requests finish for at most `drain_time`. The caller closes the service afterwards.
    ///
    /// # Errors
    /// When the listener cannot be used at all. Errors of single connections are logged.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        serve::serve(listener, self.router, self.config, self.drain, shutdown).await
    }
}
