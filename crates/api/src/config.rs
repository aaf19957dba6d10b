//! What the HTTP server is configured with. Every number has a default that is safe on the open internet.

use std::num::NonZeroU32;
use std::time::Duration;

use enroll_outbound::AllowedNetworks;

use crate::Network;

/// How many requests one token, session or address may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests a second that may go on for ever.
    pub per_second: NonZeroU32,
    /// Requests that may come at once after a pause.
    pub burst: NonZeroU32,
}

impl Default for RateLimit {
    /// 100 a second, 200 at once: four times what Entra's gallery asks for.
    fn default() -> Self {
        Self { per_second: NonZeroU32::MIN.saturating_add(99), burst: NonZeroU32::MIN.saturating_add(199) }
    }
}

impl RateLimit {
    /// 50 a second, 500 at once: a company of some thousands behind one address that begins to work.
    pub const fn of_addresses() -> Self {
        Self { per_second: NonZeroU32::MIN.saturating_add(49), burst: NonZeroU32::MIN.saturating_add(499) }
    }
}

/// Bounds on connections and requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpConfig {
    /// Largest body, in bytes; a larger one is answered 413 before it is parsed.
    pub body_bytes: usize,
    /// Largest body of a bulk request, in bytes; announced as `bulk.maxPayloadSize` (RFC 7644 §3.7.4).
    pub bulk_body_bytes: usize,
    /// Largest sum of header names and values, in bytes; more is answered 431.
    pub header_bytes: usize,
    /// Longest request target, in bytes; more is answered 414. A filter may be 8 KiB of text, and every byte of it may take
    /// three in a URL.
    pub target_bytes: usize,
    /// How long one request may take, its body included; then it is answered 503.
    pub request_time: Duration,
    /// How long a client may take to send a body; then it is answered 408.
    pub body_time: Duration,
    /// How long a client may take to send a request's head; then the connection is closed.
    pub head_time: Duration,
    /// How long a connection may wait for its next request. Behind a load balancer that keeps connections, set it higher than
    /// the balancer's own.
    pub idle_time: Duration,
    /// How long a client may take to read an answer; then the connection is closed.
    pub write_time: Duration,
    /// How long the export of a directory may wait for its reader, all together; then it breaks off. A snapshot of the database, and
    /// a place among those who read, are held meanwhile.
    pub export_wait: Duration,
    /// Most connections at once. When all are taken, idle ones are closed after a second.
    pub max_connections: usize,
    /// How long `/readyz` says that the server is draining while new connections are still taken: the time a load balancer
    /// needs to notice.
    pub drain_notice: Duration,
    /// How long running requests may take to finish once no new connection is taken.
    pub drain_time: Duration,
    /// Whether a query may have its filter in the URL, where proxies and logs on the way may keep personal data. If not, a GET
    /// with one is 403 `sensitive`, and POST `/.search` takes it in the body (RFC 7644 §7.5.2).
    pub url_filters: bool,
    /// Proxies in front of the server: what they say of where a request comes from is believed, and nobody else's word is.
    pub trusted_proxies: Vec<Network>,
    /// Networks that are not public and that may be reached at an address that an administrator has given: for the metadata of an
    /// identity provider, and to tell clients of a logout.
    pub outbound_networks: AllowedNetworks,
    /// Whether `/metrics` is shown on the main listener, to whoever reaches it. A listener of its own shows it in any case.
    pub metrics: bool,
    /// Per token; `None` for no limit. Requests without a valid token are not counted: each costs one look-up by id and one
    /// hash, and a limit on them could be used up by a stranger.
    pub rate_limit: Option<RateLimit>,
    /// Per client address, or network of 64 bits of version 6, at the pages of the sign-in and the endpoints of the OpenID Provider;
    /// `None` for no limit. A company may sign in from one address, and an application asks for tokens from one.
    pub address_limit: Option<RateLimit>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            bulk_body_bytes: 4 * 1024 * 1024,
            header_bytes: 16 * 1024,
            target_bytes: 32 * 1024,
            request_time: Duration::from_secs(30),
            body_time: Duration::from_secs(20),
            head_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            export_wait: Duration::from_secs(600),
            max_connections: 4096,
            drain_notice: Duration::ZERO,
            drain_time: Duration::from_secs(9),
            url_filters: true,
            trusted_proxies: Vec::new(),
            outbound_networks: AllowedNetworks::default(),
            metrics: false,
            rate_limit: Some(RateLimit::default()),
            address_limit: Some(RateLimit::of_addresses()),
        }
    }
}
