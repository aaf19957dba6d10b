//! Single logout: messages of the identity provider, good and hostile, and those of this service.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use enroll_saml::{
    Arrived, Certificate, Endpoint, LoggedOut, LogoutRequest, NameId, Preset, Reason, Refusal, ServiceKey,
    answer_logout, begin_logout, logout_request, logout_response, metadata,
};
use enroll_testkit::idp::{Dialect, LogoutContent, LogoutSpec, SigningKey, replacing};
use jiff::{SignedDuration, ToSpan as _};
use x509_cert::der::{Decode as _, Encode as _};

use crate::world::{ISSUER, World, foreign_key, key};

const LOGOUT: &str = "https://enroll.example/saml/logout";
const ADA: &str = "ada@example.com";

fn world() -> World {
    let mut world = World::new(Preset::Okta);
    world.service_provider.logout = Some(Endpoint::new(LOGOUT).unwrap());
    world.connection.identity_provider.logout = Some(Endpoint::new("https://idp.example/slo?app=1").unwrap());
    world
}

fn spec(world: &World) -> LogoutSpec {
    LogoutSpec::request("_l1", ISSUER, LOGOUT, ADA, world.now)
}

fn asked(world: &World, arrived: Arrived<'_>) -> Result<LogoutRequest, Refusal> {
    logout_request(&world.service_provider, &world.connection, arrived, world.now)
}

/// What comes of a request, which is the same by both bindings.
fn both(world: &World, spec: &LogoutSpec, key: &SigningKey) -> Result<LogoutRequest, Reason> {
    let query = spec.query(key, Some("state of theirs"));
    let by_redirect = asked(world, Arrived::Redirect(&query)).map_err(|refusal| refusal.reason());
    let by_post = asked(world, Arrived::Post(&spec.form_field(key))).map_err(|refusal| refusal.reason());
    assert_eq!(by_redirect, by_post);
    by_post
}

/// The key of the service: any RSA key with a certificate.
fn service_key() -> ServiceKey {
    let pem = foreign_key().private_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    ServiceKey::read(&STANDARD.decode(body).unwrap(), foreign_key().certificate()).unwrap()
}

#[test]
fn a_request_of_the_identity_provider_names_whom_it_is_about() {
    let world = world();
    let mut good = spec(&world);
    let request = both(&world, &good, key()).unwrap();
    assert_eq!((request.id.as_str(), request.name_id.as_str()), ("_l1", ADA));
    assert_eq!(request.session_indexes, [] as [&str; 0]);
    assert_eq!(request.remember_until, world.now + 6.minutes());
    assert!(!format!("{request:?}").contains("ada"));
    if let LogoutContent::Request { session_indexes, not_on_or_after, .. } = &mut good.content {
        *session_indexes = vec!["one".to_owned(), "two".to_owned()];
        *not_on_or_after = None;
    }
    let request = both(&world, &good, key()).unwrap();
    assert_eq!(request.session_indexes, ["one", "two"]);
    assert_eq!(request.remember_until, world.now + 6.minutes(), "five minutes, and the clocks");
}

#[test]
fn threat_a1_a_logout_message_without_a_signature_is_nothing() {
    let world = world();
    let mut bare = spec(&world);
    bare.signature = None;
    fn reason(world: &World, arrived: Arrived<'_>) -> Reason {
        asked(world, arrived).unwrap_err().reason()
    }
    assert_eq!(reason(&world, Arrived::Post(&bare.form_field(key()))), Reason::Unsigned);
    let query = bare.query(key(), None);
    let (unsigned, _) = query.split_once("&SigAlg").unwrap();
    assert_eq!(reason(&world, Arrived::Redirect(unsigned)), Reason::Unsigned);
    let (without_value, _) = query.split_once("&Signature").unwrap();
    assert_eq!(reason(&world, Arrived::Redirect(without_value)), Reason::Unsigned);
    assert_eq!(
        reason(&world, Arrived::Redirect(&format!("{without_value}&Signature="))),
        Reason::SignatureInvalid
    );
    // What is signed inside is not what a redirect is signed by.
    let inside =
        STANDARD.encode(miniz_oxide::deflate::compress_to_vec(spec(&world).xml(key()).as_bytes(), 6));
    let inside: String = form_urlencoded::byte_serialize(inside.as_bytes()).collect();
    assert_eq!(reason(&world, Arrived::Redirect(&format!("SAMLRequest={inside}"))), Reason::Unsigned);
    let twice = spec(&world);
    let query = twice.query_of(&twice.xml(key()), key(), None);
    assert_eq!(reason(&world, Arrived::Redirect(&query)), Reason::SignaturePlacement);
}

#[test]
fn threat_a6_a_logout_message_is_signed_by_a_configured_key() {
    let world = world();
    assert_eq!(both(&world, &spec(&world), foreign_key()), Err(Reason::SignatureInvalid));
}

#[test]
fn threat_a7_a_logout_message_is_signed_by_an_algorithm_that_is_accepted() {
    let world = world();
    let query = spec(&world).query(key(), None);
    for (from, to) in
        [("rsa%2dsha256", "hmac%2dsha256"), ("xmldsig%2dmore%23rsa%2dsha256", "xmldsig%23rsa%2dsha1")]
    {
        assert!(query.contains(from), "{query}");
        let query = query.replace(from, to);
        let reason = asked(&world, Arrived::Redirect(&query)).unwrap_err().reason();
        assert_eq!(reason, Reason::SignatureMethod);
    }
}

#[test]
fn threat_a2_what_was_signed_is_what_is_read() {
    let world = world();
    let query = spec(&world).query(key(), Some("a"));
    let other = LogoutSpec::request("_l2", ISSUER, LOGOUT, "eve@example.com", world.now).query(key(), None);
    let message = |query: &str| query.split_once('&').unwrap().0.to_owned();
    let reason = |query: &str| asked(&world, Arrived::Redirect(query)).unwrap_err().reason();
    // Another message, another state, a second of either, before or behind.
    assert_eq!(reason(&query.replace(&message(&query), &message(&other))), Reason::SignatureInvalid);
    assert_eq!(reason(&query.replace("RelayState=a", "RelayState=b")), Reason::SignatureInvalid);
    for second in [
        message(&other),
        "RelayState=b".to_owned(),
        "Signature=AAAA".to_owned(),
        "SAMLResponse=AAAA".to_owned(),
    ] {
        assert_eq!(reason(&format!("{query}&{second}")), Reason::SignatureForm, "{second}");
        assert_eq!(reason(&format!("{second}&{query}")), Reason::SignatureForm, "{second}");
    }
    // Another spelling of a name is read by whoever decodes names.
    let bare = spec(&world).query(key(), None);
    for spelled in ["Relay%53tate=b", "%53AMLRequest=b", "SAMLRe%73ponse=b", "SigAl%67=b"] {
        assert_eq!(reason(&format!("{bare}&{spelled}")), Reason::SignatureForm, "{spelled}");
    }
    assert!(asked(&world, Arrived::Redirect(&format!("{bare}&client%2Did=b"))).is_ok());
    // The order in the query is not that of what is signed.
    let turned: Vec<&str> = query.rsplit('&').collect();
    assert_eq!(asked(&world, Arrived::Redirect(&turned.join("&"))).unwrap().name_id, ADA);
}

#[test]
fn threat_a2_a_wrapped_request_ends_nothing() {
    let world = world();
    let reason = |xml: &str| asked(&world, Arrived::Post(&STANDARD.encode(xml))).unwrap_err().reason();
    let good = spec(&world).xml(key());
    let signature = {
        let start = good.find("<ds:Signature ").unwrap();
        let end = good.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        good[start..end].to_owned()
    };
    let evil = LogoutSpec::request("_evil", ISSUER, LOGOUT, "eve@example.com", world.now);
    let evil = LogoutSpec { signature: None, ..evil }.xml(key());
    let (head, tail) = evil.split_once("</saml:Issuer>").unwrap();
    let inside = good.replace(&signature, "");
    for (wrapped, expected) in [
        // The signed request inside the evil one, its signature where one of the evil one would stand.
        (format!("{head}</saml:Issuer>{signature}{inside}{tail}"), Reason::NotALogout),
        (
            format!("{head}</saml:Issuer><samlp:Extensions>{good}</samlp:Extensions>{tail}"),
            Reason::NotALogout,
        ),
        // The signature of another message.
        (format!("{head}</saml:Issuer>{signature}{tail}"), Reason::ReferenceUri),
        (format!("{head}</saml:Issuer>{signature}{tail}").replace("_evil", "_l1"), Reason::DigestMismatch),
        // The signature further in, and twice.
        (
            format!("{head}</saml:Issuer><samlp:Extensions>{signature}</samlp:Extensions>{tail}"),
            Reason::SignaturePlacement,
        ),
        (good.replace(&signature, &format!("{signature}{signature}")), Reason::SignaturePlacement),
        (good.replace(ADA, "eve@example.com"), Reason::DigestMismatch),
        (good.replace(ADA, "ada<!---->@example.com"), Reason::Comment),
        (good.replacen("LogoutRequest", "LogoutResponse", 2), Reason::NotALogout),
        ("<a/>".to_owned(), Reason::NotALogout),
    ] {
        assert_eq!(reason(&wrapped), expected, "{wrapped}");
    }
    // A response that signs somebody in ends no session.
    let response = world.spec(Dialect::Okta).xml(key());
    assert_eq!(reason(&response), Reason::NotALogout);
}

#[test]
fn threat_a11_a_request_is_for_this_service_and_from_its_identity_provider() {
    let world = world();
    let mut other = spec(&world);
    other.issuer = "https://other.example/entity".to_owned();
    assert_eq!(both(&world, &other, key()), Err(Reason::Issuer));
    for destination in
        [None, Some("https://enroll.example/saml/acs"), Some("https://enroll.example/saml/logout/")]
    {
        let mut other = spec(&world);
        other.destination = destination.map(str::to_owned);
        assert_eq!(both(&world, &other, key()), Err(Reason::Destination), "{destination:?}");
    }
    for (from, to, reason) in [
        ("Version=\"2.0\"", "Version=\"1.1\"", Reason::Version),
        ("<samlp:LogoutRequest", "<samlp:LogoutRequest", Reason::NameId),
        (" ID=\"_l1\"", " ID=\"_l1\" Reason=\"x\"", Reason::NameId),
    ] {
        let mut other = spec(&world);
        let to = to.to_owned();
        other.edit = if reason == Reason::NameId {
            let edit = replacing(from, to).unwrap();
            Some(Box::new(move |text| {
                let text = edit(text);
                let (before, rest) = text.split_once("<saml:NameID").unwrap();
                let (_, after) = rest.split_once("</saml:NameID>").unwrap();
                format!("{before}{after}")
            }))
        } else {
            replacing(from, to)
        };
        let query = other.query(key(), None);
        assert_eq!(asked(&world, Arrived::Redirect(&query)).unwrap_err().reason(), reason);
    }
    let mut hidden = spec(&world);
    hidden.edit = replacing(
        "<saml:NameID ",
        "<saml:EncryptedID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"></saml:EncryptedID><saml:NameID ",
    );
    let query = hidden.query(key(), None);
    assert_eq!(asked(&world, Arrived::Redirect(&query)).unwrap_err().reason(), Reason::Encrypted);
    let mut without = world;
    without.service_provider.logout = None;
    assert_eq!(both(&without, &spec(&without), key()), Err(Reason::Destination));
}

#[test]
fn threat_a12_a_request_is_for_now() {
    let world = world();
    let at = |issued: i64, end: Option<i64>| {
        let mut other = spec(&world);
        other.issued = world.now + SignedDuration::from_secs(issued);
        if let LogoutContent::Request { not_on_or_after, .. } = &mut other.content {
            *not_on_or_after = end.map(|end| world.now + SignedDuration::from_secs(end));
        }
        both(&world, &other, key()).map(drop)
    };
    assert_eq!(at(-100, Some(-59)), Ok(()));
    assert_eq!(at(-100, Some(-60)), Err(Reason::Expired));
    assert_eq!(at(60, Some(300)), Ok(()));
    assert_eq!(at(61, Some(300)), Err(Reason::NotYetValid));
    assert_eq!(at(-359, None), Ok(()));
    assert_eq!(at(-360, None), Err(Reason::Expired));
    // However late it says that it ends, it is not remembered for ever.
    assert_eq!(at(-25 * 3600, Some(10 * 365 * 86_400)), Err(Reason::Expired));
}

#[test]
fn threat_a10_a_packed_message_is_not_unpacked_without_end() {
    let world = world();
    let good = spec(&world);
    let bomb = format!("<a>{}</a>", " ".repeat(10 << 20));
    let query = good.query_of(&bomb, key(), None);
    assert!(query.len() < 100_000);
    assert_eq!(asked(&world, Arrived::Redirect(&query)).unwrap_err().reason(), Reason::NotBase64);
    for junk in [
        "",
        "&&&",
        "SAMLRequest",
        "SAMLRequest=%",
        "SAMLRequest=&SigAlg=&Signature=",
        "SAMLRequest=AAAA&SigAlg=a&Signature=b",
    ] {
        assert!(asked(&world, Arrived::Redirect(junk)).is_err(), "{junk}");
        assert!(asked(&world, Arrived::Post(junk)).is_err(), "{junk}");
    }
}

#[test]
fn an_answer_is_to_the_request_of_this_browser() {
    let world = world();
    let answered = |spec: &LogoutSpec, key: &SigningKey| {
        let read = |arrived| {
            let read =
                logout_response(&world.service_provider, &world.connection, "id-1", arrived, world.now);
            read.map(|response| response.everywhere).map_err(|refusal| refusal.reason())
        };
        let (field, query) = (spec.form_field(key), spec.query(key, None));
        let by_post = read(Arrived::Post(&field));
        assert_eq!(read(Arrived::Redirect(&query)), by_post);
        by_post
    };
    let good = || LogoutSpec::response("_r1", ISSUER, LOGOUT, "id-1", world.now);
    assert_eq!(answered(&good(), key()), Ok(true));
    assert_eq!(answered(&good(), foreign_key()), Err(Reason::SignatureInvalid));
    let other = LogoutSpec::response("_r1", ISSUER, LOGOUT, "id-2", world.now);
    assert_eq!(answered(&other, key()), Err(Reason::InResponseTo));
    let other = LogoutSpec::response("_r1", "https://other.example", LOGOUT, "id-1", world.now);
    assert_eq!(answered(&other, key()), Err(Reason::Issuer));
    let other = LogoutSpec::response("_r1", ISSUER, "https://other.example/", "id-1", world.now);
    assert_eq!(answered(&other, key()), Err(Reason::Destination));
    let mut other = good();
    if let LogoutContent::Response { status, .. } = &mut other.content {
        *status = "Responder".to_owned();
    }
    assert_eq!(answered(&other, key()), Ok(false));
    let mut partial = good();
    partial.edit = replacing(
        "status:Success\">",
        "status:Success\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:PartialLogout\"></samlp:StatusCode>",
    );
    assert_eq!(answered(&partial, key()), Ok(false));
    // A request is no answer.
    let request = spec(&world);
    let refused = logout_response(
        &world.service_provider,
        &world.connection,
        "_l1",
        Arrived::Post(&request.form_field(key())),
        world.now,
    );
    assert_eq!(refused.unwrap_err().reason(), Reason::NotALogout);
}

/// The parameters of a redirect, and the message in it, after its signature was checked with the certificate in the metadata.
fn sent(url: &str, certificate: &Certificate) -> (Vec<(String, String)>, String) {
    let query = url.strip_prefix("https://idp.example/slo?app=1&").unwrap();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let of = |name: &str| pairs.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(of("SigAlg"), "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
    let (signed, _) = query.split_once("&Signature=").unwrap();
    let read = x509_cert::Certificate::from_der(certificate.as_der()).unwrap();
    let key = read.tbs_certificate().subject_public_key_info().to_der().unwrap();
    let algorithm = &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
    aws_lc_rs::signature::UnparsedPublicKey::new(algorithm, key)
        .verify(signed.as_bytes(), &STANDARD.decode(of("Signature")).unwrap())
        .unwrap();
    let packed = STANDARD.decode(&pairs[0].1).unwrap();
    let xml = String::from_utf8(miniz_oxide::inflate::decompress_to_vec(&packed).unwrap()).unwrap();
    (pairs, xml)
}

#[test]
fn messages_of_this_service_are_signed_by_the_key_in_its_metadata() {
    let (world, service_key) = (world(), service_key());
    let xml = metadata::service_provider_with_key(&world.service_provider, service_key.certificate());
    let certificate = xml.split_once("<ds:X509Certificate>").unwrap().1.split_once('<').unwrap().0;
    let certificate = Certificate::from_text(certificate).unwrap();
    assert!(xml.contains("use=\"signing\"") && !xml.contains("encryption"), "{xml}");
    assert_eq!(xml.matches(&format!("Location=\"{LOGOUT}\"")).count(), 2, "{xml}");

    let name_id = NameId {
        value: "a<d>a".to_owned(),
        format: Some("urn:x".to_owned()),
        name_qualifier: Some("https://idp.example".to_owned()),
        sp_name_qualifier: Some("a&b".to_owned()),
    };
    let begin = |index| {
        begin_logout(
            &world.service_provider,
            &world.connection,
            &service_key,
            (&name_id, index),
            world.now,
            &[7; 16],
        )
    };
    let begun = begin(Some("_s1")).unwrap();
    let (pairs, xml) = sent(&begun.redirect, &certificate);
    assert_eq!(
        pairs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["SAMLRequest", "SigAlg", "Signature"]
    );
    for part in [
        format!("ID=\"{}\"", begun.request_id),
        "Destination=\"https://idp.example/slo?app=1\"".to_owned(),
        "<saml:NameID NameQualifier=\"https://idp.example\" SPNameQualifier=\"a&amp;b\" Format=\"urn:x\">a&lt;d&gt;a</saml:NameID>"
            .to_owned(),
        "<samlp:SessionIndex>_s1</samlp:SessionIndex>".to_owned(),
    ] {
        assert!(xml.contains(&part), "{part} in {xml}");
    }
    assert!(!sent(&begin(None).unwrap().redirect, &certificate).1.contains("SessionIndex"));

    let done = LoggedOut { request_id: "_l1", relay_state: Some("a b&c") };
    let answer =
        answer_logout(&world.service_provider, &world.connection, &service_key, done, world.now, &[8; 16]);
    let (pairs, xml) = sent(&answer.unwrap(), &certificate);
    assert_eq!(pairs[1], ("RelayState".to_owned(), "a b&c".to_owned()));
    assert!(xml.contains("InResponseTo=\"_l1\"") && xml.contains("status:Success"), "{xml}");

    let mut without = world;
    without.connection.identity_provider.logout = None;
    let begun = begin_logout(
        &without.service_provider,
        &without.connection,
        &service_key,
        (&name_id, None),
        without.now,
        &[7; 16],
    );
    assert_eq!(begun, None);
}
