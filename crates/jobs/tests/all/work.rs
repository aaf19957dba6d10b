//! Leases and retention.
use std::time::Duration;

use enroll_jobs::{JobOptions, Jobs};
use enroll_service::{Clock, EventQuery, Service};
use jiff::Timestamp;

use crate::site::{organization, service};

async fn sequences(service: &Service) -> Vec<i64> {
    let query = EventQuery { limit: 1000, ..EventQuery::default() };
    service.events(&query).await.unwrap().events.into_iter().map(|event| event.sequence).collect()
}

#[tokio::test]
async fn e6_2_events_are_deleted_after_their_time_and_the_sequence_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    organization(&service, "acme").await;
    clock.advance(40 * 24 * 60 * 60 * 1000);
    organization(&service, "globex").await;
    assert_eq!(sequences(&service).await, [1, 2, 3]);
    let run = async || {
        let jobs = Jobs::start(&service, JobOptions::default());
        tokio::time::sleep(Duration::from_millis(500)).await;
        jobs.stop().await;
    };
    run().await;
    assert_eq!(sequences(&service).await, [3], "the directory and acme are older than 30 days");
    let old = EventQuery { after: enroll_service::EventPlace::Behind(1), limit: 9, ..EventQuery::default() };
    let gone = service.events(&old).await.unwrap_err();
    assert_eq!((gone.status(), gone.to_string().contains("go on behind 3")), (410, true), "{gone}");
    clock.advance(40 * 24 * 60 * 60 * 1000);
    run().await;
    assert_eq!(sequences(&service).await, [3], "the last one stays");
    organization(&service, "initech").await;
    assert_eq!(sequences(&service).await, [3, 4]);
}

#[tokio::test]
async fn a_lease_is_of_one_holder_until_it_ends_or_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let take = async |holder: &str| service.take_lease("x", holder, Duration::from_secs(30)).await.unwrap();
    assert!(take("a").await && take("a").await && !take("b").await);
    assert!(service.take_lease("y", "b", Duration::from_secs(30)).await.unwrap(), "another name");
    clock.advance(29_999);
    assert!(!take("b").await);
    clock.advance(1);
    assert!(take("b").await && !take("a").await);
    service.give_back_lease("x", "a").await.unwrap();
    assert!(!take("a").await, "it was not a's to give back");
    service.give_back_lease("x", "b").await.unwrap();
    assert!(take("a").await);
}
