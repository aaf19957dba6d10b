//! Metadata: that of identity providers, read and compared; that of this service, written (SAML metadata 2.0).

mod compare;
mod read;
mod write;

pub use compare::{Differences, differences};
pub use read::{Metadata, MetadataError, read};
pub use write::{service_provider, service_provider_with_key};
