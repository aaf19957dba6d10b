//! Paging by cursor: conformance.md CP, RFC 9865.

use enroll_api::HttpConfig;
use enroll_service::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::site::{Reply, Site, group, reply};

/// Users with titles that repeat, one without, one that is very long.
async fn people(site: &Site) {
    for (number, title) in ["b", "a", "C", "", "b", "A", &"x".repeat(600), &format!("{}y", "x".repeat(600))]
        .into_iter()
        .enumerate()
    {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("user-{number}"),
        });
        if !title.is_empty() {
            body["title"] = json!(title);
        }
        assert_eq!(site.send("POST", "/scim/v2/Users", &body).await.status, 201);
    }
}

async fn page(site: &Site, path: &str, query: &str, cursor: &str) -> Reply {
    site.get(&format!("/scim/v2{path}?{query}&cursor={cursor}")).await
}

fn ids(page: &Value) -> Vec<String> {
    let resources = page["Resources"].as_array().unwrap();
    resources.iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
}

/// All pages one after the other.
async fn walk(site: &Site, path: &str, query: &str) -> Vec<Vec<String>> {
    walk_from(site, path, query, "").await
}

async fn walk_from(site: &Site, path: &str, query: &str, cursor: &str) -> Vec<Vec<String>> {
    let (mut pages, mut cursor) = (Vec::new(), cursor.to_owned());
    loop {
        let answer = page(site, path, query, &cursor).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let body = answer.body();
        assert_eq!(body["itemsPerPage"], ids(&body).len());
        assert!(body["totalResults"].is_u64(), "it is always known");
        assert_eq!(body.get("startIndex"), None);
        assert_eq!(body.get("previousCursor"), None);
        pages.push(ids(&body));
        let Some(next) = body.get("nextCursor") else { return pages };
        cursor = next.as_str().unwrap().to_owned();
        let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(!cursor.is_empty() && cursor.chars().all(unreserved), "{cursor}");
        assert!(cursor.len() < 1500, "fits a URL: {}", cursor.len());
        assert!(pages.len() < 50, "comes to an end");
    }
}

async fn everything(site: &Site, path: &str, query: &str) -> Vec<String> {
    ids(&site.get(&format!("/scim/v2{path}?{query}&count=1000")).await.body())
}

#[tokio::test]
async fn cp1_cp2_cp4_cp6_the_pages_by_cursor_are_the_whole_list_in_its_order() {
    let site = Site::start().await;
    people(&site).await;
    site.group("Ops").await;
    site.group("Dev").await;
    for path in ["/Users", "/Groups", ""] {
        for query in [
            "",
            "sortBy=title",
            "sortBy=title&sortOrder=descending",
            "sortBy=meta.created",
            "sortBy=id&filter=meta.created%20pr",
            "filter=id%20pr",
            "filter=not%20(title%20eq%20%22b%22)%20or%20displayName%20pr",
        ] {
            if path == "/Groups" && (query.contains("title")) {
                continue;
            }
            let whole = everything(&site, path, query).await;
            assert!(!whole.is_empty(), "{path} {query}");
            for count in 1..=11 {
                let pages = walk(&site, path, &format!("{query}&count={count}")).await;
                assert_eq!(pages.concat(), whole, "{path} {query} {count}");
                assert!(pages.iter().rev().skip(1).all(|page| page.len() == count), "only the last is short");
                assert!(!pages[pages.len() - 1].is_empty(), "no page is empty");
            }
        }
    }
}

#[tokio::test]
async fn cp2_cp4_a_list_without_results_is_one_page_and_the_first_page_needs_no_value() {
    let site = Site::start().await;
    let empty = site.get("/scim/v2/Users?cursor").await.body();
    assert_eq!((&empty["totalResults"], &empty["Resources"]), (&json!(0), &json!([])));
    assert_eq!(empty.get("nextCursor"), None);
    people(&site).await;
    let first = site.get("/scim/v2/Users?cursor&count=3").await.body();
    assert_eq!((&first["totalResults"], &first["itemsPerPage"]), (&json!(8), &json!(3)));
    assert!(first["nextCursor"].is_string());
}

#[tokio::test]
async fn cp3_a_count_of_nothing_or_less_tells_the_total_alone() {
    let site = Site::start().await;
    people(&site).await;
    for count in ["0", "-5"] {
        let body = site.get(&format!("/scim/v2/Users?cursor=&count={count}")).await.body();
        assert_eq!(
            (&body["totalResults"], &body["itemsPerPage"], &body["Resources"]),
            (&json!(8), &json!(0), &json!([]))
        );
        assert_eq!(body.get("nextCursor"), None);
    }
}

#[tokio::test]
async fn cp5_what_is_no_cursor_of_this_query_is_invalid_cursor_with_one_and_the_same_text() {
    let site = Site::start().await;
    people(&site).await;
    site.group("Ops").await;
    site.group("Dev").await;
    let of = async |path: &str, query: &str| {
        page(&site, path, query, "").await.body()["nextCursor"].as_str().unwrap().to_owned()
    };
    let good = of("/Users", "count=2").await;
    let mut forged = good.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'B' } else { 'A' });
    let mut texts = Vec::new();
    for (what, query, cursor) in [
        ("made up", "count=2", "VZUTiyhEQJ94IR".to_owned()),
        ("forged", "count=2", forged),
        ("cut off", "count=2", good[..good.len() - 4].to_owned()),
        ("not base64url", "count=2", "%24%24".to_owned()),
        ("huge", "count=2", "A".repeat(6000)),
        ("of another filter", "count=2&filter=id%20pr", good.clone()),
        ("of another order", "count=2&sortBy=title", good.clone()),
        ("of another resource type", "count=2", of("/Groups", "count=1").await),
        ("of all types", "count=2", of("", "count=1").await),
    ] {
        let answer = page(&site, "/Users", query, &cursor).await;
        texts.push(answer.scim_error(400, Some("invalidCursor")));
        assert_eq!(texts[0], texts[texts.len() - 1], "{what}");
    }
    assert_eq!(page(&site, "/Users", "count=2", &good).await.status, 200);
}

#[tokio::test]
async fn cp5_another_count_than_that_of_the_first_page_is_invalid_count() {
    let site = Site::start().await;
    people(&site).await;
    let next = page(&site, "/Users", "count=2", "").await.body()["nextCursor"].as_str().unwrap().to_owned();
    let answer = page(&site, "/Users", "count=3", &next).await;
    assert!(answer.scim_error(400, Some("invalidCount")).contains("a count of 2"));
    assert_eq!(page(&site, "/Users", "count=2", &next).await.body()["itemsPerPage"], 2);
    assert_eq!(page(&site, "/Users", "", &next).await.body()["itemsPerPage"], 2, "without one it is kept");
}

#[tokio::test]
async fn cp5_a_cursor_beside_a_start_index_is_refused() {
    let site = Site::start().await;
    let answer = site.get("/scim/v2/Users?cursor=&startIndex=1").await;
    answer.scim_error(400, Some("invalidCursor"));
}

#[tokio::test]
async fn cp5_a_cursor_is_good_for_an_hour_and_then_expired() {
    let clock = Clock::manual(Timestamp::from_second(1_790_000_000).unwrap());
    let config = HttpConfig { rate_limit: None, ..HttpConfig::default() };
    let site = Site::at(clock.clone(), config).await;
    people(&site).await;
    let next = page(&site, "/Users", "count=2", "").await.body()["nextCursor"].as_str().unwrap().to_owned();
    clock.advance(3_600_000);
    assert_eq!(page(&site, "/Users", "count=2", &next).await.status, 200);
    clock.advance(1_000);
    let answer = page(&site, "/Users", "count=2", &next).await;
    assert!(answer.scim_error(400, Some("expiredCursor")).contains("3600 seconds"));
}

#[tokio::test]
async fn cp6_a_page_begins_where_the_last_one_ended_though_its_last_resource_is_gone() {
    let site = Site::start().await;
    people(&site).await;
    for order in ["", "&sortBy=title", "&sortBy=title&sortOrder=descending"] {
        for place in 0..7 {
            let whole = everything(&site, "/Users", order).await;
            let query = format!("count={}{order}", place + 1);
            let first = page(&site, "/Users", &query, "").await.body();
            assert_eq!(ids(&first), whole[..=place]);
            let last = site.get(&format!("/scim/v2/Users/{}", whole[place])).await.body();
            let path = format!("/scim/v2/Users/{}", whole[place]);
            assert_eq!(reply(site.scim("DELETE", &path)).await.status, 204);
            let next = first["nextCursor"].as_str().unwrap();
            let rest = walk_from(&site, "/Users", &query, next).await.concat();
            if last["title"].as_str().is_some_and(|title| title.len() > 512) {
                // The cursor holds the beginning of its title alone: one that is alike may come twice, none is left out.
                assert!(rest.ends_with(&whole[place + 1..]), "{query}");
                assert!(rest.len() <= whole.len() - place, "{query}");
            } else {
                assert_eq!(rest, whole[place + 1..], "{query}");
            }
            let again = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": last["userName"],
                "title": last["title"],
            });
            assert_eq!(site.send("POST", "/scim/v2/Users", &again).await.status, 201);
        }
    }
}

#[tokio::test]
async fn cp7_without_cursor_and_start_index_pages_are_by_index() {
    let site = Site::start().await;
    people(&site).await;
    let body = site.get("/scim/v2/Users?count=2").await.body();
    assert_eq!(body["startIndex"], 1);
    assert_eq!(body.get("nextCursor"), None);
    let config = site.get("/scim/v2/ServiceProviderConfig").await.body();
    assert_eq!(
        config["pagination"],
        json!({
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": 100,
            "maxPageSize": 1000,
            "cursorTimeout": 3600,
        })
    );
}

#[tokio::test]
async fn cp8_a_search_takes_the_cursor_in_its_body() {
    let site = Site::start().await;
    people(&site).await;
    let search = async |path: &str, cursor: &str| {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "sortBy": "title",
            "count": 5,
            "cursor": cursor,
        });
        site.send("POST", &format!("/scim/v2{path}/.search"), &body).await
    };
    for path in ["/Users", ""] {
        let first = search(path, "").await.body();
        let next = first["nextCursor"].as_str().unwrap();
        let second = search(path, next).await.body();
        assert_eq!(second.get("nextCursor"), None);
        let whole = everything(&site, path, "sortBy=title").await;
        assert_eq!([ids(&first), ids(&second)].concat(), whole);
        let by_url = page(&site, path, "sortBy=title&count=5", next).await.body();
        assert_eq!(by_url, second, "one query, in a body or in a URL");
        search(path, "x").await.scim_error(400, Some("invalidCursor"));
    }
}

#[tokio::test]
async fn cp9_a_cursor_gives_no_rights() {
    let site = Site::start().await;
    people(&site).await;
    site.service.create_directory("partners", &enroll_service::DirectorySettings::default()).await.unwrap();
    let foreign = site.service.create_scim_token("partners", "entra", None).await.unwrap();
    let second = site.service.create_scim_token("default", "second", None).await.unwrap();
    let next = page(&site, "/Users", "count=2", "").await.body()["nextCursor"].as_str().unwrap().to_owned();
    let path = format!("/scim/v2/Users?count=2&cursor={next}");
    let forged = page(&site, "/Users", "count=2", "VZUTiyhEQJ94IR").await;
    let answer = reply(site.bare("GET", &path).bearer_auth(foreign.reveal())).await;
    assert_eq!(answer.scim_error(400, Some("invalidCursor")), forged.scim_error(400, Some("invalidCursor")));
    assert_eq!(reply(site.bare("GET", &path).bearer_auth(second.reveal())).await.status, 200);
    site.service.delete_scim_token(&second.info.id.to_string()).await.unwrap();
    reply(site.bare("GET", &path).bearer_auth(second.reveal())).await.scim_error(401, None);
    reply(site.bare("GET", &path)).await.scim_error(401, None);
}

#[tokio::test]
async fn cp9_a_cursor_is_good_on_every_server_of_the_database_and_after_a_restart() {
    let site = Site::start().await;
    people(&site).await;
    let next = page(&site, "/Users", "count=2", "").await.body()["nextCursor"].as_str().unwrap().to_owned();
    let other = site.beside().await;
    let (here, there) =
        (page(&site, "/Users", "count=2", &next).await, page(&other, "/Users", "count=2", &next).await);
    assert_eq!(ids(&here.body()), ids(&there.body()));
    assert_eq!(ids(&here.body()).len(), 2);
}

#[tokio::test]
async fn cp10_a_page_has_at_most_the_largest_size() {
    let site = Site::start().await;
    people(&site).await;
    let body = page(&site, "/Users", "count=99999999999", "").await.body();
    assert_eq!(body["itemsPerPage"], 8);
    assert_eq!(site.send("POST", "/scim/v2/Groups", &group("Ops")).await.status, 201);
}
