//! Where a connection comes from. Forwarding headers are not believed: whoever connects can write them (S36).

use std::net::{IpAddr, SocketAddr};

use axum::http::Extensions;

/// The address of the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address as text, when the request came through a connection.
    pub(crate) fn of(extensions: &Extensions) -> Option<String> {
        extensions.get::<Self>().map(|address| address.0.to_string())
    }
}

impl From<SocketAddr> for ClientAddress {
    fn from(address: SocketAddr) -> Self {
        Self(address.ip().to_canonical())
    }
}
