//! What the identity provider says of itself.

use super::SigningKey;

/// Metadata of an identity provider that signs with these keys and has people sign in at `sign_in` (SAML metadata §2.4.3).
pub fn metadata(entity_id: &str, sign_in: &str, keys: &[&SigningKey]) -> String {
    let descriptor = |key: &&SigningKey| {
        format!(
            "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
            key.certificate_base64()
        )
    };
    let keys: String = keys.iter().map(descriptor).collect();
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity_id}\">\
         <md:IDPSSODescriptor WantAuthnRequestsSigned=\"true\" protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         {keys}<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{sign_in}\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>",
    )
}
