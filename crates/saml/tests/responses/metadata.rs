//! Metadata of identity providers and of this service; the request that begins a sign-in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use enroll_saml::metadata::{MetadataError, differences, read, service_provider};
use enroll_saml::{CertificateError, InvalidSetting, Preset, Reason};
use enroll_testkit::idp::SigningKey;

use crate::world::{ACS, ENTITY_ID, World, foreign_key, key};

/// A document in the form of Entra ID, with these signing certificates.
fn document(keys: &[&SigningKey]) -> String {
    let keys: String = keys
        .iter()
        .map(|key| {
            format!(
                "<KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>{}\
                 </X509Certificate></X509Data></KeyInfo></KeyDescriptor>",
                key.certificate_base64()
            )
        })
        .collect();
    let redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><EntityDescriptor ID=\"_1\" entityID=\"https://sts.example/tenant/\" \
         xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"><IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         {keys}<SingleLogoutService Binding=\"{redirect}\" Location=\"https://login.example/saml2\"/>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://login.example/post\"/>\
         <SingleSignOnService Binding=\"{redirect}\" Location=\"https://login.example/saml2\"/></IDPSSODescriptor></EntityDescriptor>"
    )
}

#[test]
fn metadata_of_an_identity_provider_is_read() {
    let metadata = read(document(&[key(), foreign_key(), key()]).as_bytes()).unwrap();
    let provider = metadata.identity_provider;
    assert_eq!(provider.entity_id.as_str(), "https://sts.example/tenant/");
    assert_eq!(provider.sign_in.as_str(), "https://login.example/saml2");
    assert_eq!(provider.logout.unwrap().as_str(), "https://login.example/saml2");
    let certificates: Vec<&[u8]> =
        provider.certificates.iter().map(enroll_saml::Certificate::as_der).collect();
    assert_eq!(certificates, [key().certificate(), foreign_key().certificate()]);
    let first = provider.certificates.iter().next().unwrap();
    assert_eq!(first.not_after().to_string(), "2040-01-01T00:00:00Z");
    assert_eq!(first.subject(), "CN=Test identity provider");
    assert!(!metadata.wants_signed_requests);
}

#[test]
fn threat_a1_metadata_without_a_signing_certificate_is_refused() {
    assert_eq!(read(document(&[]).as_bytes()), Err(MetadataError::Certificate(CertificateError::None)));
    let for_encryption = document(&[key()]).replace("use=\"signing\"", "use=\"encryption\"");
    assert_eq!(read(for_encryption.as_bytes()), Err(MetadataError::Certificate(CertificateError::None)));
    assert!(read(document(&[key()]).replace("use=\"signing\"", "").as_bytes()).is_ok(), "no use means both");
    let broken = document(&[key()]).replace("<X509Certificate>M", "<X509Certificate>A");
    assert_eq!(read(broken.as_bytes()), Err(MetadataError::Certificate(CertificateError::Unreadable)));
}

#[test]
fn metadata_that_is_of_no_use_says_why() {
    let good = document(&[key()]);
    let refused = |from: &str, to: &str| read(good.replace(from, to).as_bytes()).unwrap_err();
    assert_eq!(refused("EntityDescriptor", "EntitiesDescriptor"), MetadataError::NoEntity);
    assert_eq!(refused("IDPSSODescriptor", "SPSSODescriptor"), MetadataError::NoIdentityProvider);
    assert_eq!(refused("SAML:2.0:protocol", "SAML:1.1:protocol"), MetadataError::NoIdentityProvider);
    assert_eq!(refused("HTTP-Redirect", "SOAP"), MetadataError::NoSignIn);
    assert_eq!(
        refused("https://login", "javascript://login"),
        MetadataError::Setting(InvalidSetting::Endpoint)
    );
    assert_eq!(refused("https://sts.example/tenant/", ""), MetadataError::Setting(InvalidSetting::EntityId));
    let doctype = format!("<!DOCTYPE x>{}", good.split_once("?>").unwrap().1);
    match read(doctype.as_bytes()) {
        Err(MetadataError::Xml(refusal)) => assert_eq!(refusal.reason(), Reason::Doctype),
        other => panic!("{other:?}"),
    }
}

#[test]
fn threat_a17_a_newer_document_is_compared() {
    let before = read(document(&[key()]).as_bytes()).unwrap().identity_provider;
    assert!(differences(&before, &before).is_empty());
    let newer = document(&[foreign_key()]).replace("login.example", "login2.example");
    let after = read(newer.as_bytes()).unwrap().identity_provider;
    let found = differences(&before, &after);
    assert_eq!(found.entity_id, None);
    assert_eq!(found.sign_in.unwrap().1.as_str(), "https://login2.example/saml2");
    assert!(found.logout.is_some());
    assert_eq!(found.added, after.certificates.iter().cloned().collect::<Vec<_>>());
    assert_eq!(found.removed, before.certificates.iter().cloned().collect::<Vec<_>>());
}

#[test]
fn threat_a16_metadata_of_the_service_publishes_no_key() {
    let world = World::new(Preset::Okta);
    let xml = service_provider(&world.service_provider);
    assert!(!xml.contains("KeyDescriptor"), "{xml}");
    assert!(
        xml.contains(&format!("entityID=\"{ENTITY_ID}\"")) && xml.contains(&format!("Location=\"{ACS}\"")),
        "{xml}"
    );
    assert_eq!(read(xml.as_bytes()), Err(MetadataError::NoIdentityProvider));
}

#[test]
fn threat_a15_a_request_carries_random_keys_and_no_path() {
    let world = World::new(Preset::Okta);
    let begun = &world.begun;
    let query = begun.redirect.strip_prefix("https://idp.example/sso?app=1&").unwrap();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!((pairs[0].0.as_str(), pairs[1].0.as_str(), pairs.len()), ("SAMLRequest", "RelayState", 2));
    assert_eq!(pairs[1].1, begun.pending.relay_state);
    assert_eq!(begun.pending.relay_state, "07".repeat(16));
    let packed = STANDARD.decode(&pairs[0].1).unwrap();
    let xml = String::from_utf8(miniz_oxide::inflate::decompress_to_vec(&packed).unwrap()).unwrap();
    for part in [
        format!("ID=\"{}\"", begun.pending.request_id),
        format!("AssertionConsumerServiceURL=\"{ACS}\""),
        format!("<saml:Issuer>{ENTITY_ID}</saml:Issuer>"),
        "IssueInstant=\"2026-11-26T12:00:00Z\"".to_owned(),
        "Destination=\"https://idp.example/sso?app=1\"".to_owned(),
    ] {
        assert!(xml.contains(&part), "{part} in {xml}");
    }
    assert_eq!(begun.pending.expires().to_string(), "2026-11-26T12:10:00Z");
}
