//! Webhooks (enrollment.md §6.2; threats S39, S40; reliability R24).

use std::time::{Duration, Instant};

use enroll_domain::delivery::{DeliveryStatus, WebhookFormat};
use enroll_jobs::{JobOptions, Jobs};
use enroll_service::{Clock, DeliveryInfo, NewWebhook, Service, WebhookState, WebhookWithSecret};
use jiff::Timestamp;
use standardwebhooks::Webhook;

use crate::receiver::{Answer, Received, Receiver};
use crate::site::{organization, service};

pub(crate) const LOCAL: &str = "127.0.0.0/8";

pub(crate) fn start(service: &Service, networks: &str) -> Jobs {
    Jobs::start(service, JobOptions { outbound_networks: networks.parse().unwrap(), ..JobOptions::default() })
}

async fn webhook(service: &Service, url: &str, types: &str) -> WebhookWithSecret {
    let new = NewWebhook {
        url: url.to_owned(),
        types: types.parse().unwrap(),
        directory: None,
        format: WebhookFormat::Events,
        paused: false,
        unless_there: false,
    };
    service.create_webhook(&new).await.unwrap()
}

/// The deliveries, oldest first.
async fn deliveries(service: &Service, webhook: &WebhookWithSecret) -> Vec<DeliveryInfo> {
    let mut found = service.webhook_deliveries(&webhook.info.id.to_string(), None, None, 1000).await.unwrap();
    found.reverse();
    found
}

/// Waits until a delivery is as wanted.
pub(crate) async fn until(
    service: &Service,
    webhook: &WebhookWithSecret,
    wanted: impl Fn(&[DeliveryInfo]) -> bool,
) -> Vec<DeliveryInfo> {
    let begun = Instant::now();
    loop {
        let found = deliveries(service, webhook).await;
        if wanted(&found) {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{found:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Lets time pass, and something be committed: a manual clock wakes nobody.
async fn pass(service: &Service, clock: &Clock, milliseconds: i64) {
    clock.advance(milliseconds);
    service.take_lease("test", "test", Duration::ZERO).await.unwrap();
}

fn names(received: &[Received]) -> Vec<String> {
    received.iter().map(|one| one.json()["subject"]["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn threat_s40_events_are_signed_and_come_in_order() {
    let folder = tempfile::tempdir().unwrap();
    // The library that verifies goes by the real time.
    let service = service(&folder, &Clock::system()).await;
    organization(&service, "before").await;
    let receiver = Receiver::start([]).await;
    let webhook = webhook(&service, &receiver.url, "organization.*").await;
    let jobs = start(&service, LOCAL);
    for number in 0..60 {
        organization(&service, &format!("org{number}")).await;
    }
    service.create_directory("entra", &enroll_service::DirectorySettings::default()).await.unwrap();
    let received = receiver.wait_for(60).await;
    let expected: Vec<String> = (0..60).map(|number| format!("org{number}")).collect();
    assert_eq!(names(&received), expected);
    let verifier = Webhook::new(webhook.reveal()).unwrap();
    for one in &received {
        verifier.verify(one.body.as_bytes(), &one.headers).unwrap();
        assert_eq!(one.header("webhook-id"), one.json()["id"].as_str().unwrap());
        assert_eq!(one.header("content-type"), "application/json");
    }
    let mut forged = received[0].clone();
    forged.body = forged.body.replace("org0", "org1");
    assert!(verifier.verify(forged.body.as_bytes(), &forged.headers).is_err());
    let done = until(&service, &webhook, |found| found.len() == 60).await;
    assert!(done.iter().all(|one| one.status == DeliveryStatus::Delivered && one.answer == Some(204)));

    // Another secret: the one before signs too, for a day.
    let rotated = service.rotate_webhook_secret(&webhook.info.id.to_string()).await.unwrap();
    assert_ne!(rotated.reveal(), webhook.reveal());
    organization(&service, "rotated").await;
    let both = receiver.wait_for(61).await.pop().unwrap();
    for secret in [webhook.reveal(), rotated.reveal()] {
        Webhook::new(secret).unwrap().verify(both.body.as_bytes(), &both.headers).unwrap();
    }
    jobs.stop().await;
    assert_eq!(receiver.received().len(), 61);
}

#[tokio::test]
async fn threat_s40_an_old_secret_signs_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let receiver = Receiver::start([]).await;
    let webhook = webhook(&service, &receiver.url, "organization.*").await;
    service.rotate_webhook_secret(&webhook.info.id.to_string()).await.unwrap();
    let jobs = start(&service, LOCAL);
    let signatures = async |count: usize, name: &str| {
        organization(&service, name).await;
        receiver.wait_for(count).await.pop().unwrap().header("webhook-signature").split(' ').count()
    };
    assert_eq!(signatures(1, "first").await, 2);
    clock.advance(24 * 60 * 60 * 1000);
    assert_eq!(signatures(2, "second").await, 1);
    jobs.stop().await;
}

#[tokio::test]
async fn r24_what_fails_is_tried_again_in_order_with_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let later = Answer::Status(503, Some(("retry-after", "600".to_owned())));
    let elsewhere = Answer::Status(302, Some(("location", "http://127.0.0.1:1/".to_owned())));
    let receiver = Receiver::start([Answer::Status(500, None), later, elsewhere]).await;
    let webhook = webhook(&service, &receiver.url, "organization.*").await;
    let jobs = start(&service, LOCAL);
    organization(&service, "first").await;
    organization(&service, "second").await;
    let failed = until(&service, &webhook, |found| found.len() == 1).await;
    assert_eq!((failed[0].status, failed[0].answer), (DeliveryStatus::Retrying, Some(500)));
    assert!(failed[0].detail.contains("because"), "{failed:?}");
    let state = async || service.webhook(&webhook.info.id.to_string()).await.unwrap();
    assert_eq!(state().await.state, WebhookState::Failing);
    pass(&service, &clock, 7_000).await;
    until(&service, &webhook, |found| found[0].attempts == 2).await;
    let wait = state().await.next_attempt.unwrap().duration_since(clock.now());
    assert_eq!(wait.as_secs(), 600, "as the receiver asks");
    pass(&service, &clock, 600_000).await;
    let moved = until(&service, &webhook, |found| found[0].attempts == 3).await;
    assert!(moved[0].detail.contains("redirects are not followed"), "{moved:?}");
    pass(&service, &clock, 30_000).await;
    let done = until(&service, &webhook, |found| found.len() == 2).await;
    assert_eq!((done[0].status, done[0].attempts), (DeliveryStatus::Delivered, 4));
    assert_eq!(state().await.state, WebhookState::Active);
    let received = receiver.received();
    assert_eq!(names(&received), ["first", "first", "first", "first", "second"]);
    let mut ids: Vec<&str> = received.iter().map(|one| one.header("webhook-id")).collect();
    ids.dedup();
    assert_eq!(ids.len(), 2);
    jobs.stop().await;
}

#[tokio::test]
async fn r24_an_event_that_is_refused_again_and_again_is_given_up_and_the_next_one_comes() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let refuse = std::iter::repeat_n(Answer::Status(400, None), 16);
    let receiver = Receiver::start(refuse).await;
    let webhook = webhook(&service, &receiver.url, "organization.*").await;
    organization(&service, "poison").await;
    organization(&service, "good").await;
    let jobs = start(&service, LOCAL);
    for attempt in 1..=16 {
        until(&service, &webhook, |found| found.first().is_some_and(|one| one.attempts >= attempt)).await;
        pass(&service, &clock, 2 * 60 * 60 * 1000).await;
    }
    let done = until(&service, &webhook, |found| found.len() == 2).await;
    assert_eq!((done[0].status, done[1].status), (DeliveryStatus::Dead, DeliveryStatus::Delivered));
    let id = webhook.info.id.to_string();
    let dead = service.webhook_deliveries(&id, Some(DeliveryStatus::Dead), None, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    // It is sent again when an administrator wants it.
    service.replay_webhook(&id, dead[0].sequence).await.unwrap();
    let done = until(&service, &webhook, |found| found[0].status == DeliveryStatus::Delivered).await;
    assert_eq!(done.len(), 2);
    receiver.wait_for(19).await;
    jobs.stop().await;
    assert_eq!(names(&receiver.received())[16..], ["good", "poison", "good"]);
}

#[tokio::test]
async fn r24_a_receiver_that_wants_no_more_is_paused_and_resumed_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &Clock::system()).await;
    let receiver = Receiver::start([Answer::Status(410, None)]).await;
    let webhook = webhook(&service, &receiver.url, "organization.*").await;
    let id = webhook.info.id.to_string();
    let jobs = start(&service, LOCAL);
    organization(&service, "first").await;
    until(&service, &webhook, |found| found.len() == 1).await;
    assert_eq!(service.webhook(&id).await.unwrap().state, WebhookState::Paused);
    organization(&service, "second").await;
    let resume = enroll_service::WebhookChange { paused: Some(false), ..Default::default() };
    service.change_webhook(&id, &resume).await.unwrap();
    assert_eq!(names(&receiver.wait_for(3).await), ["first", "first", "second"]);
    jobs.stop().await;
}

#[tokio::test]
async fn r24_a_receiver_that_hangs_or_never_ends_holds_up_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &Clock::system()).await;
    let (hangs, endless) =
        (Receiver::start([Answer::Silence]).await, Receiver::start([Answer::Endless]).await);
    let good = Receiver::start([]).await;
    let hanging = webhook(&service, &hangs.url, "organization.*").await;
    let lying = webhook(&service, &endless.url, "organization.*").await;
    webhook(&service, &good.url, "organization.*").await;
    let dead = webhook(&service, "http://127.0.0.1:1/", "organization.*").await;
    let jobs = start(&service, LOCAL);
    let begun = Instant::now();
    organization(&service, "first").await;
    hangs.wait_for(1).await;
    for number in 0..20 {
        organization(&service, &format!("org{number}")).await;
    }
    good.wait_for(21).await;
    endless.wait_for(21).await;
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let taken = until(&service, &lying, |found| found.len() == 21).await;
    assert!(taken.iter().all(|one| one.status == DeliveryStatus::Delivered), "it said 200");
    let refused = until(&service, &dead, |found| !found.is_empty()).await;
    assert_eq!((refused[0].status, refused[0].answer), (DeliveryStatus::Retrying, None));
    let timed_out = until(&service, &hanging, |found| !found.is_empty()).await;
    assert!(timed_out[0].detail.contains("within 10 s"), "{timed_out:?}");
    jobs.stop().await;
}

#[tokio::test]
async fn r24_who_is_killed_before_the_answer_is_noted_sends_again_with_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let first = service(&folder, &clock).await;
    let receiver = Receiver::start([Answer::Silence]).await;
    let webhook = webhook(&first, &receiver.url, "organization.*").await;
    let jobs = start(&first, LOCAL);
    organization(&first, "first").await;
    receiver.wait_for(1).await;
    // Killed: nothing is noted, and the lease is not given back.
    drop(jobs);
    let second = service(&folder, &clock).await;
    let jobs = start(&second, LOCAL);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(receiver.received().len(), 1, "the lease of the other has not ended");
    clock.advance(30_000);
    organization(&second, "second").await;
    let received = receiver.wait_for(3).await;
    assert_eq!(names(&received), ["first", "first", "second"]);
    assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    until(&second, &webhook, |found| found.len() == 2).await;
    jobs.stop().await;
}

#[tokio::test]
async fn threat_s39_nothing_is_sent_to_addresses_inside() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &Clock::system()).await;
    let receiver = Receiver::start([]).await;
    let port = receiver.url.rsplit_once(':').unwrap().1.to_owned();
    let mut made = Vec::new();
    for host in ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"] {
        for scheme in ["http", "https"] {
            made.push(webhook(&service, &format!("{scheme}://{host}:{port}"), "organization.*").await);
        }
    }
    let jobs = start(&service, "10.0.0.0/8");
    organization(&service, "first").await;
    for webhook in &made {
        let failed = until(&service, webhook, |found| found.len() == 1).await;
        assert!(failed[0].detail.contains("outbound_allow_private"), "{} {failed:?}", webhook.info.url);
    }
    jobs.stop().await;
    assert_eq!(receiver.received().len(), 0);
}

#[tokio::test]
async fn threat_s40_the_secret_that_receivers_have_survives_a_second_rotation() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let receiver = Receiver::start([]).await;
    let first = webhook(&service, &receiver.url, "organization.*").await;
    let id = first.info.id.to_string();
    let second = service.rotate_webhook_secret(&id).await.unwrap();
    clock.advance(60 * 60 * 1000);
    let third = service.rotate_webhook_secret(&id).await.unwrap();
    organization(&service, "first").await;
    let jobs = start(&service, LOCAL);
    let signed = async |count: usize| {
        let one = receiver.wait_for(count).await.pop().unwrap();
        [&first, &second, &third].map(|of| {
            let sent = one.header("webhook-timestamp").parse().unwrap();
            let signer = Webhook::new(of.reveal()).unwrap();
            let signature = signer.sign(one.header("webhook-id"), sent, one.body.as_bytes()).unwrap();
            one.header("webhook-signature").split(' ').any(|of| of == signature)
        })
    };
    assert_eq!(signed(1).await, [true, false, true]);
    clock.advance(23 * 60 * 60 * 1000);
    organization(&service, "second").await;
    assert_eq!(signed(2).await, [false, false, true], "a day after the first rotation");
    jobs.stop().await;
}

#[tokio::test]
async fn e6_2_a_test_that_is_asked_for_during_a_long_batch_does_not_wait_for_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &Clock::system()).await;
    let receiver = Receiver::start(std::iter::repeat_n(Answer::Slow(Duration::from_millis(600)), 12)).await;
    let webhook = webhook(&service, &receiver.url, "organization.*").await;
    for number in 0..12 {
        organization(&service, &format!("org{number}")).await;
    }
    let jobs = start(&service, LOCAL);
    receiver.wait_for(2).await;
    service.test_webhook(&webhook.info.id.to_string()).await.unwrap();
    until(&service, &webhook, |found| found.iter().any(|one| one.of == "webhook.test")).await;
    assert!(receiver.received().len() < 12, "it went between the events");
    jobs.stop().await;
}

#[tokio::test]
async fn e6_2_a_test_message_is_sent_even_while_events_wait() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let receiver = Receiver::start([Answer::Status(500, None)]).await;
    let webhook = webhook(&service, &receiver.url, "organization.*").await;
    let jobs = start(&service, LOCAL);
    organization(&service, "first").await;
    until(&service, &webhook, |found| found.len() == 1).await;
    service.test_webhook(&webhook.info.id.to_string()).await.unwrap();
    let tested = until(&service, &webhook, |found| found.len() == 2).await;
    assert_eq!((tested[0].of.as_str(), tested[0].status), ("webhook.test", DeliveryStatus::Delivered));
    assert_eq!(receiver.received()[1].json()["type"], "webhook.test");
    jobs.stop().await;
}

#[tokio::test]
async fn r24_events_that_were_deleted_while_a_receiver_was_away_are_told_as_lost() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let service = service(&folder, &clock).await;
    let receiver = Receiver::start([]).await;
    let webhook = webhook(&service, &receiver.url, "organization.*").await;
    organization(&service, "lost").await;
    clock.advance(40 * 24 * 60 * 60 * 1000);
    organization(&service, "kept").await;
    while service.delete_old_events(Duration::from_secs(30 * 24 * 60 * 60)).await.unwrap() > 0 {}
    let jobs = start(&service, LOCAL);
    assert_eq!(names(&receiver.wait_for(1).await), ["kept"]);
    let found = until(&service, &webhook, |found| found.len() == 2).await;
    assert_eq!((found[0].status, found[1].status), (DeliveryStatus::Dead, DeliveryStatus::Delivered));
    assert!(found[0].detail.contains("not kept any more"), "{found:?}");
    jobs.stop().await;
}

#[tokio::test]
async fn threat_s39_what_is_no_url_to_send_to_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &Clock::system()).await;
    for (url, part) in [
        ("example.com/hook", "no URL"),
        ("ftp://example.com/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("https://ada:secret@example.com/", "user and password"),
        ("https://example.com/#x", "behind the #"),
        (&format!("https://example.com/{}", "x".repeat(2048)), "2048"),
    ] {
        let new = NewWebhook {
            url: url.to_owned(),
            types: "".parse().unwrap(),
            directory: None,
            format: WebhookFormat::Events,
            paused: false,
            unless_there: false,
        };
        let refused = service.create_webhook(&new).await.unwrap_err().to_string();
        assert!(refused.contains(part), "{url}: {refused}");
    }
    for _ in 0..100 {
        webhook(&service, "https://example.com/", "").await;
    }
    let new = NewWebhook {
        url: "https://example.com/".to_owned(),
        types: "".parse().unwrap(),
        directory: None,
        format: WebhookFormat::Events,
        paused: false,
        unless_there: false,
    };
    let refused = service.create_webhook(&new).await.unwrap_err().to_string();
    assert!(refused.contains("100 webhooks already"), "{refused}");
}
