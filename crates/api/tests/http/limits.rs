//! Bounds: design.md §7, S27, S30, lesson 36.

use std::num::NonZeroU32;

use enroll_api::{HttpConfig, RateLimit};
use enroll_domain::Scope;
use serde_json::json;

use crate::site::{Site, reply, user};

#[tokio::test]
async fn s27_a_body_over_the_limit_is_413_announced_or_not() {
    let site = Site::with(HttpConfig { body_bytes: 1000, rate_limit: None, ..HttpConfig::default() }).await;
    for size in [1001, 100_000, 1_000_000] {
        let announced = reply(site.scim("POST", "/scim/v2/Users").body(vec![b' '; size])).await;
        assert!(announced.scim_error(413, None).contains("1000 bytes"));
        let chunks = [(); 2].map(|()| Ok::<_, std::io::Error>(vec![b' '; size / 2 + 1]));
        let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        reply(site.scim("POST", "/scim/v2/Users").body(stream)).await.scim_error(413, None);
    }
    let mut fits = user("fits").to_string();
    fits.push_str(&" ".repeat(1000 - fits.len()));
    assert_eq!(reply(site.scim("POST", "/scim/v2/Users").body(fits)).await.status, 201);
}

#[tokio::test]
async fn s34_long_headers_and_targets_are_431_and_414_in_scim() {
    let site = Site::start().await;
    let long = "x".repeat(17_000);
    reply(site.scim("GET", "/scim/v2/Users").header("x-long", &long)).await.scim_error(431, None);
    reply(site.scim("GET", &format!("/scim/v2/Users?{long}{long}"))).await.scim_error(414, None);
    let fits = format!("/scim/v2/Users?filter=userName+eq+%22{}%22", "%41".repeat(8000));
    assert_eq!(site.get(&fits).await.status, 200, "8 KiB of filter fit, even percent-encoded");
}

#[tokio::test]
async fn x3_l36_requests_over_the_rate_are_429_with_whole_seconds_for_that_token_only() {
    let limit = RateLimit { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(3).unwrap() };
    let site = Site::with(HttpConfig { rate_limit: Some(limit), ..HttpConfig::default() }).await;
    for _ in 0..3 {
        assert_eq!(site.get("/scim/v2/Users").await.status, 200);
    }
    let answer = site.get("/scim/v2/Users").await;
    answer.scim_error(429, None);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(reply(site.bare("GET", "/scim/v2/Schemas")).await.status, 200, "discovery is not counted");

    let token = site.api_token(Scope::Read).await;
    let ask =
        async || reply(site.bare("GET", "/api/v1/organizations/acme/members").bearer_auth(&token)).await;
    for _ in 0..3 {
        assert_eq!(ask().await.status, 200, "another token has its own bucket");
    }
    let answer = ask().await;
    answer.problem(429);
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn s27_many_values_in_one_list_are_read_or_refused_but_never_a_server_error() {
    let site = Site::start().await;
    let body = json!({ "schemas": user("")["schemas"], "userName": "a", "emails": vec![json!({ "value": "a@b" }); 20_000] });
    let answer = site.send("POST", "/scim/v2/Users", &body).await;
    assert!(answer.status.as_u16() < 500, "{}", answer.text);
}
