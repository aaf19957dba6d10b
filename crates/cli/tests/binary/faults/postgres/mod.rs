//! R20: PostgreSQL is killed, stands still, cuts connections and has no place, under load. What was acknowledged is there, what was not
//! is there once or not at all, and a request is never answered with anything but its success or 503.

mod full;
mod site;

use std::time::{Duration, Instant};

use crate::load::{next, variable};
use site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r20_postgresql_killed_and_started_under_load_loses_nothing_acknowledged() {
    let times = variable("ENROLL_FAULT_TIMES", 3);
    let site = Site::start().await;
    let (mut state, mut slowest) = (site.seed, Duration::ZERO);
    for _ in 0..times {
        site.good_again().await;
        tokio::time::sleep(Duration::from_millis(next(&mut state) % 800)).await;
        tokio::task::block_in_place(|| site.database.restart_at_once());
        slowest = slowest.max(site.good_again().await);
    }
    println!("{times} times killed and started, written again after {slowest:?} at most");
    site.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r20_postgresql_that_stands_still_is_told_and_waited_for() {
    let times = variable("ENROLL_FAULT_TIMES", 1);
    let length = Duration::from_secs(if times > 1 { 20 } else { 4 });
    let site = Site::start().await;
    let mut slowest = Duration::ZERO;
    for _ in 0..times {
        site.good_again().await;
        site.database.freeze();
        let frozen = Instant::now();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (alive, took) = site.get("/healthz").await;
        assert_eq!(alive.status, 200, "a restart of this process would help nobody");
        assert!(took < Duration::from_millis(500), "{took:?}");
        let (ready, took) = site.get("/readyz").await;
        assert_eq!(ready.status, 503);
        let reason = ready.json()["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains("database server") && reason.contains("not needed"), "{reason}");
        assert!(took < Duration::from_secs(4), "{took:?}");
        tokio::time::sleep(length.saturating_sub(frozen.elapsed())).await;
        site.database.thaw();
        slowest = slowest.max(site.good_again().await);
        assert_eq!(site.get("/readyz").await.0.status, 200);
    }
    println!("{times} times still for {length:?}, written again after {slowest:?} at most");
    site.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r20_a_storm_of_cut_connections_loses_nothing_acknowledged() {
    let times = variable("ENROLL_FAULT_TIMES", 20);
    let site = Site::start().await;
    site.good_again().await;
    for _ in 0..times {
        tokio::task::block_in_place(|| {
            site.database
                .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'")
        });
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    println!("{times} times all connections cut, written again after {:?}", site.good_again().await);
    site.check().await;
}
