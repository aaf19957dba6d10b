//! SAML 2.0 sign-in, as the service provider: a request out, a response in, metadata both ways.
//!
//! The crate takes bytes and gives facts. It does no input or output and knows neither the time nor randomness: both come in as
//! arguments. It keeps nothing: what has to be remembered is given to the caller ([`Pending`], [`Once`]).
//!
//! A response is a stranger's document. It is handled in this order, and no step looks ahead:
//! 1. `scan`: size, encoding, limits and forbidden constructs, on the bare text;
//! 2. `xml`: one parser for all;
//! 3. `shape`: one response, one assertion, signatures in their places;
//! 4. `signature` and `canonical`: each signature, by a configured key. What comes out is the text that was verified;
//! 5. `response`, `assertion`, `subject`: read from that text, parsed anew.
//!
//! Logout messages (`logout`) take the same way.
//!
//! What is accepted is decided in [`policy`] alone; why the crate does not build on a SAML library is in
//! `docs/decisions/0011-saml-verification-of-our-own.md`.
//!
//! ```
//! use enroll_saml::{AttributeMapping, Connection, Endpoint, EntityId, Preset, Reason, ServiceProvider, Skew};
//! # fn identity_provider() -> Option<enroll_saml::IdentityProvider> { None }
//! # let now = jiff::Timestamp::UNIX_EPOCH;
//! let service_provider = ServiceProvider {
//!     entity_id: EntityId::new("https://enroll.example/saml/metadata")?,
//!     acs: Endpoint::new("https://enroll.example/saml/acs")?,
//!     logout: None,
//! };
//! # let Some(identity_provider) = identity_provider() else { return Ok(()) };
//! let connection = Connection {
//!     identity_provider, // by its metadata: enroll_saml::metadata::read
//!     allow_idp_initiated: false,
//!     skew: Skew::default(),
//!     mapping: AttributeMapping::preset(Preset::Okta),
//! };
//! let begun = enroll_saml::begin(&service_provider, &connection, now, &[7; 32]);
//! assert!(begun.redirect.contains("SAMLRequest="));
//!
//! let finished = enroll_saml::finish(&service_provider, &connection, Some(&begun.pending), "PHg+", now);
//! assert_eq!(finished.outcome.unwrap_err().reason(), Reason::Malformed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assertion;
mod begin;
mod canonical;
mod certificate;
mod connection;
mod finish;
mod identity;
mod key;
mod logout;
mod mapping;
pub mod metadata;
pub mod policy;
mod refusal;
mod response;
mod scan;
mod shape;
mod signature;
mod subject;
mod trace;
mod xml;

pub use begin::{Begun, Pending, begin, begin_anew};
pub use certificate::{Certificate, CertificateError, Certificates};
pub use connection::{
    Connection, Endpoint, EntityId, IdentityProvider, InvalidSetting, ServiceProvider, Skew,
};
pub use finish::{Finished, finish};
pub use identity::{AssertedGroups, Authenticated, BegunBy, Identity, NameId, Once};
pub use key::{KeyError, ServiceKey};
pub use logout::{
    Arrived, BegunLogout, LoggedOut, LogoutRequest, LogoutResponse, answer_logout, begin_logout,
    logout_request, logout_response,
};
pub use mapping::{AttributeMapping, JoinBy, Preset};
pub use refusal::{Reason, Refusal};
pub use trace::{Check, Step, Trace, Verdict};
