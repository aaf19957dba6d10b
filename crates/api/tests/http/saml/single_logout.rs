//! Single logout with the identity provider (SAML profiles §4.4; threats A1, A2, A6, A11 to A13).

use enroll_domain::Scope;
use enroll_service::{AuditQuery, Clock};
use enroll_testkit::idp::{KeyKind, LogoutContent, LogoutSpec, ResponseSpec, SigningKey, replacing};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Browser, IDP, key, spec};
use crate::admin::Caller;
use crate::site::{PUBLIC_URL, Reply, Site};

const ADA: &str = "ada@example.com";
const SESSION: &str = "__Host-enroll_session";
const LOGOUT: &str = "__Host-enroll_logout";

fn slo() -> String {
    format!("{PUBLIC_URL}/saml/logout")
}

/// A site whose identity provider has a logout URL, and a user.
async fn site() -> Site {
    let site = super::site(&json!({"logoutUrl": "https://idp.example/slo"})).await;
    site.user(ADA).await;
    site
}

/// Signs Ada in; gives how the identity provider names the session.
async fn signed_in(browser: &mut Browser<'_>) -> String {
    let begun = browser.begin("/saml/login").await;
    let spec: ResponseSpec = spec(Some(&begun.request_id));
    let done = browser.answer(&spec, &begun.relay_state).await;
    assert_eq!(done.status, 303, "{}", done.text);
    spec.assertion_id
}

fn request(id: &str) -> LogoutSpec {
    LogoutSpec::request(id, IDP, &slo(), ADA, Clock::system().now())
}

fn of_sessions(mut spec: LogoutSpec, indexes: &[&str]) -> LogoutSpec {
    if let LogoutContent::Request { session_indexes, .. } = &mut spec.content {
        *session_indexes = indexes.iter().map(|index| (*index).to_owned()).collect();
    }
    spec
}

/// The message of a redirect to the identity provider, with its parameters.
fn sent(reply: &Reply, name: &str) -> (String, Option<String>) {
    assert_eq!(reply.status, 303, "{}", reply.text);
    let url = reqwest::Url::parse(reply.header("location").unwrap()).unwrap();
    assert_eq!((url.domain(), url.path()), (Some("idp.example"), "/slo"));
    let of =
        |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    assert!(of("Signature").is_some() && of("SigAlg").unwrap().ends_with("rsa-sha256"));
    let packed = data_encoding::BASE64.decode(of(name).unwrap().as_bytes()).unwrap();
    let xml = String::from_utf8(miniz_oxide::inflate::decompress_to_vec(&packed).unwrap()).unwrap();
    (xml, of("RelayState"))
}

async fn audit(site: &Site) -> Vec<Value> {
    let entries = site.service.audit_entries(AuditQuery::default(), 1000).await.unwrap();
    entries.iter().map(|entry| serde_json::to_value(entry).unwrap()).collect()
}

#[tokio::test]
async fn a_user_who_signs_out_is_signed_out_here_first_and_then_at_the_identity_provider() {
    let site = site().await;
    let mut browser = Browser::new(&site);
    let index = signed_in(&mut browser).await;
    let home = browser.get("/").await;
    let policy = home.header("content-security-policy").unwrap();
    assert!(
        policy.ends_with("form-action 'self' https:"),
        "it may send on to other hosts of its own: {policy}"
    );
    let out = browser.post("/saml/logout", &[], PUBLIC_URL).await;
    let (xml, relay_state) = sent(&out, "SAMLRequest");
    assert_eq!(relay_state, None);
    assert!(xml.contains(&format!("<samlp:SessionIndex>{index}</samlp:SessionIndex>")), "{xml}");
    let name_id = "<saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">ada@example.com</saml:NameID>";
    assert!(xml.contains(name_id), "{xml}");
    assert_eq!((browser.me().await.status.as_u16(), browser.cookie(SESSION)), (401, None));
    let id = browser.cookie(LOGOUT).unwrap().to_owned();
    assert!(xml.contains(&format!(" ID=\"{id}\"")), "{xml}");

    let now = Clock::system().now();
    let answer = LogoutSpec::response("_r1", IDP, &slo(), &id, now);
    // Nobody else's answer, no answer to another request, none that is not signed.
    let foreign = SigningKey::generate(KeyKind::P256);
    let refused = browser.get(&format!("/saml/logout?{}", answer.query(&foreign, None))).await;
    super::refused(&refused, 400, "signature_invalid");
    let other = LogoutSpec::response("_r1", IDP, &slo(), "id-other", now);
    let refused = browser.get(&format!("/saml/logout?{}", other.query(key(), None))).await;
    super::refused(&refused, 400, "in_response_to");
    let refused = Browser::new(&site).get(&format!("/saml/logout?{}", answer.query(key(), None))).await;
    super::refused(&refused, 400, "in_response_to");
    let done = browser.get(&format!("/saml/logout?{}", answer.query(key(), None))).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(done.text.contains("here and at your identity provider"), "{}", done.text);
    assert_eq!(browser.cookie(LOGOUT), None);
    let entries = audit(&site).await;
    let entry = entries.iter().find(|entry| entry["action"] == "user.signed_out").unwrap();
    assert!(entry["requestId"].is_string() && entry["address"] == "127.0.0.1", "{entry}");
}

#[tokio::test]
async fn saml_3_3_4_a_logout_request_names_the_user_as_the_assertion_did() {
    let site = site().await;
    let mut browser = Browser::new(&site);
    let qualified = "NameQualifier=\"https://idp.example/q\" SPNameQualifier=\"ours\"";
    let name_id = ("emailAddress\">", format!("emailAddress\" {qualified}>"));
    let signed_in =
        browser.sign_in(|spec| spec.edit_assertion = replacing(name_id.0, name_id.1.clone())).await;
    assert_eq!(signed_in.status, 303, "{}", signed_in.text);
    let out = browser.post("/saml/logout", &[], PUBLIC_URL).await;
    let (xml, _) = sent(&out, "SAMLRequest");
    assert!(xml.contains(&format!("<saml:NameID {qualified} Format=")), "{xml}");
}

#[tokio::test]
async fn an_answer_in_a_form_that_says_no_is_told_as_it_is() {
    let site = site().await;
    let mut browser = Browser::new(&site);
    signed_in(&mut browser).await;
    browser.post("/saml/logout", &[], PUBLIC_URL).await;
    let id = browser.cookie(LOGOUT).unwrap().to_owned();
    let mut answer = LogoutSpec::response("_r1", IDP, &slo(), &id, Clock::system().now());
    if let LogoutContent::Response { status, .. } = &mut answer.content {
        *status = "Responder".to_owned();
    }
    let field = answer.form_field(key());
    let done = browser.post("/saml/logout", &[("SAMLResponse", &field)], "https://idp.example").await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(done.text.contains("close the browser"), "{}", done.text);
}

#[tokio::test]
async fn without_a_place_at_the_identity_provider_the_session_here_ends_alone() {
    let site = super::site(&json!({})).await;
    site.user(ADA).await;
    let mut browser = Browser::new(&site);
    signed_in(&mut browser).await;
    let out = browser.post("/saml/logout", &[], PUBLIC_URL).await;
    assert_eq!(out.header("location"), Some(format!("{PUBLIC_URL}/").as_str()));
    assert_eq!((browser.me().await.status.as_u16(), browser.cookie(LOGOUT)), (401, None));
    // Its requests are carried out, and answered with a page.
    signed_in(&mut browser).await;
    let done = browser.get(&format!("/saml/logout?{}", request("_l1").query(key(), None))).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(browser.me().await.status, 401);
}

#[tokio::test]
async fn the_identity_provider_ends_the_sessions_that_it_names_by_either_binding() {
    let site = site().await;
    let (mut one, mut two, mut three) = (Browser::new(&site), Browser::new(&site), Browser::new(&site));
    let index = signed_in(&mut one).await;
    signed_in(&mut two).await;
    signed_in(&mut three).await;
    // It comes with whatever browser, without any cookie.
    let asked = of_sessions(request("_l1"), &[&index]);
    let answer =
        Browser::new(&site).get(&format!("/saml/logout?{}", asked.query(key(), Some("s t&u")))).await;
    let (xml, relay_state) = sent(&answer, "SAMLResponse");
    assert_eq!(relay_state.as_deref(), Some("s t&u"));
    assert!(xml.contains("InResponseTo=\"_l1\"") && xml.contains("status:Success"), "{xml}");
    assert_eq!((one.me().await.status.as_u16(), two.me().await.status.as_u16()), (401, 200));
    let field = request("_l2").form_field(key());
    let answer =
        Browser::new(&site).post("/saml/logout", &[("SAMLRequest", &field)], "https://idp.example").await;
    sent(&answer, "SAMLResponse");
    assert_eq!((two.me().await.status.as_u16(), three.me().await.status.as_u16()), (401, 401));
    let entries = audit(&site).await;
    let ended: Vec<&Value> = entries.iter().filter(|entry| entry["action"] == "session.revoked").collect();
    assert_eq!(ended.len(), 3);
    for entry in ended {
        assert!(entry["changes"].as_str().unwrap().contains("\"reason\":\"identity-provider\""), "{entry}");
        assert!(entry["requestId"].is_string() && entry["address"] == "127.0.0.1", "{entry}");
    }
    // Nobody is signed in any more, and that is what was asked for.
    let asked = request("_l3").query(key(), None);
    sent(&Browser::new(&site).get(&format!("/saml/logout?{asked}")).await, "SAMLResponse");
}

#[tokio::test]
async fn threat_a13_a_logout_request_is_used_once_also_on_another_server() {
    let site = site().await;
    let other = site.beside().await;
    let query = request("_l1").query(key(), None);
    let mut browser = Browser::new(&site);
    signed_in(&mut browser).await;
    sent(&Browser::new(&site).get(&format!("/saml/logout?{query}")).await, "SAMLResponse");
    assert_eq!(browser.me().await.status, 401);
    signed_in(&mut browser).await;
    for site in [&site, &other] {
        super::refused(&Browser::new(site).get(&format!("/saml/logout?{query}")).await, 400, "replayed");
        let field = request("_l1").form_field(key());
        let posted =
            Browser::new(site).post("/saml/logout", &[("SAMLRequest", &field)], "https://idp.example").await;
        super::refused(&posted, 400, "replayed");
    }
    assert_eq!(browser.me().await.status, 200);
}

#[tokio::test]
async fn threats_a1_to_a13_a_hostile_logout_request_ends_no_session() {
    let site = site().await;
    let mut browser = Browser::new(&site);
    signed_in(&mut browser).await;
    let foreign = SigningKey::generate(KeyKind::P256);
    let changed = |change: fn(&mut LogoutSpec)| {
        let mut spec = request("_l1");
        change(&mut spec);
        spec
    };
    let unsigned = changed(|spec| spec.signature = None);
    let issuer = changed(|spec| spec.issuer = "https://evil.example".to_owned());
    let destination = changed(|spec| spec.destination = Some(format!("{PUBLIC_URL}/saml/entra/logout")));
    let nowhere = changed(|spec| spec.destination = None);
    let expired = changed(|spec| {
        spec.issued -= SignedDuration::from_hours(1);
        if let LogoutContent::Request { not_on_or_after, .. } = &mut spec.content {
            *not_on_or_after = Some(spec.issued);
        }
    });
    let future = changed(|spec| spec.issued += SignedDuration::from_hours(1));
    let good = request("_l1").xml(key());
    let nested = format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_x\">{good}</samlp:LogoutRequest>"
    );
    let wrapped = data_encoding::BASE64.encode(nested.as_bytes());
    let altered = data_encoding::BASE64.encode(good.replace(ADA, "eve@example.com").as_bytes());
    for (field, code) in [
        (unsigned.form_field(key()), "unsigned"),
        (request("_l1").form_field(&foreign), "signature_invalid"),
        (issuer.form_field(key()), "issuer"),
        (destination.form_field(key()), "destination"),
        (nowhere.form_field(key()), "destination"),
        (expired.form_field(key()), "expired"),
        (future.form_field(key()), "not_yet_valid"),
        (wrapped, "not_a_logout"),
        (altered, "digest_mismatch"),
        (spec(None).form_field(key()), "not_a_logout"),
        ("%%%".to_owned(), "not_base64"),
        ("A".repeat(900_000), "too_large"),
    ] {
        let reply = browser.post("/saml/logout", &[("SAMLRequest", &field)], "https://idp.example").await;
        super::refused(&reply, 400, code);
        assert_eq!(browser.me().await.status, 200, "{code}");
    }
    let (query, _) = request("_l1")
        .query(key(), None)
        .split_once("&SigAlg")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    for (query, code) in [
        (query.clone(), "unsigned"),
        (request("_l1").query(&foreign, None), "signature_invalid"),
        (issuer.query(key(), None), "issuer"),
        (destination.query(key(), None), "destination"),
        (expired.query(key(), None), "expired"),
        (format!("{}&RelayState=x", request("_l1").query(key(), None)), "signature_invalid"),
        ("SAMLRequest=AAAA&SigAlg=x&Signature=x".to_owned(), "signature_method"),
    ] {
        super::refused(&browser.get(&format!("/saml/logout?{query}")).await, 400, code);
        assert_eq!(browser.me().await.status, 200, "{code}");
    }
    let both = format!("/saml/logout?SAMLResponse=x&{}", request("_l1").query(key(), None));
    assert_eq!(browser.get(&both).await.status, 400);
    let nobody = browser.get(&format!("/saml/nobody/logout?{}", request("_l1").query(key(), None))).await;
    assert_eq!(nobody.status, 404);
    assert_eq!(browser.me().await.status, 200);
}

#[tokio::test]
async fn another_user_and_another_directory_are_not_signed_out() {
    let site = site().await;
    site.service.create_directory("entra", &enroll_service::DirectorySettings::default()).await.unwrap();
    let mut browser = Browser::new(&site);
    signed_in(&mut browser).await;
    for name in ["eve@example.com", "ADA@example.com", "ada@example.com "] {
        let spec = LogoutSpec::request(&format!("_{}", name.len()), IDP, &slo(), name, Clock::system().now());
        let spec = LogoutSpec { id: format!("_{name}").replace(['@', ' '], "-"), ..spec };
        let answer = Browser::new(&site).get(&format!("/saml/logout?{}", spec.query(key(), None))).await;
        sent(&answer, "SAMLResponse");
    }
    let asked = of_sessions(request("_i1"), &["_another"]);
    sent(
        &Browser::new(&site).get(&format!("/saml/logout?{}", asked.query(key(), None))).await,
        "SAMLResponse",
    );
    super::connect(&site, "entra", &super::settings(&json!({"logoutUrl": "https://idp.example/slo"}))).await;
    let destination = format!("{PUBLIC_URL}/saml/entra/logout");
    let asked = LogoutSpec::request("_e1", IDP, &destination, ADA, Clock::system().now());
    let answer = Browser::new(&site).get(&format!("/saml/entra/logout?{}", asked.query(key(), None))).await;
    sent(&answer, "SAMLResponse");
    assert_eq!(browser.me().await.status, 200);
}

#[tokio::test]
async fn the_metadata_has_the_key_that_signs_and_it_is_the_same_on_every_server() {
    let site = site().await;
    let other = site.beside().await;
    let first = Browser::new(&site).get("/saml/metadata").await.text;
    assert!(first.contains("<md:KeyDescriptor use=\"signing\">") && !first.contains("encryption"), "{first}");
    assert_eq!(first.matches(&format!("Location=\"{}\"", slo())).count(), 2, "{first}");
    assert_eq!(Browser::new(&other).get("/saml/metadata").await.text, first);
    let made =
        audit(&site).await.into_iter().filter(|entry| entry["action"] == "signing_key.created").count();
    assert_eq!(made, 1);
    let shown = Caller::with(&site, Scope::Read).await.get("/directories/default/sso").await.body();
    assert_eq!(shown["logoutServiceUrl"], slo());
}

#[tokio::test]
async fn a_sign_in_is_in_the_audit_trail_with_its_request() {
    let site = site().await;
    let mut browser = Browser::new(&site);
    signed_in(&mut browser).await;
    let entries = audit(&site).await;
    let entry = entries.iter().find(|entry| entry["action"] == "user.signed_in").unwrap();
    assert!(entry["requestId"].is_string() && entry["address"] == "127.0.0.1", "{entry}");
}
