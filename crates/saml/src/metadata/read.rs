//! The metadata document of an identity provider.

use roxmltree::Node;

use crate::certificate::{Certificate, CertificateError, Certificates};
use crate::connection::{Endpoint, EntityId, IdentityProvider, InvalidSetting};
use crate::refusal::Refusal;
use crate::xml::{METADATA, PROTOCOL, SIGNATURE, children, is, parse, text};

const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// A metadata document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// It is no XML that is read here.
    #[error("the metadata cannot be read: {0}")]
    Xml(#[from] Refusal),
    /// Its root is something else.
    #[error("the metadata has to be one md:EntityDescriptor: download the metadata of this one application")]
    NoEntity,
    /// It describes something else, such as a service provider, or it describes two.
    #[error(
        "the metadata has to describe one SAML 2.0 identity provider (md:IDPSSODescriptor): was the metadata of this service pasted?"
    )]
    NoIdentityProvider,
    /// It names no place to sign in at that can be used.
    #[error("the metadata names no SingleSignOnService with the HTTP-Redirect binding")]
    NoSignIn,
    /// Its name or a URL.
    #[error("the metadata cannot be used: {0}")]
    Setting(#[from] InvalidSetting),
    /// Its certificates: without one, nothing could be verified (A1).
    #[error("the metadata cannot be used: {0}")]
    Certificate(#[from] CertificateError),
}

/// What the metadata of an identity provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The identity provider.
    pub identity_provider: IdentityProvider,
    /// Whether it wants sign-in requests signed. They are not: it has to be told so there.
    pub wants_signed_requests: bool,
}

/// Reads a metadata document. Its signature, if it has one, is not looked at: an administrator brings the document, or the TLS
/// of its URL vouches for it; what a later one changes is shown as [`super::Differences`] (A17).
///
/// # Errors
/// When it does not describe exactly one identity provider with a name, a place to sign in and a signing certificate.
pub fn read(bytes: &[u8]) -> Result<Metadata, MetadataError> {
    let document = parse(bytes)?;
    let root = document.root_element();
    if !is(root, METADATA, "EntityDescriptor") {
        return Err(MetadataError::NoEntity);
    }
    let mut described = children(root, METADATA, "IDPSSODescriptor").filter(|descriptor| {
        let protocols = descriptor.attribute("protocolSupportEnumeration").unwrap_or_default();
        protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL)
    });
    let (Some(descriptor), None) = (described.next(), described.next()) else {
        return Err(MetadataError::NoIdentityProvider);
    };
    let identity_provider = IdentityProvider {
        entity_id: EntityId::new(root.attribute("entityID").unwrap_or_default())?,
        sign_in: endpoint(descriptor, "SingleSignOnService")?.ok_or(MetadataError::NoSignIn)?,
        logout: endpoint(descriptor, "SingleLogoutService")?,
        certificates: certificates(descriptor)?,
    };
    let wanted = descriptor.attribute("WantAuthnRequestsSigned");
    Ok(Metadata { identity_provider, wants_signed_requests: matches!(wanted, Some("true" | "1")) })
}

/// The first endpoint of this name with the redirect binding.
fn endpoint(descriptor: Node<'_, '_>, name: &'static str) -> Result<Option<Endpoint>, InvalidSetting> {
    children(descriptor, METADATA, name)
        .find(|service| service.attribute("Binding") == Some(REDIRECT))
        .map(|service| Endpoint::new(service.attribute("Location").unwrap_or_default()))
        .transpose()
}

/// The certificates for signing: those without a use are for both.
fn certificates(descriptor: Node<'_, '_>) -> Result<Certificates, MetadataError> {
    let mut found = Vec::new();
    for key in children(descriptor, METADATA, "KeyDescriptor") {
        if !matches!(key.attribute("use"), None | Some("signing")) {
            continue;
        }
        for element in key.descendants().filter(|node| is(*node, SIGNATURE, "X509Certificate")) {
            found.push(Certificate::from_text(&text(element)?)?);
        }
    }
    Ok(Certificates::new(found)?)
}
