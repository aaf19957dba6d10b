//! Metadata that is fetched (threat A17, S39).

use std::sync::{Arc, Mutex};

use enroll_api::HttpConfig;
use enroll_domain::Scope;
use enroll_service::Clock;
use enroll_testkit::idp::{KeyKind, SigningKey};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::connection::metadata_of;
use super::{Browser, IDP, connect, key, settings};
use crate::admin::Caller;
use crate::site::Site;

/// Where an identity provider publishes its metadata: what is in there is what is answered.
struct Published {
    url: String,
    answer: Arc<Mutex<(u16, String)>>,
}

impl Published {
    async fn start(document: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/metadata", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new((200, document)));
        let answers = Arc::clone(&answer);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 8192]).await;
                let (status, body) = answers.lock().unwrap().clone();
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all((head + &body).as_bytes()).await;
            }
        });
        Self { url, answer }
    }

    fn publish(&self, status: u16, document: impl Into<String>) {
        *self.answer.lock().unwrap() = (status, document.into());
    }
}

fn open() -> HttpConfig {
    HttpConfig {
        rate_limit: None,
        outbound_networks: "127.0.0.0/8".parse().unwrap(),
        ..HttpConfig::default()
    }
}

/// A site whose default directory has its connection from a URL.
async fn site() -> (Site, Published) {
    let published = Published::start(metadata_of(IDP, &[key()])).await;
    let site = Site::with(open()).await;
    let set = connect(&site, "default", &json!({"metadataUrl": published.url, "preset": "okta"})).await;
    assert_eq!(set.status, 200, "{}", set.text);
    (site, published)
}

async fn refresh(site: &Site) -> Value {
    let reply = Caller::admin(site).await.send("POST", "/directories/default/sso/refresh", &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body()
}

async fn sso(site: &Site) -> Value {
    Caller::admin(site).await.get("/directories/default/sso").await.body()
}

async fn findings(site: &Site) -> Vec<Value> {
    let report = Caller::admin(site).await.get("/directories/default/readiness").await.body();
    let all = report["findings"].as_array().unwrap().clone();
    all.into_iter().filter(|finding| finding["code"].as_str().unwrap().starts_with("metadata")).collect()
}

fn print(key: &SigningKey) -> String {
    let digest = aws_fingerprint(key.certificate());
    assert_eq!(digest.len(), 64);
    digest
}

fn aws_fingerprint(der: &[u8]) -> String {
    use sha2::Digest as _;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(der))
}

#[tokio::test]
async fn threat_a17_a_connection_is_made_from_a_url_and_keeps_it() {
    let (site, published) = site().await;
    let shown = sso(&site).await;
    assert_eq!((&shown["entityId"], &shown["metadataUrl"]), (&json!(IDP), &json!(published.url)));
    assert!(shown["metadataRefresh"]["fetched"].is_string(), "{shown}");
    assert_eq!(findings(&site).await, [] as [Value; 0]);
    let refreshed = refresh(&site).await;
    assert_eq!((&refreshed["refreshed"], &refreshed["changes"]), (&json!(true), &json!({})));
    assert!(refreshed["sso"]["notes"][0].as_str().unwrap().contains("have to be signed"), "{refreshed}");
    // Other settings leave it alone, null ends it, and so does a description by hand.
    connect(&site, "default", &json!({"jit": true})).await;
    assert_eq!(sso(&site).await["metadataUrl"], json!(published.url));
    connect(&site, "default", &json!({"metadataUrl": null})).await;
    let shown = sso(&site).await;
    assert_eq!((shown.get("metadataUrl"), &shown["entityId"]), (None, &json!(IDP)));
    let admin = Caller::admin(&site).await;
    let why = admin.send("POST", "/directories/default/sso/refresh", &json!({})).await.problem(409);
    assert!(why.contains("--metadata-url"), "{why}");
    connect(&site, "default", &json!({"metadataUrl": published.url})).await;
    let set = connect(&site, "default", &settings(&json!({}))).await.body();
    assert_eq!(set.get("metadataUrl"), None);
    assert!(set["notes"][0].as_str().unwrap().contains("not fetched any more"), "{set}");
    let read = Caller::with(&site, Scope::Read).await;
    read.send("POST", "/directories/default/sso/refresh", &json!({})).await.problem(403);
}

#[tokio::test]
async fn threat_s39_metadata_is_fetched_from_nowhere_inside() {
    let published = Published::start(metadata_of(IDP, &[key()])).await;
    let site = Site::start().await;
    let why = connect(&site, "default", &json!({"metadataUrl": published.url})).await.problem(400);
    assert!(why.contains("outbound_allow_private"), "{why}");
    for (bad, word) in [
        (json!({"metadataUrl": "http://idp.example/metadata"}), "https"),
        (json!({"metadataUrl": "file:///etc/passwd"}), "https"),
        (json!({"metadataUrl": "https://10.0.0.1/metadata"}), "inside a network"),
        (json!({"metadataUrl": "https://169.254.169.254/latest"}), "inside a network"),
        (json!({"metadataUrl": published.url, "metadata": "<a/>"}), "give it or them"),
        (json!({"metadataUrl": published.url, "certificates": ["AAAA"]}), "give it or them"),
    ] {
        let why = connect(&site, "default", &bad).await.problem(400);
        assert!(why.contains(word), "{word}: {why}");
    }
    let site = Site::with(open()).await;
    published.publish(302, "");
    let why = connect(&site, "default", &json!({"metadataUrl": published.url})).await.problem(400);
    assert!(why.contains("redirects are not followed"), "{why}");
    Caller::admin(&site).await.get("/directories/default/sso").await.problem(404);
}

#[tokio::test]
async fn threat_a17_new_certificates_are_taken_and_old_ones_dropped() {
    let (site, published) = site().await;
    let next = SigningKey::generate(KeyKind::P256);
    published.publish(200, metadata_of(IDP, &[key(), &next]));
    let refreshed = refresh(&site).await;
    assert_eq!(refreshed["changes"], json!({"certificatesAdded": [print(&next)]}));
    assert_eq!(refreshed["sso"]["certificates"].as_array().unwrap().len(), 2);
    published.publish(
        200,
        metadata_of(IDP, &[&next]).replace("https://idp.example/sso", "https://idp.example/new"),
    );
    let changes = refresh(&site).await["changes"].clone();
    assert_eq!(changes["certificatesRemoved"], json!([print(key())]));
    assert_eq!(
        changes["signInUrl"],
        json!({"before": "https://idp.example/sso", "after": "https://idp.example/new"})
    );
    let shown = sso(&site).await;
    assert_eq!(
        (&shown["signInUrl"], &shown["metadataRefresh"]["changes"]),
        (&json!("https://idp.example/new"), &changes)
    );
    let found = findings(&site).await;
    assert_eq!(
        (found.len(), &found[0]["code"], &found[0]["severity"]),
        (1, &json!("metadata-changed"), &json!("info"))
    );
    assert!(found[0]["text"].as_str().unwrap().contains(&print(key())), "{found:?}");
    let query = enroll_service::AuditQuery::default();
    let entries = serde_json::to_string(&site.service.audit_entries(query, 10).await.unwrap()).unwrap();
    assert!(entries.contains("sso.updated") && entries.contains(&print(&next)), "{entries}");
    // The old key verifies nothing from now on.
    site.user("ada@example.com").await;
    let begun = Browser::new(&site).get("/saml/login").await;
    assert!(begun.header("location").unwrap().starts_with("https://idp.example/new?"));
}

#[tokio::test]
async fn threat_a17_a_document_that_cannot_be_taken_changes_nothing_and_is_told_of() {
    let (site, published) = site().await;
    site.user("ada@example.com").await;
    let before = sso(&site).await;
    let without = |shown: &Value| {
        let mut shown = shown.clone();
        shown.as_object_mut().unwrap().remove("metadataRefresh");
        shown
    };
    for (status, document, word) in [
        (200, metadata_of("https://evil.example/entity", &[key()]), "another identity provider"),
        (200, metadata_of(IDP, &[]), "certificate"),
        (200, "<html>".to_owned(), "metadata"),
        (200, "x".repeat(300_000), "256 KiB"),
        (200, metadata_of(IDP, &[key()]).replace("https://idp.example/sso", "javascript:alert(1)"), "https"),
        (500, String::new(), "500"),
    ] {
        published.publish(status, document);
        let refreshed = refresh(&site).await;
        assert_eq!(refreshed["refreshed"], false, "{word}");
        assert!(refreshed["failure"].as_str().unwrap().contains(word), "{word}: {refreshed}");
        let shown = sso(&site).await;
        assert_eq!(without(&shown), without(&before));
        assert_eq!(shown["metadataRefresh"]["failure"], refreshed["failure"]);
        assert!(shown["metadataRefresh"]["failed"].is_string());
        let found = findings(&site).await;
        assert_eq!(
            (&found[0]["code"], &found[0]["severity"]),
            (&json!("metadata-failed"), &json!("warning"))
        );
        assert_eq!(Browser::new(&site).sign_in(|_| {}).await.status, 303, "{word}");
    }
    published.publish(200, metadata_of(IDP, &[key()]));
    assert_eq!(refresh(&site).await["refreshed"], true);
    assert_eq!(findings(&site).await, [] as [Value; 0]);
    // An administrator who sets the URL anew may mean another identity provider.
    published.publish(200, metadata_of("https://other.example/entity", &[key()]));
    let set = connect(&site, "default", &json!({"metadataUrl": published.url})).await.body();
    assert_eq!(set["entityId"], "https://other.example/entity");
}

#[tokio::test]
async fn settings_that_were_given_can_be_taken_back() {
    let site = super::site(
        &json!({"attributes": {"email": "mail"}, "groups": "ignore", "logoutUrl": "https://idp.example/slo"}),
    )
    .await;
    let shown = sso(&site).await;
    assert_eq!((&shown["preset"], &shown["attributes"]["email"]), (&json!("okta"), &json!("mail")));
    assert_eq!(
        (&shown["groups"], &shown["logoutUrl"]),
        (&json!("ignore"), &json!("https://idp.example/slo"))
    );
    let cleared = json!({"preset": null, "attributes": null, "groups": null, "logoutUrl": null});
    let shown = connect(&site, "default", &cleared).await.body();
    assert_eq!(shown["attributes"], json!({}));
    for member in ["preset", "groups", "logoutUrl"] {
        assert_eq!(shown.get(member), None, "{shown}");
    }
    assert_eq!(shown["entityId"], IDP, "what is not given stays");
}

#[tokio::test]
async fn the_clock_of_a_manual_site_is_that_of_the_refresh() {
    let clock = Clock::manual(jiff::Timestamp::constant(1_790_000_000, 0));
    let published = Published::start(metadata_of(IDP, &[key()])).await;
    let site = Site::at(clock.clone(), open()).await;
    connect(&site, "default", &json!({"metadataUrl": published.url})).await;
    let every = std::time::Duration::from_secs(24 * 60 * 60);
    let due = async || site.service.sso_metadata_due(every).await.unwrap().len();
    clock.advance(24 * 60 * 60 * 1000 - 1);
    assert_eq!(due().await, 0);
    clock.advance(1);
    assert_eq!(due().await, 1);
    published.publish(500, "");
    refresh(&site).await;
    assert_eq!(due().await, 0);
    clock.advance(60 * 60 * 1000);
    assert_eq!(due().await, 1, "what has failed is tried again after an hour");
    published.publish(200, metadata_of(IDP, &[&SigningKey::generate(KeyKind::P256)]));
    refresh(&site).await;
    assert_eq!(findings(&site).await.len(), 1);
    clock.advance(7 * 24 * 60 * 60 * 1000);
    assert_eq!(findings(&site).await.len(), 0, "a change is told of for a week");
}
