//! The metadata document of this service.

use crate::connection::ServiceProvider;
use crate::xml::{METADATA, PROTOCOL, escaped};

/// Writes the metadata of this service. It publishes no key: requests are not signed, and encrypted assertions are not read (A16),
/// so an identity provider has nothing to encrypt with.
pub fn service_provider(service_provider: &ServiceProvider) -> String {
    let logout = service_provider.logout.as_ref().map_or(String::new(), |logout| {
        format!(
            "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{}\"/>",
            escaped(logout.as_str())
        )
    });
    let formats: String =
        ["1.1:nameid-format:emailAddress", "2.0:nameid-format:persistent", "1.1:nameid-format:unspecified"]
            .map(|format| format!("<md:NameIDFormat>urn:oasis:names:tc:SAML:{format}</md:NameIDFormat>"))
            .concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <md:EntityDescriptor xmlns:md=\"{METADATA}\" entityID=\"{}\">\
         <md:SPSSODescriptor AuthnRequestsSigned=\"false\" WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"{PROTOCOL}\">\
         {logout}{formats}<md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{}\" \
         index=\"0\" isDefault=\"true\"/></md:SPSSODescriptor></md:EntityDescriptor>\n",
        escaped(service_provider.entity_id.as_str()),
        escaped(service_provider.acs.as_str()),
    )
}
