//! Well signed, and for somebody else, somewhere else or some other time (A11, A12, A14, A16).

use enroll_saml::{Authenticated, Reason, begin_anew};
use enroll_testkit::idp::{Dialect, ResponseSpec, Signed, replacing};
use jiff::{SignedDuration, ToSpan as _};

use crate::world::{ACS, ENTITY_ID, World, key};

/// A change makes a good response one that is refused, in both dialects and however it is signed.
fn refused(name: &str, reason: Reason, change: impl Fn(&mut ResponseSpec)) {
    for dialect in [Dialect::Okta, Dialect::Entra] {
        for signed in [Signed::Response, Signed::Assertion, Signed::Both] {
            let world = World::of(dialect);
            let mut spec = world.spec(dialect);
            spec.signed = signed;
            change(&mut spec);
            assert_eq!(world.refusal(&spec), reason, "{name} {dialect:?} {signed:?}");
        }
    }
}

#[test]
fn threat_a11_audience() {
    for audience in [
        "https://other.example",
        "",
        "https://enroll.example/saml/metadata/",
        "https://enroll.example/saml",
        "https://ENROLL.example/saml/metadata",
        "https://enroll.example/saml/metadata.evil.example",
    ] {
        refused(audience, Reason::Audience, |spec| spec.audiences = vec![vec![audience.into()]]);
    }
    refused("no Audience", Reason::Audience, |spec| spec.audiences = vec![vec![]]);
    refused("no restriction", Reason::NoConditions, |spec| spec.audiences = vec![]);
    refused("one of two restrictions", Reason::Audience, |spec| {
        spec.audiences = vec![vec![ENTITY_ID.into()], vec!["https://other.example".into()]];
    });
}

#[test]
fn threat_a11_recipient_and_destination() {
    for url in [
        "https://other.example/acs",
        "",
        "https://enroll.example/saml/acs/",
        "https://enroll.example/saml/acs?x",
    ] {
        refused(url, Reason::Recipient, |spec| spec.recipient = url.into());
        refused(url, Reason::Destination, |spec| spec.destination = Some(url.into()));
    }
    let world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.destination = None;
    assert_eq!(world.refusal(&spec), Reason::Destination, "a signed response names it");
    spec.signed = Signed::Assertion;
    world.identity(&spec);
    let mut spec = world.spec(Dialect::Okta);
    spec.edit_assertion = replacing(format!(" Recipient=\"{ACS}\""), "");
    assert_eq!(world.refusal(&spec), Reason::Recipient);
}

#[test]
fn threat_a11_issuer() {
    for issuer in ["https://evil.example", "https://idp.example/entity/", " https://idp.example/entity", ""] {
        refused(issuer, Reason::Issuer, |spec| spec.issuer = issuer.into());
        refused(issuer, Reason::Issuer, |spec| spec.response_issuer = Some(issuer.into()));
    }
    let world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.response_issuer = None;
    assert_eq!(world.refusal(&spec), Reason::Issuer, "a signed response names it");
    spec.signed = Signed::Assertion;
    world.identity(&spec);
}

#[test]
fn threat_a11_status() {
    for status in ["Responder", "Requester", "AuthnFailed", "success", "Success "] {
        refused(status, Reason::StatusNotSuccess, |spec| spec.status = status.into());
    }
    let world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.status = "Responder".into();
    let refusal = world.finish_xml(spec.xml(key())).outcome.unwrap_err();
    assert!(refusal.to_string().contains("status:Responder"), "{refusal}");
    let xml = world.spec(Dialect::Okta).xml(key());
    let without = xml.replace(super::cut(&xml, "<saml2p:Status>", "</saml2p:Status>"), "");
    assert_eq!(world.refusal_of_xml(without), Reason::Incomplete);
}

#[test]
fn threat_a11_confirmation_method() {
    for method in ["holder-of-key", "sender-vouches", "Bearer", ""] {
        refused(method, Reason::ConfirmationMethod, |spec| spec.method = method.into());
    }
    let world = World::of(Dialect::Entra);
    let mut spec = world.spec(Dialect::Entra);
    spec.edit_assertion = Some(Box::new(|text| {
        text.replace(super::cut(&text, "<SubjectConfirmation ", "</SubjectConfirmation>"), "")
    }));
    assert_eq!(world.refusal(&spec), Reason::ConfirmationMethod);
    let mut spec = world.spec(Dialect::Entra);
    spec.edit_assertion = Some(Box::new(|text| {
        text.replace(super::cut(&text, "<SubjectConfirmationData ", "</SubjectConfirmationData>"), "")
    }));
    assert_eq!(world.refusal(&spec), Reason::Incomplete);
}

#[test]
fn threat_a11_version_and_statements() {
    let entra = |edit: (&'static str, &'static str), reason: Reason| {
        let world = World::of(Dialect::Entra);
        let mut spec = world.spec(Dialect::Entra);
        spec.edit_assertion = replacing(edit.0, edit.1);
        assert_eq!(world.refusal(&spec), reason, "{edit:?}");
    };
    entra(("Version=\"2.0\"", "Version=\"1.1\""), Reason::Version);
    entra((" Version=\"2.0\"", ""), Reason::Version);
    entra(("<AuthnStatement ", "<AuthnStatements "), Reason::Malformed);
    let world = World::of(Dialect::Entra);
    let mut spec = world.spec(Dialect::Entra);
    spec.edit_assertion = Some(Box::new(|text| text.replace("AuthnStatement", "AuthzDecisionStatement")));
    assert_eq!(world.refusal(&spec), Reason::NoAuthnStatement);
    let mut spec = world.spec(Dialect::Entra);
    spec.signed = Signed::Response;
    spec.edit_response = replacing("Version=\"2.0\"><Issuer", "Version=\"2.1\"><Issuer");
    assert_eq!(world.refusal(&spec), Reason::Version);
}

#[test]
fn threat_a11_conditions() {
    let entra = |edit: fn(&str) -> String, reason: Reason| {
        let world = World::of(Dialect::Entra);
        let mut spec = world.spec(Dialect::Entra);
        spec.edit_assertion = Some(Box::new(move |text| edit(&text)));
        assert_eq!(world.refusal(&spec), reason);
    };
    entra(|text| text.replace(super::cut(text, "<Conditions ", "</Conditions>"), ""), Reason::NoConditions);
    entra(
        |text| text.replace("</Conditions>", "<Condition></Condition></Conditions>"),
        Reason::UnknownCondition,
    );
    entra(
        |text| text.replace("</Conditions>", "<x xmlns=\"urn:x\"></x></Conditions>"),
        Reason::UnknownCondition,
    );
    entra(
        |text| {
            text.replace(
                "</Conditions>",
                &format!("</Conditions>{}", super::cut(text, "<Conditions ", "</Conditions>")),
            )
        },
        Reason::Incomplete,
    );
    // Known, and met by what is done anyway.
    let world = World::of(Dialect::Entra);
    let mut spec = world.spec(Dialect::Entra);
    spec.edit_assertion = replacing(
        "</Conditions>",
        "<OneTimeUse></OneTimeUse><ProxyRestriction Count=\"0\"></ProxyRestriction></Conditions>",
    );
    world.identity(&spec);
}

#[test]
fn threat_a12_expired() {
    let minute = SignedDuration::from_secs(60);
    refused("conditions", Reason::Expired, |spec| spec.not_on_or_after = spec.issued - minute);
    refused("confirmation", Reason::Expired, |spec| spec.confirmed_until = spec.issued - minute);
    refused("long ago", Reason::Expired, |spec| {
        spec.not_on_or_after = "1970-01-01T00:00:00Z".parse().unwrap();
    });
    refused("session", Reason::SessionEnded, |spec| spec.session_until = Some(spec.issued - minute));
}

#[test]
fn threat_a12_not_yet_valid() {
    let more = SignedDuration::from_secs(61);
    refused("conditions", Reason::NotYetValid, |spec| spec.not_before = spec.issued + more);
    for dialect in [Dialect::Okta, Dialect::Entra] {
        let world = World::of(dialect);
        let mut spec = world.spec(dialect);
        spec.edit_assertion = replacing(" Recipient=", " NotBefore=\"2026-11-26T12:01:01Z\" Recipient=");
        assert!([Reason::ConfirmationNotBefore, Reason::DigestMismatch].contains(&world.refusal(&spec)));
    }
    let world = World::of(Dialect::Entra);
    let mut spec = world.spec(Dialect::Entra);
    spec.edit_assertion = replacing(" NotOnOrAfter=", " NotBefore=\"2026-11-26T12:01:01Z\" NotOnOrAfter=");
    assert_eq!(world.refusal(&spec), Reason::ConfirmationNotBefore);
}

#[test]
fn threat_a12_times_that_cannot_be_read() {
    for time in [
        "",
        "tomorrow",
        "2026-11-26T12:05:00",
        "2026-11-26",
        "2026-13-26T12:05:00Z",
        "2026-11-26 12:05:00Z",
        "2026-11-26T12:05:00Z[UTC]",
        "99999-11-26T12:05:00Z",
        "1795694700",
    ] {
        let world = World::of(Dialect::Entra);
        for place in [
            "NotOnOrAfter=\"2026-11-26T12:05:00.000Z\" Recipient",
            "NotOnOrAfter=\"2026-11-26T12:05:00.000Z\">",
        ] {
            let mut spec = world.spec(Dialect::Entra);
            spec.edit_assertion = replacing(place, place.replace("2026-11-26T12:05:00.000Z", time));
            assert_eq!(world.refusal(&spec), Reason::TimeForm, "{time}");
        }
    }
    let world = World::of(Dialect::Entra);
    for place in [
        " NotOnOrAfter=\"2026-11-26T12:05:00.000Z\" Recipient",
        " NotOnOrAfter=\"2026-11-26T12:05:00.000Z\">",
    ] {
        let mut spec = world.spec(Dialect::Entra);
        spec.edit_assertion =
            replacing(place, place.replace(" NotOnOrAfter=\"2026-11-26T12:05:00.000Z\"", ""));
        assert_eq!(world.refusal(&spec), Reason::TimeForm, "missing");
    }
}

#[test]
fn threat_a14_answers_to_other_requests() {
    refused("both", Reason::InResponseTo, |spec| {
        spec.in_response_to = Some("id-other".into());
        spec.confirmed_request = Some("id-other".into());
    });
    refused("response", Reason::InResponseTo, |spec| spec.in_response_to = Some("id-other".into()));
    refused("confirmation", Reason::InResponseTo, |spec| spec.confirmed_request = Some("id-other".into()));
    refused("response alone missing", Reason::InResponseTo, |spec| spec.in_response_to = None);
    refused("confirmation alone missing", Reason::InResponseTo, |spec| spec.confirmed_request = None);
    refused("empty", Reason::InResponseTo, |spec| spec.in_response_to = Some(String::new()));
    refused("neither", Reason::IdpInitiated, |spec| {
        spec.in_response_to = None;
        spec.confirmed_request = None;
    });
}

/// A response that answers somebody's request does not become one that answers none, whatever the switch says.
#[test]
fn threat_a14_idp_initiated_sign_in_takes_no_answers() {
    let mut world = World::of(Dialect::Okta);
    world.connection.allow_idp_initiated = true;
    let spec = world.spec(Dialect::Okta);
    let finish = |spec: &ResponseSpec| {
        let field = spec.form_field(key());
        enroll_saml::finish(&world.service_provider, &world.connection, None, &field, world.now).outcome
    };
    assert_eq!(finish(&spec).unwrap_err().reason(), Reason::InResponseTo);
    // The wrapper is not signed: taking the request's id off it does not help.
    let mut spec = world.spec(Dialect::Okta);
    spec.signed = Signed::Assertion;
    spec.in_response_to = None;
    assert_eq!(finish(&spec).unwrap_err().reason(), Reason::InResponseTo);
    spec.confirmed_request = None;
    assert!(finish(&spec).is_ok());
}

#[test]
fn threat_a14_a_sign_in_waits_ten_minutes() {
    let mut world = World::of(Dialect::Okta);
    world.begun.pending.begun = world.now - SignedDuration::from_secs(599);
    world.identity(&world.spec(Dialect::Okta));
    world.begun.pending.begun = world.now - SignedDuration::from_secs(600);
    assert_eq!(world.refusal(&world.spec(Dialect::Okta)), Reason::PendingExpired);
}

#[test]
fn threat_a16_encrypted() {
    let world = World::of(Dialect::Entra);
    let xml = world.spec(Dialect::Entra).xml(key());
    let assertion = super::cut(&xml, "<Assertion ", "</Assertion>");
    let encrypted = "<EncryptedAssertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\"/></EncryptedAssertion>";
    for content in
        [encrypted.to_owned(), format!("{encrypted}{assertion}"), format!("{assertion}{encrypted}")]
    {
        let refusal = world.finish_xml(xml.replace(assertion, &content)).outcome.unwrap_err();
        assert_eq!(refusal.reason(), Reason::Encrypted);
        assert!(refusal.to_string().contains("turn assertion encryption off"), "{refusal}");
    }
    let mut spec = world.spec(Dialect::Entra);
    spec.edit_assertion = Some(Box::new(|text| text.replace("NameID", "EncryptedID")));
    assert_eq!(world.refusal(&spec), Reason::Encrypted);
    let mut spec = world.spec(Dialect::Entra);
    spec.edit_assertion =
        replacing("</AttributeStatement>", "<EncryptedAttribute></EncryptedAttribute></AttributeStatement>");
    assert_eq!(world.refusal(&spec), Reason::Encrypted);
}

#[test]
fn threat_a12_who_was_asked_to_prove_anew_who_she_is_has_done_so() {
    let mut world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.authenticated = world.now - 2.hours();
    let old = Authenticated { at: spec.authenticated, anew: false };
    assert_eq!(world.identity(&spec).authenticated, old, "it is told as it is");
    spec.authenticated = world.now + 30.seconds();
    assert_eq!(world.identity(&spec).authenticated.at, world.now, "nobody has signed in in the future");
    spec.authenticated = world.now - 2.hours();
    world.begun = begin_anew(&world.service_provider, &world.connection, world.now, &[7; 32]);
    assert!(world.begun.pending.anew);
    assert_eq!(world.refusal(&spec), Reason::NotAnew);
    spec.authenticated = world.now - 61.seconds();
    assert_eq!(world.refusal(&spec), Reason::NotAnew);
    spec.authenticated = world.now - 60.seconds();
    let anew = Authenticated { at: world.now, anew: true };
    assert_eq!(world.identity(&spec).authenticated, anew, "since she was asked, by clocks that are apart");
    spec.edit_assertion = replacing("AuthnInstant=", "AuthnInstan=");
    assert_eq!(world.refusal(&spec), Reason::Incomplete);
}
