//! The metadata document of this service.

use crate::certificate::Certificate;
use crate::connection::ServiceProvider;
use crate::xml::{METADATA, PROTOCOL, SIGNATURE, escaped};

/// Writes the metadata of this service, without a key: sign-in requests are not signed, and encrypted assertions are not read (A16).
pub fn service_provider(service_provider: &ServiceProvider) -> String {
    written(service_provider, "")
}

/// As [`service_provider`], with the certificate of the key that signs logout messages. It is for signing alone, so an identity
/// provider has nothing to encrypt with (A16).
pub fn service_provider_with_key(service_provider: &ServiceProvider, certificate: &Certificate) -> String {
    let key = format!(
        "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"{SIGNATURE}\"><ds:X509Data><ds:X509Certificate>{}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
        certificate.to_base64()
    );
    written(service_provider, &key)
}

fn written(service_provider: &ServiceProvider, key: &str) -> String {
    let logout = service_provider.logout.as_ref().map_or(String::new(), |logout| {
        let location = escaped(logout.as_str());
        ["Redirect", "POST"]
            .map(|binding| {
                format!(
                    "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{binding}\" Location=\"{location}\"/>"
                )
            })
            .concat()
    });
    let formats: String =
        ["1.1:nameid-format:emailAddress", "2.0:nameid-format:persistent", "1.1:nameid-format:unspecified"]
            .map(|format| format!("<md:NameIDFormat>urn:oasis:names:tc:SAML:{format}</md:NameIDFormat>"))
            .concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <md:EntityDescriptor xmlns:md=\"{METADATA}\" entityID=\"{}\">\
         <md:SPSSODescriptor AuthnRequestsSigned=\"false\" WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"{PROTOCOL}\">\
         {key}{logout}{formats}<md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{}\" \
         index=\"0\" isDefault=\"true\"/></md:SPSSODescriptor></md:EntityDescriptor>\n",
        escaped(service_provider.entity_id.as_str()),
        escaped(service_provider.acs.as_str()),
    )
}
