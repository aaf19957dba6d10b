//! The connection as administrators set, see and try it.

use enroll_api::HttpConfig;
use enroll_domain::Scope;
use enroll_service::Clock;
use enroll_testkit::idp::{self, Dialect, ResponseSpec, SigningKey};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Browser, IDP, connect, key, settings, spec};
use crate::admin::Caller;
use crate::site::{PUBLIC_URL, Site};

fn metadata() -> String {
    metadata_of(IDP, &[key()])
}

/// Metadata of an identity provider that signs with these keys.
pub(super) fn metadata_of(entity_id: &str, keys: &[&SigningKey]) -> String {
    idp::metadata(entity_id, "https://idp.example/sso", keys)
}

#[tokio::test]
async fn design_8_a_connection_is_made_from_metadata_and_shows_what_to_enter() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    admin.get("/directories/default/sso").await.problem(404);
    let set = connect(&site, "default", &json!({"metadata": metadata(), "preset": "entra"})).await.body();
    assert_eq!(set["serviceProviderEntityId"], format!("{PUBLIC_URL}/saml/metadata"));
    assert_eq!(set["acsUrl"], format!("{PUBLIC_URL}/saml/acs"));
    assert_eq!((&set["entityId"], &set["jit"]), (&json!(IDP), &json!(false)));
    assert_eq!(set["join"], json!({"to": "userName"}));
    assert!(set["notes"][0].as_str().unwrap().contains("signed"), "{set}");
    let certificate = &set["certificates"][0];
    assert_eq!(certificate["notAfter"], "2040-01-01T00:00:00Z");
    assert_eq!(certificate["fingerprint"].as_str().unwrap().len(), 64);
    // What is not given stays.
    let set = connect(&site, "default", &json!({"jit": true})).await.body();
    assert_eq!((&set["entityId"], &set["jit"], &set["preset"]), (&json!(IDP), &json!(true), &json!("entra")));
    assert_eq!(admin.get("/directories/default/sso").await.body()["certificates"][0], *certificate);
    assert_eq!(admin.delete("/directories/default/sso").await.status, 204);
    admin.delete("/directories/default/sso").await.problem(404);
    assert_eq!(Browser::new(&site).get("/saml/login").await.status, 404);
}

#[tokio::test]
async fn threat_a1_a_connection_that_could_verify_nothing_is_none() {
    let site = Site::start().await;
    let without = |name: &str| {
        let mut settings = settings(&json!({}));
        settings.as_object_mut().unwrap().remove(name);
        settings
    };
    for (bad, word) in [
        (json!({}), "metadata"),
        (without("certificates"), "certificate"),
        (settings(&json!({"certificates": []})), "certificate"),
        (settings(&json!({"certificates": ["AAAA"]})), "X.509"),
        (settings(&json!({"signInUrl": "http://idp.example"})), "https"),
        (settings(&json!({"signInUrl": "javascript:alert(1)"})), "https"),
        (settings(&json!({"skewSeconds": 181})), "180"),
        (settings(&json!({"preset": "auth0"})), "okta"),
        (settings(&json!({"groups": "sync"})), "merge"),
        (settings(&json!({"join": {"to": "displayName"}})), "userName"),
        (settings(&json!({"attributes": {"email": ""}})), "attribute"),
        (settings(&json!({"metadata": "<a/>"})), "EntityDescriptor"),
        (settings(&json!({"unknown": 1})), "unknown"),
    ] {
        let problem = connect(&site, "default", &bad).await.problem(400);
        assert!(problem.contains(word), "{word}: {problem}");
    }
    Caller::admin(&site).await.get("/directories/default/sso").await.problem(404);
    let read = Caller::with(&site, Scope::Read).await;
    read.send("PUT", "/directories/default/sso", &settings(&json!({}))).await.problem(403);
    read.get("/directories/default/sign-ins").await.problem(403);
}

#[tokio::test]
async fn a_pasted_response_is_explained_and_nothing_comes_of_it() {
    let site = super::site(&json!({})).await;
    let admin = Caller::admin(&site).await;
    let test = async |response: Option<String>| {
        let body = response.map_or(json!({}), |response| json!({"response": response}));
        admin.send("POST", "/directories/default/sso/test", &body).await.body()
    };
    assert_eq!(test(None).await["passed"], true);
    let good = spec(Some("id-of-an-earlier-request"));
    let last = |report: &Value| report["response"].as_array().unwrap().last().unwrap().clone();
    let report = test(Some(good.form_field(key()))).await;
    assert_eq!(report["passed"], false);
    let step = report["response"].as_array().unwrap().iter().find(|step| step["check"] == "user").unwrap();
    assert_eq!(step["detail"], "no user of the directory has this userName");
    assert!(last(&report)["detail"].as_str().unwrap().contains("firstName"));
    site.user("ada@example.com").await;
    assert_eq!(test(Some(good.form_field(key()))).await["passed"], true);
    let mut bad = spec(None);
    bad.audiences = vec![vec!["https://other.example".to_owned()]];
    bad.in_response_to = Some("x".to_owned());
    bad.confirmed_request = Some("x".to_owned());
    let step = last(&test(Some(bad.form_field(key()))).await);
    assert_eq!((&step["check"], &step["verdict"]), (&json!("conditions"), &json!("refused")));
    assert_eq!(super::codes(&site).await, [] as [&str; 0]);
}

#[tokio::test]
async fn readiness_names_a_missing_connection() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let codes = async || {
        let report = admin.get("/directories/default/readiness").await.body();
        let findings = report["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(codes().await.contains(&"no-sign-in".to_owned()));
    connect(&site, "default", &settings(&json!({}))).await;
    assert!(!codes().await.iter().any(|code| code == "no-sign-in" || code.starts_with("certificate")));
}

#[tokio::test]
async fn threat_a17_the_end_of_a_certificate_is_told_before_it_comes() {
    let clock = Clock::manual(Timestamp::constant(2_208_988_800 - 20 * 86_400, 0));
    let site = Site::at(clock.clone(), HttpConfig { rate_limit: None, ..HttpConfig::default() }).await;
    connect(&site, "default", &settings(&json!({}))).await;
    let admin = Caller::admin(&site).await;
    let found = async |code: &str| {
        let report = admin.get("/directories/default/readiness").await.body();
        let findings = report["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|finding| finding["code"] == code)
    };
    assert_eq!(found("certificate-expires").await.unwrap()["severity"], "warning");
    clock.advance(21 * 86_400_000);
    assert_eq!(found("certificate-expired").await.unwrap()["severity"], "error");
}

#[tokio::test]
async fn threat_a14_a_begun_sign_in_waits_ten_minutes() {
    let clock = Clock::manual(Timestamp::constant(1_790_000_000, 0));
    let site = Site::at(clock.clone(), HttpConfig { rate_limit: None, ..HttpConfig::default() }).await;
    connect(&site, "default", &settings(&json!({"jit": true}))).await;
    let mut browser = Browser::new(&site);
    for (minutes, status) in [(9, 303), (11, 403)] {
        let begun = browser.begin("/saml/login").await;
        clock.advance(minutes * 60_000);
        let (audience, acs) = (format!("{PUBLIC_URL}/saml/metadata"), format!("{PUBLIC_URL}/saml/acs"));
        let request = Some(begun.request_id.as_str());
        let mut spec = ResponseSpec::new(Dialect::Okta, IDP, &audience, &acs, request, clock.now());
        spec.assertion_id = format!("_m{minutes}");
        let done = browser.answer(&spec, &begun.relay_state).await;
        assert_eq!(done.status, status, "{}", done.text);
    }
}
