//! What every handler may use.

use std::sync::Arc;

use enroll_service::Service;

use crate::metrics::Metrics;
use crate::rate_limit::{SessionLimiter, TokenLimiter};
use crate::scim::DiscoveryDocuments;
use crate::{Drain, HttpConfig};

/// The state of the routes. Cheap to clone; clones share everything.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    service: Service,
    config: Arc<HttpConfig>,
    drain: Drain,
    limiter: TokenLimiter,
    session_limiter: SessionLimiter,
    discovery: DiscoveryDocuments,
    metrics: Metrics,
}

impl App {
    pub(crate) fn new(service: Service, config: Arc<HttpConfig>, drain: Drain, metrics: Metrics) -> Self {
        let limiter = TokenLimiter::new(config.rate_limit);
        let session_limiter = SessionLimiter::new(config.rate_limit);
        let discovery = DiscoveryDocuments::of(&service, &config);
        Self(Arc::new(Inner { service, config, drain, limiter, session_limiter, discovery, metrics }))
    }

    /// The use cases.
    pub(crate) fn service(&self) -> &Service {
        &self.0.service
    }

    /// Bounds on requests.
    pub(crate) fn config(&self) -> &HttpConfig {
        &self.0.config
    }

    /// Whether the server is on its way out.
    pub(crate) fn drain(&self) -> &Drain {
        &self.0.drain
    }

    /// How many requests each token has left.
    pub(crate) fn limiter(&self) -> &TokenLimiter {
        &self.0.limiter
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// How many requests each session has left.
    pub(crate) fn session_limiter(&self) -> &SessionLimiter {
        &self.0.session_limiter
    }

    /// The discovery documents.
    pub(crate) fn discovery(&self) -> &DiscoveryDocuments {
        &self.0.discovery
    }
}
