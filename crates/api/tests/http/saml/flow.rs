//! The whole way: login, identity provider, assertion consumer service, session.

use enroll_domain::Role;
use enroll_testkit::idp::{Dialect, Signed};
use serde_json::json;

use super::{Browser, codes, connect, refused, settings, site, spec, spec_of};
use crate::site::{PUBLIC_URL, Site, patch};

const COOKIE: &str = "__Host-enroll_sign_in";
const SESSION: &str = "__Host-enroll_session";

#[tokio::test]
async fn e4_1_a_user_of_scim_signs_in_by_either_style_of_response() {
    let site = site(&json!({})).await;
    site.user("ADA@example.com").await;
    site.service.grant("acme", "ada", Role::Writer).await.unwrap();
    for (dialect, signed) in [
        (Dialect::Okta, Signed::Both),
        (Dialect::Entra, Signed::Assertion),
        (Dialect::Okta, Signed::Response),
    ] {
        let mut browser = Browser::new(&site);
        let begun = browser.begin("/saml/login?return_to=/settings?a=b").await;
        assert!(!begun.xml.contains("ForceAuthn"));
        let mut spec = spec_of(dialect, "", Some(&begun.request_id));
        spec.signed = signed;
        let done = browser.answer(&spec, &begun.relay_state).await;
        assert_eq!(done.status, 303, "{}", done.text);
        assert_eq!(done.header("location"), Some(format!("{PUBLIC_URL}/settings?a=b").as_str()));
        let me = browser.me().await.body();
        assert_eq!((&me["userName"], &me["handle"]), (&json!("ADA@example.com"), &json!("ada")));
        assert_eq!(me["organizations"][0]["role"], "writer");
        let home = browser.get("/").await;
        assert!(home.text.contains("(<code>ada</code>)") && home.text.contains("writer"), "{}", home.text);
    }
    assert_eq!(codes(&site).await, ["accepted"; 3]);
}

#[tokio::test]
async fn each_directory_has_addresses_and_a_connection_of_its_own() {
    let site = site(&json!({"jit": true})).await;
    site.service.create_directory("entra", &enroll_service::DirectorySettings::default()).await.unwrap();
    let mut browser = Browser::new(&site);
    assert_eq!(browser.get("/saml/entra/login").await.status, 404);
    assert_eq!(browser.get("/saml/nobody/login").await.status, 404);
    let set = connect(&site, "entra", &settings(&json!({"preset": "entra", "jit": true}))).await.body();
    assert_eq!(set["acsUrl"], format!("{PUBLIC_URL}/saml/entra/acs"));
    let begun = browser.begin("/saml/entra/login").await;
    // What is for one directory is for no other.
    let other = spec_of(Dialect::Entra, "", Some(&begun.request_id));
    refused(&browser.answer_to("/saml/entra/acs", &other, &begun.relay_state).await, 403, "destination");
    let spec = spec_of(Dialect::Entra, "/entra", Some(&begun.request_id));
    refused(&browser.answer(&spec, &begun.relay_state).await, 403, "destination");
    assert_eq!(browser.answer_to("/saml/entra/acs", &spec, &begun.relay_state).await.status, 303);
    assert_eq!(browser.me().await.body()["directory"], "entra");
}

#[tokio::test]
async fn threat_a13_a_response_is_used_once_also_on_another_server() {
    let site = site(&json!({"allowIdpInitiated": true})).await;
    site.user("ada@example.com").await;
    let other = site.beside().await;
    // Begun here: the begun sign-in is used up with it.
    let mut browser = Browser::new(&site);
    let begun = browser.begin("/saml/login").await;
    let spec1 = spec(Some(&begun.request_id));
    assert_eq!(browser.answer(&spec1, &begun.relay_state).await.status, 303);
    let again = browser.at(&other).answer(&spec1, &begun.relay_state).await;
    assert_eq!(again.status, 403, "{}", again.text);
    // Begun at the identity provider: the assertion alone is what is used up, in whatever response it comes.
    let mut spec2 = spec(None);
    spec2.signed = Signed::Assertion;
    assert_eq!(Browser::new(&site).answer(&spec2, "").await.status, 303);
    refused(&Browser::new(&site).answer(&spec2, "").await, 403, "replayed");
    refused(&Browser::new(&other).answer(&spec2, "").await, 403, "replayed");
    spec2.response_id = "_another".to_owned();
    refused(&Browser::new(&other).answer(&spec2, "").await, 403, "replayed");
}

#[tokio::test]
async fn threat_a13_of_many_at_once_one_is_let_in() {
    let site = site(&json!({"allowIdpInitiated": true})).await;
    site.user("ada@example.com").await;
    let other = site.beside().await;
    let spec = spec(None);
    let answer = async |site| Browser::new(site).answer(&spec, "").await.status.as_u16();
    let (a, b, c, d) = tokio::join!(answer(&site), answer(&other), answer(&site), answer(&other));
    let mut all = [a, b, c, d];
    all.sort_unstable();
    assert_eq!(all, [303, 403, 403, 403]);
}

#[tokio::test]
async fn threat_a14_what_begins_at_the_identity_provider_is_refused_unless_allowed() {
    let site = site(&json!({})).await;
    site.user("ada@example.com").await;
    let page = Browser::new(&site).answer(&spec(None), "/settings").await;
    refused(&page, 403, "idp_initiated");
    connect(&site, "default", &json!({"allowIdpInitiated": true})).await;
    let done = Browser::new(&site).answer(&spec(None), "https://evil.example").await;
    // RelayState is a key, and this one is none of ours (threat A15).
    assert_eq!(done.header("location"), Some(format!("{PUBLIC_URL}/").as_str()));
}

#[tokio::test]
async fn threat_a14_a_response_is_for_the_browser_that_asked() {
    let site = site(&json!({})).await;
    site.user("ada@example.com").await;
    let mut browser = Browser::new(&site);
    let begun = browser.begin("/saml/login").await;
    let spec = spec(Some(&begun.request_id));
    let mut other = Browser::new(&site);
    refused(&other.answer(&spec, &begun.relay_state).await, 403, "in_response_to");
    let of_other = other.begin("/saml/login").await;
    refused(&other.answer(&spec, &of_other.relay_state).await, 403, "in_response_to");
    refused(&other.answer(&spec, &begun.relay_state).await, 403, "in_response_to");
    refused(&browser.answer(&spec, "").await, 403, "in_response_to");
    let mut without = browser.at(&site);
    without.forget(COOKIE);
    refused(&without.answer(&spec, &begun.relay_state).await, 403, "in_response_to");
    // None of that has used anything up.
    assert_eq!(browser.answer(&spec, &begun.relay_state).await.status, 303);
}

#[tokio::test]
async fn a_browser_may_sign_in_in_two_windows() {
    let site = site(&json!({})).await;
    site.user("ada@example.com").await;
    let mut browser = Browser::new(&site);
    let first = browser.begin("/saml/login?return_to=/one").await;
    let second = browser.begin("/saml/login?return_to=/two").await;
    for (begun, path) in [(&first, "/one"), (&second, "/two")] {
        let done = browser.answer(&spec(Some(&begun.request_id)), &begun.relay_state).await;
        assert_eq!(done.header("location"), Some(format!("{PUBLIC_URL}{path}").as_str()));
    }
}

#[tokio::test]
async fn threat_a15_return_paths_stay_here() {
    let site = site(&json!({})).await;
    let mut browser = Browser::new(&site);
    for bad in
        ["//evil.example", "/%5Cevil.example", "https://evil.example", "javascript:alert(1)", "/%09/evil"]
    {
        let page = browser.get(&format!("/saml/login?return_to={bad}")).await;
        assert_eq!((page.status.as_u16(), page.header("set-cookie")), (400, None), "{bad}: {}", page.text);
    }
    let page = browser.get("/saml/login?return_to=/a&return_to=/b").await;
    assert_eq!(page.status, 400);
}

#[tokio::test]
async fn the_cookies_are_those_of_their_purpose() {
    let site = site(&json!({})).await;
    site.user("ada@example.com").await;
    let mut browser = Browser::new(&site);
    let sent = browser.get("/saml/login?prompt=login").await;
    let cookie = sent.header("set-cookie").unwrap().to_owned();
    assert!(cookie.starts_with("__Host-enroll_sign_in="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; Max-Age=600; SameSite=None; Secure"), "{cookie}");
    let begun = super::begun(sent.header("location").unwrap());
    assert!(begun.xml.contains(" ForceAuthn=\"true\""), "{}", begun.xml);
    let done = browser.answer(&spec(Some(&begun.request_id)), &begun.relay_state).await;
    let cookie = done.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    assert_eq!(done.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn e4_4_threat_s22_deactivation_over_scim_ends_the_session_and_refuses_the_next_sign_in() {
    let site = site(&json!({"jit": true})).await;
    let id = site.user("ada@example.com").await;
    let mut browser = Browser::new(&site);
    assert_eq!(browser.sign_in(|_| {}).await.status, 303);
    assert_eq!(browser.me().await.status, 200);
    let change = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{id}"), &change).await.status, 200);
    assert_eq!(browser.me().await.status, 401);
    browser.forget(SESSION);
    let page = browser.sign_in(|_| {}).await;
    refused(&page, 403, "deactivated");
    assert!(page.text.contains("Your account here is deactivated"), "{}", page.text);
    assert_eq!(codes(&site).await, ["deactivated", "accepted"]);
    let audit = site.service.audit_entries(enroll_service::AuditQuery::default(), 1000).await;
    let text = serde_json::to_string(&audit.unwrap()).unwrap();
    assert!(text.contains("sign_in.refused"), "{text}");
}

#[tokio::test]
async fn threat_s38_signing_out_is_asked_for_on_a_page_of_this_service() {
    let site = site(&json!({})).await;
    site.user("ada@example.com").await;
    let mut browser = Browser::new(&site);
    browser.sign_in(|_| {}).await;
    assert_eq!(browser.get("/saml/logout").await.status, 200);
    assert_eq!(browser.post("/saml/logout", &[], "https://evil.example").await.status, 403);
    assert_eq!(browser.me().await.status, 200);
    let out = browser.post("/saml/logout", &[], PUBLIC_URL).await;
    assert_eq!((out.status.as_u16(), browser.cookie(SESSION)), (303, None));
    assert_eq!(browser.me().await.status, 401);
    assert!(browser.get("/").await.text.contains(&format!("{PUBLIC_URL}/login")));
}

#[tokio::test]
async fn threat_s38_browsers_name_the_origin_of_forms_on_pages_of_this_service() {
    // A page with the policy `no-referrer` has its forms sent with `Origin: null`, which is everybody's (Fetch standard, "append a
    // request `Origin` header"). scripts/test-browser sees a browser do so.
    let site = site(&json!({})).await;
    site.user("ada@example.com").await;
    let mut browser = Browser::new(&site);
    browser.sign_in(|_| {}).await;
    for path in ["/", "/saml/logout", "/oidc/logout"] {
        let page = browser.get(path).await;
        assert!(page.text.contains("<form method=\"post\""), "{path}: {}", page.text);
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{path}");
    }
}

#[tokio::test]
async fn a_sign_in_that_an_application_asked_for_goes_on_where_it_was() {
    let site = site(&json!({})).await;
    site.user("ada@example.com").await;
    let key = site.service.keep_return("/oidc/authorize?client_id=x").await.unwrap();
    let key = secrecy::ExposeSecret::expose_secret(&key).to_owned();
    let mut browser = Browser::new(&site);
    let begun = browser.begin(&format!("/saml/login?return={key}&prompt=login")).await;
    let done = browser.answer(&spec(Some(&begun.request_id)), &begun.relay_state).await;
    let expected = format!("{PUBLIC_URL}/oidc/resume?request={key}");
    assert_eq!(done.header("location"), Some(expected.as_str()));
}

#[tokio::test]
async fn threat_a12_what_an_application_demands_cannot_be_left_out_on_the_way() {
    let site = site(&json!({})).await;
    for (demand, anew) in
        [("&prompt=login", true), ("&prompt=select_account", true), ("&max_age=60", true), ("", false)]
    {
        let key = site.service.keep_return(&format!("/oidc/authorize?client_id=x{demand}")).await.unwrap();
        let key = secrecy::ExposeSecret::expose_secret(&key).to_owned();
        let begun = Browser::new(&site).begin(&format!("/saml/login?return={key}")).await;
        assert_eq!(begun.xml.contains(" ForceAuthn=\"true\""), anew, "{demand}: {}", begun.xml);
    }
}

#[tokio::test]
async fn without_a_connection_nobody_signs_in() {
    let site = Site::start().await;
    let page = Browser::new(&site).get("/saml/login").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("enroll directory sso set"), "{}", page.text);
    let metadata = Browser::new(&site).get("/saml/metadata").await;
    assert_eq!(metadata.header("content-type"), Some("application/samlmetadata+xml"));
    assert!(metadata.text.contains(&format!("Location=\"{PUBLIC_URL}/saml/acs\"")), "{}", metadata.text);
}
