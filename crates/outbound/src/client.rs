//! The clients: one for https, one for what the operator has listed and may be reached without TLS.

use std::error::Error as _;
use std::sync::Arc;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use crate::guard::{AllowedNetworks, GuardedResolver, Refused, literal};

/// Reaches the public internet, and the networks that the operator has listed. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Outbound {
    networks: AllowedNetworks,
    https: Client,
    http: Client,
}

impl Outbound {
    /// For the public internet and the networks listed.
    ///
    /// # Errors
    /// When the client cannot be set up: there are no root certificates.
    pub fn new(networks: AllowedNetworks) -> Result<Self, reqwest::Error> {
        let client = |tls: bool| {
            Client::builder()
                .user_agent(concat!("Enroll/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                // A proxy would resolve names itself, unguarded.
                .no_proxy()
                .https_only(tls)
                .dns_resolver(Arc::new(GuardedResolver { networks: networks.clone(), tls }))
                .pool_max_idle_per_host(1)
                .build()
        };
        Ok(Self { https: client(true)?, http: client(false)?, networks })
    }

    /// The client for a URL.
    ///
    /// # Errors
    /// When the URL names an address that may not be reached. Names are looked up and checked with the request.
    pub fn client(&self, url: &Url) -> Result<&Client, Refused> {
        let tls = url.scheme() == "https";
        // Addresses are not looked up, so the client would not ask the resolver.
        if let Some(address) = literal(url) {
            self.networks.check(address, tls)?;
        }
        Ok(if tls { &self.https } else { &self.http })
    }
}

/// An error with all that is behind it: the outermost says only that sending failed.
pub fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut next = error.source();
    while let Some(cause) = next {
        // The innermost are the most exact, and each says again what is in it.
        text = cause.to_string();
        next = cause.source();
    }
    if text.is_empty() { error.to_string() } else { text }
}
