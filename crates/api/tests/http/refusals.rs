//! Everything below /scim is SCIM, also what is refused before a handler runs: conformance.md H, X, Y.

use serde_json::json;

use crate::site::{Site, group, reply, user};

#[tokio::test]
async fn h2_versions_other_than_v2_are_400_invalid_vers() {
    let site = Site::start().await;
    for path in ["/scim/v1/Users", "/scim/v9/Users", "/scim/v3"] {
        site.get(path).await.scim_error(400, Some("invalidVers"));
    }
    assert_eq!(site.get("/scim/Users").await.status, 200, "no version is the newest");
}

#[tokio::test]
async fn x1_unknown_paths_are_404_scim_errors() {
    let site = Site::start().await;
    for path in ["/scim/v2/Devices", "/scim/v2/Users.scim", "/scim/v2/Users/a/b", "/scim/v2/Users/unknown"] {
        site.get(path).await.scim_error(404, None);
    }
    assert_eq!(site.get("/scim").await.status, 200, "the base URL is a query over all types");
    for path in ["/nothing", "/api/v1/nothing", "/scimitar"] {
        site.get(path).await.problem(404);
    }
}

#[tokio::test]
async fn h7_wrong_methods_are_405_with_allow() {
    let site = Site::start().await;
    for (method, path, allow) in [
        ("DELETE", "/scim/v2/Users", "POST,GET,HEAD"),
        ("PUT", "/scim/v2/Groups/", "POST,GET,HEAD"),
        ("POST", "/scim/v2/Users/1", "GET,HEAD,PUT,PATCH,DELETE"),
        ("OPTIONS", "/scim/v2/Users/1", "GET,HEAD,PUT,PATCH,DELETE"),
        ("GET", "/scim/v2/Bulk", "POST"),
    ] {
        let answer = reply(site.scim(method, path)).await;
        answer.scim_error(405, None);
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
    }
}

#[tokio::test]
async fn y1_what_is_not_supported_is_501() {
    let site = Site::start().await;
    for (method, path) in [("GET", "/scim/v2/Me"), ("PATCH", "/scim/v2/Me/")] {
        reply(site.scim(method, path)).await.scim_error(501, None);
    }
}

#[tokio::test]
async fn h5_bodies_are_read_as_either_json_and_anything_else_is_415() {
    let site = Site::start().await;
    let post = |name: &str| site.scim("POST", "/scim/v2/Users").body(user(name).to_string());
    for (number, content_type) in [
        "application/scim+json",
        "application/json",
        "application/scim+json; charset=utf-8",
        "Application/JSON",
    ]
    .iter()
    .enumerate()
    {
        let answer = reply(post(&format!("h5-{number}")).header("content-type", *content_type)).await;
        assert_eq!(answer.status, 201, "{content_type}: {}", answer.text);
    }
    assert_eq!(reply(post("h5-none")).await.status, 201, "no Content-Type at all");
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-16",
    ] {
        reply(post("h5-other").header("content-type", content_type)).await.scim_error(415, None);
    }
    reply(post("h5-gzip").header("content-encoding", "gzip")).await.scim_error(415, None);
    assert_eq!(site.get("/scim/v2/Users?filter=userName+eq+%22h5-other%22").await.body()["totalResults"], 0);
}

#[tokio::test]
async fn h4_o8_answers_and_errors_come_in_the_type_that_was_asked_for() {
    let site = Site::start().await;
    for (accept, answer_type) in [
        ("application/json", "application/json"),
        ("application/scim+json, application/json", "application/scim+json"),
        ("*/*", "application/scim+json"),
        ("text/html", "application/scim+json"),
    ] {
        for path in [
            "/scim/v2/Users",
            "/scim/v2/Schemas",
            "/scim/v2/nothing",
            "/scim/v2/Users/none",
            "/scim/v2/Users?count=x",
        ] {
            let answer = reply(site.scim("GET", path).header("accept", accept)).await;
            assert_eq!(answer.header("content-type"), Some(answer_type), "{accept} {path}");
            answer.body();
        }
    }
}

#[tokio::test]
async fn j6_s27_bodies_that_cannot_be_read_are_400_invalid_syntax() {
    let site = Site::start().await;
    for body in [
        b"".as_slice(),
        b"{",
        b"[]",
        b"\"userName\"",
        b"{} {}",
        b"{\"userName\": \"\xff\"}",
        b"{\"userName\": \"a\", \"username\": \"b\"}",
        &[b"{\"a\":".repeat(100), b"1".to_vec(), b"}".repeat(100)].concat(),
    ] {
        let request = site.scim("POST", "/scim/v2/Users").body(body.to_vec());
        reply(request).await.scim_error(400, Some("invalidSyntax"));
    }
}

#[tokio::test]
async fn l7_h9_m6_query_parameters_that_cannot_be_read_are_400() {
    let site = Site::start().await;
    for (query, scim_type) in [
        ("count=x", "invalidValue"),
        ("startIndex=1.5", "invalidValue"),
        ("startIndex=", "invalidValue"),
        ("count=1&count=2", "invalidValue"),
        ("attributes=%ff", "invalidValue"),
        ("filter=", "invalidFilter"),
        ("filter=%ff", "invalidFilter"),
        ("filter=a%20pr&filter=b%20pr", "invalidFilter"),
        ("filter=nonsense", "invalidFilter"),
    ] {
        site.get(&format!("/scim/v2/Users?{query}")).await.scim_error(400, Some(scim_type));
    }
    assert_eq!(
        site.get("/scim/v2/Users?aadOptscim062020&x=%ff&cursor=").await.status,
        200,
        "unknown ones are ignored"
    );
}

#[tokio::test]
async fn x1_every_answer_carries_an_id_and_is_not_to_be_cached_or_sniffed() {
    let site = Site::start().await;
    for path in ["/scim/v2/Users", "/scim/v2/nothing", "/healthz", "/api/v1/check"] {
        let answer = site.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-request-id").unwrap().len(), 20);
        assert_eq!(answer.header("server"), None);
        assert_eq!(answer.header("access-control-allow-origin"), None, "S42");
    }
    let answer = reply(site.bare("GET", "/healthz").header("x-request-id", "from-a-proxy.1")).await;
    assert_eq!(answer.header("x-request-id"), Some("from-a-proxy.1"));
    let answer = reply(site.bare("GET", "/healthz").header("x-request-id", "not fit")).await;
    assert_eq!(answer.header("x-request-id").unwrap().len(), 20);
}

#[tokio::test]
async fn s36_no_header_of_a_request_finds_its_way_into_a_url() {
    let site = Site::start().await;
    let request = site
        .scim("POST", "/scim/v2/Groups")
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example");
    let answer = reply(request.header("forwarded", "host=evil.example").json(&group("Ops"))).await;
    assert_eq!(answer.status, 201);
    assert!(!answer.text.contains("evil") && !answer.header("location").unwrap().contains("evil"));
    assert_eq!(json!(answer.header("location")), answer.body()["meta"]["location"]);
}
