//! `/login`: which directory somebody signs in by, and how much one address may ask.

use std::num::NonZeroU32;

use enroll_api::{HttpConfig, RateLimit};
use enroll_domain::ClientKind;
use enroll_service::{Clock, DirectorySettings};
use serde_json::json;

use super::{Browser, connect, settings};
use crate::admin::Caller;
use crate::site::{PUBLIC_URL, Reply, Site, reply};

/// A site with two directories that sign people in.
async fn two() -> Site {
    let site = super::site(&json!({"domains": ["example.com", "bücher.example"]})).await;
    site.service.create_directory("entra", &DirectorySettings::default()).await.unwrap();
    let set = connect(&site, "entra", &settings(&json!({"domains": ["Contoso.example"]}))).await;
    assert_eq!(set.body()["domains"], json!(["contoso.example"]));
    site
}

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text);
    reply.header("location").unwrap().strip_prefix(PUBLIC_URL).unwrap().to_owned()
}

#[tokio::test]
async fn a_domain_leads_to_one_directory() {
    let site = two().await;
    let admin = Caller::admin(&site).await;
    let taken = connect(&site, "entra", &json!({"domains": ["EXAMPLE.com"]})).await.problem(409);
    assert!(taken.contains("example.com") && taken.contains("directory default"), "{taken}");
    assert_eq!(admin.get("/directories/entra/sso").await.body()["domains"], json!(["contoso.example"]));
    for bad in ["", "localhost", "ada@example.org", "https://example.org", "127.0.0.1", "a..b"] {
        let why = connect(&site, "entra", &json!({"domains": [bad]})).await.problem(400);
        assert!(why.contains("what follows the @"), "{why}");
    }
    // What is not given stays, null takes all away, and so does the end of the connection.
    connect(&site, "default", &json!({"jit": true})).await;
    assert_eq!(
        admin.get("/directories/default/sso").await.body()["domains"],
        json!(["example.com", "xn--bcher-kva.example"])
    );
    connect(&site, "default", &json!({"domains": null})).await;
    assert_eq!(connect(&site, "entra", &json!({"domains": ["example.com"]})).await.status, 200);
    assert_eq!(admin.delete("/directories/entra/sso").await.status, 204);
    assert_eq!(connect(&site, "default", &json!({"domains": ["example.com"]})).await.status, 200);
}

#[tokio::test]
async fn the_address_leads_to_the_directory_and_the_way_back_is_kept() {
    let site = two().await;
    let mut browser = Browser::new(&site);
    let page = browser.get("/login?return_to=/settings?a=b%26c").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("name=\"return_to\" value=\"/settings?a=b&amp;c\""), "{}", page.text);
    assert!(!page.text.contains("contoso") && !page.text.contains("example.com\""), "{}", page.text);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https:") && !policy.contains("script"), "{policy}");
    for (address, expected) in [
        ("ada@example.com", "/saml/login?return%5Fto=%2Fsettings%3Fa%3Db%26c"),
        (" Eve@CONTOSO.example ", "/saml/entra/login?return%5Fto=%2Fsettings%3Fa%3Db%26c"),
        ("x@bücher.example", "/saml/login?return%5Fto=%2Fsettings%3Fa%3Db%26c"),
    ] {
        let fields = [("email", address), ("return_to", "/settings?a=b&c")];
        let sent = location(&browser.post("/login", &fields, PUBLIC_URL).await);
        assert_eq!(sent, expected.replace("return%5Fto", "return_to"), "{address}");
        let begun = browser.get(&sent).await;
        assert!(begun.header("location").unwrap().starts_with("https://idp.example/sso?"), "{}", begun.text);
    }
    let sent = browser.post("/login", &[("email", "a@example.com"), ("prompt", "login")], PUBLIC_URL).await;
    assert_eq!(location(&sent), "/saml/login?prompt=login");
}

#[tokio::test]
async fn an_address_of_an_unknown_domain_is_told_what_to_do_and_nothing_else() {
    let site = two().await;
    let mut browser = Browser::new(&site);
    for address in ["ada@unknown.example", "ada", "ada@sub.example.com", "\"><script>@x.example"] {
        let page = browser.post("/login", &[("email", address)], PUBLIC_URL).await;
        assert_eq!(page.status, 404, "{}", page.text);
        assert!(page.text.contains("ask your administrators"), "{}", page.text);
        assert!(!page.text.contains("contoso") && !page.text.contains("<script"), "{}", page.text);
    }
}

#[tokio::test]
async fn one_directory_is_gone_to_at_once_and_none_is_told() {
    let site = Site::start().await;
    let mut browser = Browser::new(&site);
    let page = browser.get("/login").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("not set up") && !page.text.contains("<form"), "{}", page.text);
    site.service.create_directory("entra", &DirectorySettings::default()).await.unwrap();
    connect(&site, "entra", &settings(&json!({}))).await;
    assert_eq!(location(&browser.get("/login?return_to=/a").await), "/saml/entra/login?return_to=%2Fa");
    assert_eq!(location(&browser.get("/login").await), "/saml/entra/login");
}

#[tokio::test]
async fn threat_a15_the_way_back_is_a_path_of_this_service() {
    let site = two().await;
    let mut browser = Browser::new(&site);
    for bad in ["//evil.example", "/%5Cevil.example", "https://evil.example", "javascript:alert(1)"] {
        assert_eq!(browser.get(&format!("/login?return_to={bad}")).await.status, 400, "{bad}");
    }
    let fields = [("email", "ada@example.com"), ("return_to", "//evil.example")];
    assert_eq!(browser.post("/login", &fields, PUBLIC_URL).await.status, 400);
    assert_eq!(browser.get("/login?return_to=/a&return_to=/b").await.status, 400);
}

#[tokio::test]
async fn l36_an_address_may_ask_so_often_at_the_sign_in() {
    let limit = RateLimit { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(2).unwrap() };
    let config = HttpConfig { rate_limit: None, address_limit: Some(limit), ..HttpConfig::default() };
    let site = Site::at(Clock::system(), config).await;
    // Many at once: one a second is let through, however slow this machine is.
    for (method, path) in [
        ("GET", "/login"),
        ("GET", "/saml/login"),
        ("GET", "/saml/entra/login"),
        ("POST", "/saml/acs"),
        ("GET", "/saml/logout"),
        ("GET", "/oidc/authorize"),
        ("POST", "/oidc/token"),
    ] {
        let all = futures_util::future::join_all((0..30).map(|_| reply(site.bare(method, path)))).await;
        let refused: Vec<&Reply> = all.iter().filter(|reply| reply.status == 429).collect();
        let first = refused.first().unwrap_or_else(|| panic!("{path} has no limit"));
        assert_eq!(first.header("retry-after"), Some("1"), "{path}");
        if path == "/oidc/token" {
            assert_eq!(first.body()["error"], "temporarily_unavailable");
        } else {
            assert!(first.text.contains("Too many requests"), "{}", first.text);
        }
    }
    // Whoever has a token is counted by that.
    assert_eq!(site.get("/scim/v2/Users").await.status, 200);
    assert_eq!(reply(site.bare("GET", "/healthz")).await.status, 200);
    let open = HttpConfig { rate_limit: None, address_limit: None, ..HttpConfig::default() };
    let site = Site::at(Clock::system(), open).await;
    let mut browser = Browser::new(&site);
    for _ in 0..600 {
        assert_ne!(browser.get("/login").await.status, 429);
    }
}

#[tokio::test]
async fn an_application_of_no_directory_sends_its_users_where_their_address_leads() {
    let site = two().await;
    let settings = enroll_service::ClientSettings {
        name: Some("Shop".to_owned()),
        redirect_uris: Some(vec!["https://app.example.com/back".to_owned()]),
        ..enroll_service::ClientSettings::default()
    };
    let client = site.service.create_client(ClientKind::Public, &settings).await.unwrap();
    let mut browser = Browser::new(&site);
    let challenge = "A".repeat(43);
    let asked = format!(
        "/oidc/authorize?client_id={}&redirect_uri=https://app.example.com/back&response_type=code&scope=openid&code_challenge={challenge}\
         &code_challenge_method=S256",
        client.info.id
    );
    for (hint, expected) in [
        ("", "/login?return="),
        ("&login_hint=ada@contoso.example", "/saml/entra/login?return="),
        ("&login_hint=ada@example.com", "/saml/login?return="),
        ("&login_hint=ada", "/login?return="),
    ] {
        let sent = location(&browser.get(&format!("{asked}{hint}")).await);
        assert!(sent.starts_with(expected), "{hint}: {sent}");
    }
    // The key goes on from the page to the sign-in.
    let sent = location(&browser.get(&asked).await);
    let key = sent.split_once("return=").unwrap().1.to_owned();
    assert!(browser.get(&sent).await.text.contains(&format!("name=\"return\" value=\"{key}\"")));
    let fields = [("email", "ada@contoso.example"), ("return", key.as_str())];
    let there = location(&browser.post("/login", &fields, PUBLIC_URL).await);
    assert!(there.starts_with("/saml/entra/login?return="), "{there}");
}
