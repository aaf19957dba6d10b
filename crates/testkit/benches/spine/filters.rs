//! `filter=userName eq` in a large directory against a small one.

use std::time::Duration;

use enroll_testkit::{TestServer, wire};

use crate::load::{create_users, latency};
use crate::{Scale, report::Report};

pub(crate) async fn run(small: TestServer, large: TestServer, scale: Scale, report: &mut Report) {
    create_users(&small, 1_000).await;
    create_users(&large, scale.large).await;
    let time = Duration::from_millis(scale.milliseconds);
    let look_up = |token: String| {
        move |number: usize| {
            let target =
                format!("/scim/v2/Users?filter=userName+eq+%22user.{}@example.com%22", number * 7 % 1_000);
            wire::request("GET", &target, &token, "")
        }
    };
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let measured = latency(large.address, time, look_up(large.scim_token.clone())).await;
        rounds.push((measured, latency(small.address, time, look_up(small.scim_token.clone())).await));
    }
    report.add(format!("filter=userName eq, {} users against 1,000", scale.large), &rounds, "µs", "<= 1.50");
    small.stop().await;
    large.stop().await;
}
