//! What strangers post is refused, and never more than that (threats A1 to A12).

use data_encoding::BASE64;
use enroll_testkit::idp::{KeyKind, Signed, SigningKey, mutated, replacing};
use jiff::SignedDuration;
use serde_json::json;

use super::{Browser, codes, key, refused, site, spec};
use crate::admin::Caller;

#[tokio::test]
async fn threat_a1_a2_a11_a12_a_response_that_is_not_good_is_refused_over_http() {
    let site = site(&json!({"jit": true})).await;
    let mut browser = Browser::new(&site);
    refused(&browser.sign_in(|spec| spec.signed = Signed::Nothing).await, 403, "unsigned");
    refused(&browser.sign_in(|spec| spec.issuer = "https://evil.example".to_owned()).await, 403, "issuer");
    refused(&browser.sign_in(|spec| spec.audiences = vec![vec!["x".to_owned()]]).await, 403, "audience");
    refused(&browser.sign_in(|spec| spec.status = "Requester".to_owned()).await, 403, "status_not_success");
    let hour = SignedDuration::from_hours(1);
    refused(&browser.sign_in(|spec| spec.not_on_or_after -= hour).await, 403, "expired");
    refused(&browser.sign_in(|spec| spec.not_before += hour).await, 403, "not_yet_valid");
    let transient = "2.0:nameid-format:transient".to_owned();
    refused(&browser.sign_in(|spec| spec.name_id_format = transient).await, 403, "transient_name_id");
    let begun = browser.begin("/saml/login").await;
    let field = spec(Some(&begun.request_id)).form_field(&SigningKey::generate(KeyKind::P256));
    let fields = [("SAMLResponse", field.as_str()), ("RelayState", begun.relay_state.as_str())];
    let page = browser.post("/saml/acs", &fields, "https://idp.example").await;
    refused(&page, 403, "signature_invalid");
    assert_eq!(browser.me().await.status, 401);
}

#[tokio::test]
async fn what_is_no_response_is_400_and_never_5xx() {
    let site = site(&json!({"jit": true})).await;
    let mut browser = Browser::new(&site);
    let large = "A".repeat(500_000);
    for (field, code) in [
        (" ", "malformed"),
        ("%%%", "not_base64"),
        (large.as_str(), "too_large"),
        (&BASE64.encode(b"<a/>"), "not_a_response"),
        (&BASE64.encode(b"<!DOCTYPE a><a/>"), "doctype"),
        (&BASE64.encode(&[0xff, 0xfe]), "not_utf8"),
    ] {
        let page = browser.post("/saml/acs", &[("SAMLResponse", field)], "https://idp.example").await;
        refused(&page, 400, code);
    }
    let page = browser.post("/saml/acs", &[("RelayState", "x")], "https://idp.example").await;
    assert_eq!(page.status, 400);
    let page = browser.post("/saml/acs", &[("SAMLResponse", "a"), ("SAMLResponse", "b")], "https://a").await;
    assert_eq!(page.status, 400);
    assert_eq!(browser.get("/saml/acs").await.status, 405);
}

#[tokio::test]
async fn threat_s37_what_is_shown_of_a_stranger_is_escaped() {
    let site = site(&json!({})).await;
    let evil = "https://evil.example/<script>alert(1)</script>";
    let page = Browser::new(&site).sign_in(|spec| spec.issuer = evil.to_owned()).await;
    assert!(!page.text.contains("<script"), "{}", page.text);
}

#[tokio::test]
async fn mutations_of_a_good_response_sign_nobody_else_in() {
    let site = site(&json!({"jit": true, "allowIdpInitiated": true})).await;
    let mut seed = 7_u64;
    for _ in 0..60 {
        let mut program = Vec::new();
        for _ in 0..8 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            program.push(u8::try_from(seed >> 56).unwrap());
        }
        let field = BASE64.encode(mutated(&spec(None).xml(key()), &program).as_bytes());
        let mut browser = Browser::new(&site);
        let page = browser.post("/saml/acs", &[("SAMLResponse", &field)], "https://idp.example").await;
        match page.status.as_u16() {
            303 => assert_eq!(browser.me().await.body()["userName"], "ada@example.com"),
            400 | 403 => {}
            other => panic!("{other}: {program:?}"),
        }
    }
}

#[tokio::test]
async fn the_log_has_no_name_and_strangers_do_not_push_out_the_identity_provider() {
    let site = site(&json!({"jit": true})).await;
    let mut browser = Browser::new(&site);
    browser.sign_in(|_| {}).await;
    browser.sign_in(|spec| spec.edit_assertion = replacing("Version=\"2.0\"", "Version=\"2.1\"")).await;
    for _ in 0..30 {
        browser.post("/saml/acs", &[("SAMLResponse", "AAAA")], "https://idp.example").await;
    }
    let kept = codes(&site).await;
    assert_eq!(kept.len(), 22, "{kept:?}");
    assert_eq!(kept[20..], ["version", "accepted"]);
    let text = Caller::admin(&site).await.get("/directories/default/sign-ins").await.text;
    assert!(!text.contains("ada@") && !text.contains("Lovelace"), "{text}");
}
