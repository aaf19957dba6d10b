//! Groups that an assertion names (enrollment.md 4.3; threat S18).

use enroll_domain::Role;
use serde_json::{Value, json};

use super::{Browser, connect, refused, site};
use crate::site::Site;

/// The groups of Ada as SCIM shows them.
async fn groups(site: &Site) -> Vec<String> {
    let path = "/scim/v2/Users?filter=userName%20eq%20%22ada@example.com%22";
    let body = site.get(path).await.body();
    let groups = body["Resources"][0]["groups"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> =
        groups.iter().map(|group| group["display"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Signs Ada in with groups: none for no attribute.
async fn sign_in(site: &Site, groups: Option<&[&str]>) -> crate::site::Reply {
    Browser::new(site)
        .sign_in(|spec| {
            spec.attributes.retain(|(name, _)| name != "groups");
            if let Some(groups) = groups {
                let values = groups.iter().map(|name| (*name).to_owned()).collect();
                spec.attributes.push(("groups".to_owned(), values));
            }
        })
        .await
}

async fn policy(site: &Site, policy: &str) {
    assert_eq!(connect(site, "default", &json!({"groups": policy})).await.status, 200);
}

#[tokio::test]
async fn e4_3_replace_takes_the_assertion_for_the_whole_truth() {
    let site = site(&json!({"jit": true, "groups": "replace"})).await;
    site.group("Sales").await;
    assert_eq!(sign_in(&site, Some(&["sales", "Engineering", "Engineering"])).await.status, 303);
    assert_eq!(groups(&site).await, ["Engineering", "Sales"]);
    sign_in(&site, Some(&["Engineering"])).await;
    assert_eq!(groups(&site).await, ["Engineering"]);
    // An attribute that is missing is no empty one: nobody loses access by a misconfigured assertion.
    refused(&sign_in(&site, None).await, 403, "groups_missing");
    assert_eq!(groups(&site).await, ["Engineering"]);
    assert_eq!(sign_in(&site, Some(&[])).await.status, 303);
    assert!(groups(&site).await.is_empty());
    let audit = site.service.audit_entries(enroll_service::AuditQuery::default(), 1000).await;
    let text = serde_json::to_string(&audit.unwrap()).unwrap();
    assert!(text.contains("group.created") && text.contains("group.member_removed"), "{text}");
}

#[tokio::test]
async fn e3_7_white_space_around_an_asserted_name_is_no_part_of_it() {
    let site = site(&json!({"jit": true, "groups": "replace"})).await;
    sign_in(&site, Some(&[" Web ", "web", "New\u{a0}"])).await;
    assert_eq!(groups(&site).await, ["New", "Web"]);
    assert_eq!(site.get("/scim/v2/Groups").await.body()["totalResults"], 2);
}

#[tokio::test]
async fn e4_3_replace_without_the_attribute_makes_nobody_either() {
    let site = site(&json!({"jit": true, "groups": "replace"})).await;
    refused(&sign_in(&site, None).await, 403, "groups_missing");
    let users = site.get("/scim/v2/Users").await.body();
    assert_eq!(users["totalResults"], 0);
}

#[tokio::test]
async fn e4_3_merge_adds_only_and_ignore_does_nothing() {
    let site = site(&json!({"jit": true, "groups": "merge"})).await;
    sign_in(&site, Some(&["A"])).await;
    sign_in(&site, Some(&["B"])).await;
    assert_eq!(sign_in(&site, None).await.status, 303);
    assert_eq!(groups(&site).await, ["A", "B"]);
    policy(&site, "ignore").await;
    sign_in(&site, Some(&["C"])).await;
    assert_eq!(groups(&site).await, ["A", "B"]);
}

#[tokio::test]
async fn e4_3_groups_are_ignored_once_scim_has_pushed_one() {
    let site = site(&json!({"jit": true})).await;
    sign_in(&site, Some(&["A"])).await;
    sign_in(&site, Some(&["B"])).await;
    assert_eq!(groups(&site).await, ["A", "B"]);
    site.group("Pushed").await;
    sign_in(&site, Some(&["C", "Pushed"])).await;
    assert_eq!(groups(&site).await, ["A", "B"]);
}

#[tokio::test]
async fn e3_7_a_mapping_holds_for_a_group_that_a_sign_in_makes() {
    let site = site(&json!({"jit": true, "groups": "replace"})).await;
    let mapping = json!({"group": "Engineering", "organization": "acme", "role": "writer"});
    crate::admin::Caller::admin(&site).await.send("POST", "/mappings", &mapping).await;
    let mut browser = Browser::new(&site);
    assert_eq!(browser.sign_in(|_| {}).await.status, 303);
    assert_eq!(browser.me().await.body()["organizations"][0]["role"], json!(Role::Writer));
    sign_in(&site, Some(&[])).await;
    assert_eq!(browser.me().await.body()["organizations"], json!([]));
}

#[tokio::test]
async fn a_group_name_that_cannot_be_one_is_left_out_and_said_so() {
    let site = site(&json!({"jit": true, "groups": "merge"})).await;
    let long = "a".repeat(3000);
    assert_eq!(sign_in(&site, Some(&[&long, "A"])).await.status, 303);
    assert_eq!(groups(&site).await, ["A"]);
    let kept = crate::admin::Caller::admin(&site).await.get("/directories/default/sign-ins").await.body();
    let steps = kept["signIns"][0]["steps"].as_array().unwrap();
    let groups: Vec<&Value> = steps.iter().filter(|step| step["check"] == "groups").collect();
    assert_eq!(groups[0]["detail"], "merge: 2 named, 1 joined, 0 left, 1 unusable");
}
