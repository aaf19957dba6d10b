//! What every handler may use.

use std::sync::{Arc, OnceLock};

use enroll_outbound::Outbound;
use enroll_service::{Error, Service};

use crate::api::openapi::Texts;
use crate::metrics::Metrics;
use crate::rate_limit::{AddressLimiter, SessionLimiter, TokenLimiter};
use crate::reference::Written;
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
    address_limiter: AddressLimiter,
    discovery: DiscoveryDocuments,
    metrics: Metrics,
    outbound: OnceLock<Outbound>,
    document: Texts,
    reference: Written,
}

impl App {
    pub(crate) fn new(service: Service, config: Arc<HttpConfig>, drain: Drain, metrics: Metrics) -> Self {
        let limiter = TokenLimiter::new(config.rate_limit);
        let session_limiter = SessionLimiter::new(config.rate_limit);
        let address_limiter = AddressLimiter::new(config.address_limit);
        let discovery = DiscoveryDocuments::of(&service, &config);
        let (document, reference) = (Texts::default(), Written::default());
        Self(Arc::new(Inner {
            service,
            config,
            drain,
            limiter,
            session_limiter,
            address_limiter,
            discovery,
            metrics,
            outbound: OnceLock::new(),
            document,
            reference,
        }))
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

    /// How many requests each address may still send to the sign-in.
    pub(crate) fn address_limiter(&self) -> &AddressLimiter {
        &self.0.address_limiter
    }

    /// Requests to addresses that an administrator has entered. It is set up when it is first needed.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be.
    pub(crate) fn outbound(&self) -> Result<&Outbound, Error> {
        if let Some(outbound) = self.0.outbound.get() {
            return Ok(outbound);
        }
        let outbound = Outbound::new(self.config().outbound_networks.clone())
            .map_err(|error| Error::Internal(format!("an HTTP client cannot be set up: {error}")))?;
        Ok(self.0.outbound.get_or_init(|| outbound))
    }

    /// The discovery documents.
    pub(crate) fn discovery(&self) -> &DiscoveryDocuments {
        &self.0.discovery
    }

    /// The OpenAPI document.
    pub(crate) fn document(&self) -> &Texts {
        &self.0.document
    }

    /// The reference page.
    pub(crate) fn reference(&self) -> &Written {
        &self.0.reference
    }
}
