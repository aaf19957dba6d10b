//! Queries in a body, sorted queries, queries over all types: conformance.md K9, L3, M18, N, O.

use enroll_api::HttpConfig;
use serde_json::{Value, json};

use crate::site::{Site, group};

const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Users with a title (or none), a family name and two addresses, of which the second is the primary one.
async fn people(site: &Site) {
    for (name, title, family) in [
        ("bob", Some("beta"), "Zimmer"),
        ("Ann", Some("Alpha"), "young"),
        ("cid", None, "Xu"),
        ("dee", Some("ALPHA"), "Weiß"),
        ("eve", Some(""), "Österreich"),
    ] {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": name,
            "name": {"familyName": family},
            "emails": [
                {"value": format!("first.{name}@example.com")},
                {"value": format!("{family}@example.com"), "primary": true},
            ],
        });
        if let Some(title) = title {
            body["title"] = json!(title);
        }
        assert_eq!(site.send("POST", "/scim/v2/Users", &body).await.status, 201);
    }
}

fn names(page: &Value) -> Vec<&str> {
    let resources = page["Resources"].as_array().unwrap();
    let name =
        |resource: &'_ Value| if resource["userName"].is_string() { "userName" } else { "displayName" };
    resources.iter().map(|resource| resource[name(resource)].as_str().unwrap()).collect()
}

async fn sorted(site: &Site, query: &str) -> Vec<String> {
    let page = site.get(&format!("/scim/v2/Users?{query}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    names(&page.body()).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn o1_k9_a_search_answers_as_the_same_get() {
    let site = Site::start().await;
    people(&site).await;
    site.group("Ops").await;
    for (path, query, body) in [
        ("Users", "", json!({})),
        (
            "Users",
            "?filter=title%20pr&sortBy=userName&startIndex=2&count=1",
            json!({"filter": "title pr", "sortBy": "userName", "startIndex": 2, "count": 1}),
        ),
        (
            "Users/",
            "?attributes=userName,emails.value&count=2",
            json!({"attributes": ["userName", "emails.value"], "count": 2}),
        ),
        ("Users", "?excludedAttributes=emails", json!({"excludedAttributes": ["emails"], "attributes": []})),
        ("Groups", "?filter=displayName%20eq%20%22ops%22", json!({"FILTER": "displayName eq \"ops\""})),
        ("", "?sortBy=id&sortOrder=descending", json!({"sortBy": "id", "sortOrder": "descending", "x": 1})),
    ] {
        let mut body = body;
        body["schemas"] = json!([SEARCH]);
        let got = site.get(&format!("/scim/v2/{path}{query}")).await;
        let target = format!("/scim/v2/{}/.search", path.trim_end_matches('/')).replace("//", "/");
        let found = site.send("POST", &target, &body).await;
        assert_eq!((got.status.as_u16(), found.status.as_u16()), (200, 200), "{path} {}", found.text);
        assert_eq!(got.body(), found.body(), "{path}{query}");
    }
    assert_eq!(site.get("/scim/v2/Users?count=0").await.body()["totalResults"], 5, "a search creates nobody");
}

#[tokio::test]
async fn o2_wrong_types_in_a_search_are_invalid_syntax() {
    let site = Site::start().await;
    for wrong in [
        json!({"attributes": "userName"}),
        json!({"excludedAttributes": [1]}),
        json!({"filter": 1}),
        json!({"count": "10"}),
        json!({"startIndex": 1.5}),
        json!({"sortBy": ["userName"]}),
    ] {
        let mut body = wrong;
        body["schemas"] = json!([SEARCH]);
        site.send("POST", "/scim/v2/Users/.search", &body).await.scim_error(400, Some("invalidSyntax"));
    }
    let body = json!({"schemas": [SEARCH], "filter": "userName xx"});
    site.send("POST", "/scim/v2/.search", &body).await.scim_error(400, Some("invalidFilter"));
}

#[tokio::test]
async fn n3_sorting_folds_case_and_puts_missing_values_last_or_first() {
    let site = Site::start().await;
    people(&site).await;
    assert_eq!(sorted(&site, "sortBy=userName").await, ["Ann", "bob", "cid", "dee", "eve"]);
    assert_eq!(
        sorted(&site, "sortBy=userName&sortOrder=descending").await,
        ["eve", "dee", "cid", "bob", "Ann"]
    );
    // Alpha and ALPHA are equal: by id. An empty title is none, as is a missing one.
    assert_eq!(sorted(&site, "sortBy=TITLE&sortOrder=ascending").await, ["Ann", "dee", "bob", "cid", "eve"]);
    assert_eq!(sorted(&site, "sortBy=title&sortOrder=Descending").await, ["cid", "eve", "bob", "Ann", "dee"]);
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName";
    assert_eq!(sorted(&site, &format!("sortBy={urn}")).await, ["dee", "cid", "Ann", "bob", "eve"]);
}

#[tokio::test]
async fn n2_several_values_sort_by_the_primary_one() {
    let site = Site::start().await;
    people(&site).await;
    for by in ["emails", "emails.value"] {
        assert_eq!(sorted(&site, &format!("sortBy={by}")).await, ["dee", "cid", "Ann", "bob", "eve"]);
    }
}

#[tokio::test]
async fn n4_pages_of_a_sorted_query_partition_it() {
    let site = Site::start().await;
    people(&site).await;
    for query in
        ["sortBy=title", "sortBy=meta.created&sortOrder=descending", "sortBy=active&filter=userName%20pr"]
    {
        let whole = sorted(&site, query).await;
        let mut pages = Vec::new();
        for start in 1..=6 {
            let page = sorted(&site, &format!("{query}&startIndex={start}&count=1")).await;
            assert_eq!(page.len(), usize::from(start <= 5));
            pages.extend(page);
        }
        assert_eq!(pages, whole, "{query}");
    }
    assert_eq!(sorted(&site, "sortBy=title&count=0").await, [""; 0]);
}

#[tokio::test]
async fn n4_what_cannot_be_sorted_by_is_invalid_value() {
    let site = Site::start().await;
    for query in [
        "sortBy=nope",
        "sortBy=name",
        "sortBy=userName&sortOrder=up",
        "sortOrder=up",
        "sortBy=x509Certificates",
        "sortBy=groups",
        "sortBy=a..b",
        "sortBy=",
    ] {
        let answer = site.get(&format!("/scim/v2/Users?{query}")).await;
        assert!(answer.scim_error(400, Some("invalidValue")).contains("sort"), "{query}");
    }
    site.get("/scim/v2/Groups?sortBy=members.value").await.scim_error(400, Some("invalidValue"));
    site.get("/scim/v2/?sortBy=nope").await.scim_error(400, Some("invalidValue"));
}

#[tokio::test]
async fn l3_a_query_at_the_base_covers_users_and_groups() {
    let site = Site::start().await;
    people(&site).await;
    for name in ["Ops", "alpha team"] {
        assert_eq!(site.send("POST", "/scim/v2/Groups", &group(name)).await.status, 201);
    }
    let all = site.get("/scim/v2").await.body();
    assert_eq!(all["totalResults"], 7);
    assert_eq!(names(&all), ["bob", "Ann", "cid", "dee", "eve", "Ops", "alpha team"]);
    let mut paged = Vec::new();
    for start in [1, 4, 7, 10] {
        let page = site.get(&format!("/scim/v2/?startIndex={start}&count=3")).await.body();
        assert_eq!(page["totalResults"], 7);
        paged.extend(names(&page).into_iter().map(str::to_owned));
    }
    assert_eq!(paged, names(&all));
    let groups = site.get("/scim/v2/?filter=meta.resourceType%20eq%20%22Group%22").await.body();
    assert_eq!(names(&groups), ["Ops", "alpha team"]);
    let by_title = site.get("/scim/v2/?sortBy=title&count=4").await.body();
    assert_eq!(names(&by_title), ["Ann", "dee", "bob", "cid"], "groups have no title");
    let by_name = site.get("/scim/v2/?sortBy=displayName&count=2").await.body();
    assert_eq!(names(&by_name), ["alpha team", "Ops"], "users without a displayName come last");
}

#[tokio::test]
async fn m18_an_attribute_that_one_type_lacks_is_unassigned_at_the_base() {
    let site = Site::start().await;
    people(&site).await;
    site.group("Ops").await;
    let titled = site.get("/scim/v2/?filter=title%20pr").await.body();
    assert_eq!(titled["totalResults"], 3);
    let untitled = site.get("/scim/v2/?filter=not%20(title%20pr)").await.body();
    assert_eq!(names(&untitled), ["cid", "eve", "Ops"]);
    let mixed = site.get("/scim/v2/?filter=title%20eq%20%22beta%22%20or%20members%20pr%20or%20displayName%20eq%20%22ops%22").await;
    assert_eq!(names(&mixed.body()), ["bob", "Ops"], "each term is known to one of the types");
    site.get("/scim/v2/?filter=title%20pr%20or%20nope%20pr").await.scim_error(400, Some("invalidFilter"));
    site.get("/scim/v2/?filter=nope%20pr").await.scim_error(400, Some("invalidFilter"));
    site.get("/scim/v2/Groups?filter=title%20pr").await.scim_error(400, Some("invalidFilter"));
}

#[tokio::test]
async fn m22_a_server_that_takes_no_filters_in_urls_says_sensitive_and_takes_them_in_bodies() {
    let config = HttpConfig { rate_limit: None, url_filters: false, ..HttpConfig::default() };
    let site = Site::with(config).await;
    people(&site).await;
    for path in ["/scim/v2/Users", "/scim/v2/Groups", "/scim/v2"] {
        let refused = site.get(&format!("{path}?filter=userName%20eq%20%22bob%22")).await;
        assert!(refused.scim_error(403, Some("sensitive")).contains("/.search"));
        assert_eq!(site.get(path).await.status, 200);
        assert_eq!(site.get(&format!("{path}?sortBy=id&count=1")).await.status, 200);
    }
    let body = json!({"schemas": [SEARCH], "filter": "userName eq \"bob\""});
    assert_eq!(names(&site.send("POST", "/scim/v2/Users/.search", &body).await.body()), ["bob"]);
}
