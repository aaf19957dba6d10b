//! Who may ask: conformance.md I, threats.md S10 to S15, enrollment.md 5.

use enroll_domain::Scope;

use crate::site::{Site, reply};

#[tokio::test]
async fn i1_i7_without_a_token_every_endpoint_but_discovery_is_401_with_a_challenge() {
    let site = Site::start().await;
    for (method, path) in [
        ("GET", "/scim/v2/Users"),
        ("POST", "/scim/v2/Users"),
        ("GET", "/scim/v2/Users/"),
        ("GET", "/scim/v2/Users/1"),
        ("HEAD", "/scim/v2/Users/1"),
        ("PUT", "/scim/v2/Groups/1"),
        ("PATCH", "/scim/v2/Groups/1"),
        ("DELETE", "/scim/Groups/1"),
        ("POST", "/scim/v2/Bulk"),
        ("POST", "/scim/v2/.search"),
        ("POST", "/scim/v2/Users/.search"),
        ("GET", "/scim/v2/Me"),
        ("GET", "/scim/v2"),
    ] {
        let answer = reply(site.bare(method, path).body("not even read")).await;
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"scim\""), "{method} {path}");
        if method == "HEAD" {
            assert_eq!(answer.status, 401);
        } else {
            answer.scim_error(401, None);
        }
    }
}

#[tokio::test]
async fn wire_o1_a_raw_token_is_401_and_the_detail_says_what_to_put_in_front() {
    let site = Site::start().await;
    let answer = reply(site.bare("GET", "/scim/v2/Users").header("authorization", &site.scim_token)).await;
    assert!(answer.scim_error(401, None).contains("put `Bearer ` (with the space) in front"));
}

#[tokio::test]
async fn s12_s13_wrong_empty_and_mutated_tokens_are_401() {
    let site = Site::start().await;
    let mut mutated = site.scim_token.clone();
    let last = mutated.pop().unwrap();
    mutated.push(if last == '0' { '1' } else { '0' });
    for token in ["Bearer", "Bearer ", "Basic dTpw", "Bearer x", &format!("Bearer {mutated}")] {
        let answer = reply(site.bare("GET", "/scim/v2/Users").header("authorization", token)).await;
        answer.scim_error(401, None);
        assert!(!answer.text.contains(&mutated), "the answer repeats no token");
    }
    let answer = reply(site.bare("GET", "/scim/v2/Users").bearer_auth(&mutated)).await;
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"scim\", error=\"invalid_token\""));
}

#[tokio::test]
async fn i5_a_token_in_the_query_or_in_a_cookie_is_no_token() {
    let site = Site::start().await;
    let query = format!("/scim/v2/Users?access_token={0}&token={0}", site.scim_token);
    reply(site.bare("GET", &query)).await.scim_error(401, None);
    let cookie = format!("token={0}; access_token={0}", site.scim_token);
    reply(site.bare("GET", "/scim/v2/Users").header("cookie", cookie)).await.scim_error(401, None);
}

#[tokio::test]
async fn i2_s11_scim_tokens_open_no_api_and_api_tokens_no_scim() {
    let site = Site::start().await;
    let admin = site.api_token(Scope::Admin).await;
    for path in ["/scim/v2/Users", "/scim/v2/Groups/1"] {
        reply(site.bare("GET", path).bearer_auth(&admin)).await.scim_error(401, None);
    }
    for path in ["/api/v1/organizations/acme/members", "/api/v1/check?user=a&organization=acme"] {
        let answer = reply(site.scim("GET", path)).await;
        answer.problem(401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""));
    }
}

#[tokio::test]
async fn s10_no_spelling_of_a_path_reaches_a_handler_without_a_token() {
    let site = Site::start().await;
    site.user("victim").await;
    for path in [
        "/scim/v2/%55sers",
        "/scim/v2/Users%2F",
        "/scim/v2/Users%00",
        "/scim/v2//Users",
        "//scim/v2/Users",
        "/scim/v2/./Users",
        "/scim/v2/Schemas/../Users",
        "/scim/v2/Schemas/%2e%2e/Users",
        "/scim/v2/Schemas%2f..%2fUsers",
        "/scim%2Fv2%2FUsers",
        "/SCIM/v2/Users",
        "/scim/v2/users",
        "/scim/v2/Users;a=b",
        "/scim/v2/Users/%ff",
    ] {
        let answer = crate::server::raw(
            &site,
            &format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"),
        )
        .await;
        let status = answer.split(' ').nth(1).unwrap().to_owned();
        assert!(["400", "401", "404"].contains(&status.as_str()), "{path}: {answer}");
        assert!(!answer.contains("victim"), "{path}: {answer}");
    }
}
