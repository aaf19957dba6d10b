//! The metadata of identity providers is fetched again (threat A17).

use std::time::Duration;

use enroll_jobs::{JobOptions, Jobs};
use enroll_service::{Clock, Service, SsoInfo, SsoSettings};
use enroll_store::{Db, Options, sign_in};
use enroll_testkit::idp::{self, KeyKind, SigningKey};
use jiff::Timestamp;

use crate::receiver::{Answer, Receiver};
use crate::site::service;

const DAY: i64 = 24 * 60 * 60 * 1000;

async fn run(service: &Service) {
    let networks = "127.0.0.0/8".parse().unwrap();
    let jobs = Jobs::start(service, JobOptions { outbound_networks: networks, ..JobOptions::default() });
    tokio::time::sleep(Duration::from_millis(1500)).await;
    jobs.stop().await;
}

#[tokio::test]
async fn threat_a17_metadata_is_fetched_every_day_and_a_failure_leaves_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let new = "https://idp.example/new";
    let key = SigningKey::generate(KeyKind::P256);
    let metadata = |sign_in: &str| idp::metadata("https://idp.example/entity", sign_in, &[&key]);
    let answers = [Answer::Document(metadata(new)), Answer::Status(500, None)];
    let published = Receiver::start(answers).await;
    let settings = SsoSettings {
        metadata_url: Some(Some(published.url.clone())),
        metadata: Some(metadata("https://idp.example/sso")),
        ..SsoSettings::default()
    };
    service.set_sso("default", settings).await.unwrap();
    let shown = async || -> SsoInfo { service.sso("default").await.unwrap() };

    run(&service).await;
    assert_eq!(published.received().len(), 0, "it was fetched when it was set");
    clock.advance(DAY);
    run(&service).await;
    assert_eq!(published.received().len(), 1);
    let sso = shown().await;
    let refresh = sso.metadata_refresh.unwrap();
    assert_eq!(
        (sso.sign_in_url.as_str(), refresh.fetched, refresh.changed),
        (new, clock.now(), Some(clock.now()))
    );
    clock.advance(DAY);
    run(&service).await;
    assert_eq!(published.received().len(), 2);
    let sso = shown().await;
    assert_eq!(sso.sign_in_url, new);
    assert!(sso.metadata_refresh.unwrap().failure.unwrap().contains("500"));
    run(&service).await;
    assert_eq!(published.received().len(), 2, "what has failed is tried again after an hour");
}

#[tokio::test]
async fn a_document_that_the_connection_cannot_take_is_not_fetched_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let key = SigningKey::generate(KeyKind::P256);
    let metadata = idp::metadata("https://idp.example/entity", "https://idp.example/sso", &[&key]);
    let published = Receiver::start([Answer::Document(metadata.clone())]).await;
    let settings = SsoSettings {
        metadata_url: Some(Some(published.url.clone())),
        metadata: Some(metadata),
        ..SsoSettings::default()
    };
    service.set_sso("default", settings).await.unwrap();
    // What is stored cannot be read: a fault of this service, whatever the document says.
    let source = service.sso_metadata_source("default").await.unwrap();
    let db = Db::open(Options::new(folder.path().join("enroll.db")), clock.now()).unwrap();
    let now = clock.now();
    db.write(move |tx| sign_in::set_connection(tx, source.directory, "{}", now)).await.unwrap();
    db.close().await;
    clock.advance(DAY);
    run(&service).await;
    assert_eq!(published.received().len(), 1);
    run(&service).await;
    assert_eq!(published.received().len(), 1, "it is tried again after an hour");
    clock.advance(60 * 60 * 1000);
    run(&service).await;
    assert_eq!(published.received().len(), 2);
}
