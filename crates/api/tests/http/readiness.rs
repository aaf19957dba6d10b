//! Readiness over HTTP (enrollment.md §7.1, §5.1).

use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{Role, Scope};
use enroll_service::{NewLocalUser, NewMapping};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Site, group, patch, user};

async fn findings(site: &Site) -> Vec<Value> {
    let reader = Caller::with(site, Scope::Read).await;
    let report = reader.get("/directories/default/readiness").await;
    assert_eq!(report.status, 200, "{}", report.text);
    report.body()["findings"].as_array().unwrap().clone()
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn of<'f>(findings: &'f [Value], code: &str) -> &'f Value {
    findings
        .iter()
        .find(|finding| finding["code"] == code)
        .unwrap_or_else(|| panic!("{code} in {findings:?}"))
}

async fn map(site: &Site, group: &str, role: Role) {
    let new = NewMapping {
        directory: "default".to_owned(),
        group: group.to_owned(),
        organization: "acme".to_owned(),
        role: Some(role),
        allow_privileged: AllowPrivileged::Yes,
        paused: false,
    };
    site.service.add_mapping(&new).await.unwrap();
}

#[tokio::test]
async fn e7_1_findings_name_what_they_are_about_and_what_to_do() {
    let site = Site::start().await;
    assert_eq!(codes(&findings(&site).await), ["never-connected", "no-local-admin", "no-sign-in"]);
    let admin = NewLocalUser { name: "grace".to_owned(), email: None };
    site.service.create_admin(&admin).await.unwrap();
    assert_eq!(
        codes(&findings(&site).await),
        ["never-connected", "no-sign-in"],
        "an empty directory has nothing wrong with it"
    );
    for name in ["ada", "bob"] {
        let mut body = user(name);
        body["emails"] = json!([{ "type": "work", "value": if name == "ada" { "x@example.com" } else { "X@example.com" } }]);
        assert_eq!(site.send("POST", "/scim/v2/Users", &body).await.status, 201);
    }
    site.group("Engineering").await;
    map(&site, "Nobody has sent this", Role::Writer).await;
    let found = findings(&site).await;
    assert_eq!(
        codes(&found),
        ["no-owner", "shared-email", "mapping-waits", "no-external-id", "group-unmapped", "no-sign-in"]
    );
    let names = |code: &str| of(&found, code)["concerned"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(names("shared-email"), "x@example.com");
    assert_eq!(names("mapping-waits"), "Nobody has sent this");
    assert_eq!(names("group-unmapped"), "Engineering");
    assert_eq!(names("no-owner"), "acme");
    assert_eq!(of(&found, "no-external-id")["count"], 2);
    assert!(found.iter().all(|finding| !finding["advice"].as_str().unwrap().is_empty()));
}

#[tokio::test]
async fn e7_1_user_names_that_look_alike_are_told_together_with_the_letter() {
    let site = Site::start().await;
    for name in ["ada@example.com", "bob", "B0b", "emma"] {
        site.user(name).await;
    }
    assert!(!codes(&findings(&site).await).contains(&"look-alike"));
    site.user("\u{430}da@example.com").await;
    site.user("Ernma").await;
    let found = findings(&site).await;
    let finding = of(&found, "look-alike");
    assert_eq!((&finding["severity"], &finding["count"]), (&json!("warning"), &json!(2)));
    let mut names: Vec<&str> = finding["concerned"]
        .as_array()
        .unwrap()
        .iter()
        .map(|concerned| concerned["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["ada@example.com and \u{430}da@example.com (with U+0430)", "emma and Ernma"]);
}

#[tokio::test]
async fn e7_1_an_organization_with_an_active_owner_is_no_finding_and_one_without_is_an_error() {
    let site = Site::start().await;
    map(&site, "Owners", Role::Owner).await;
    let ada = site.user("ada").await;
    let mut owners = group("Owners");
    owners["members"] = json!([{ "value": ada }]);
    assert_eq!(site.send("POST", "/scim/v2/Groups", &owners).await.status, 201);
    assert!(!codes(&findings(&site).await).contains(&"no-owner"));
    let off = patch(&json!([{ "op": "replace", "path": "active", "value": false }]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{ada}"), &off).await.status, 200);
    assert_eq!(of(&findings(&site).await, "no-owner")["severity"], "error");
}

#[tokio::test]
async fn e7_1_a_mapping_whose_group_was_deleted_is_an_error() {
    let site = Site::start().await;
    map(&site, "Web", Role::Writer).await;
    let web = site.group("Web").await;
    assert!(!codes(&findings(&site).await).contains(&"mapping-lost"));
    site.scim("DELETE", &format!("/scim/v2/Groups/{web}")).send().await.unwrap();
    assert_eq!(of(&findings(&site).await, "mapping-lost")["severity"], "error");
}

#[tokio::test]
async fn e5_1_a_token_is_warned_of_30_14_7_and_1_days_before_it_expires() {
    for (hours, text, severity) in [
        (31 * 24, None, ""),
        (29 * 24, Some("30 days"), "warning"),
        (13 * 24, Some("14 days"), "warning"),
        (6 * 24, Some("7 days"), "error"),
        (20, Some("1 day"), "error"),
    ] {
        let site = Site::start().await;
        let expires = site.service.clock().now() + SignedDuration::from_hours(hours);
        site.service.create_scim_token("default", "soon", Some(expires)).await.unwrap();
        let replaced = findings(&site).await;
        if text.is_some() {
            assert_eq!(
                of(&replaced, "token-expires")["severity"],
                "info",
                "another token is valid for longer"
            );
        }
        let all = site.service.scim_tokens("default").await.unwrap();
        let other = all.iter().find(|token| token.label == "okta").unwrap();
        site.service.delete_scim_token(&other.id.to_string()).await.unwrap();
        let found = findings(&site).await;
        match text {
            None => assert!(!codes(&found).contains(&"token-expires")),
            Some(text) => {
                let finding = of(&found, "token-expires");
                assert!(finding["text"].as_str().unwrap().contains(text), "{finding}");
                assert_eq!(finding["severity"], severity);
                assert_eq!(finding["concerned"][0]["name"], "soon");
            }
        }
    }
}

#[tokio::test]
async fn e7_1_an_identity_provider_reads_the_readiness_of_its_own_directory() {
    let site = Site::start().await;
    let report = site.get("/scim/v2/readiness").await;
    assert_eq!(report.status, 200, "{}", report.text);
    let report = report.body();
    assert_eq!((report["directory"].as_str(), report["ready"].as_bool()), (Some("default"), Some(true)));
    assert!(report["notChecked"].as_array().is_some_and(|list| !list.is_empty()));
    let reply = crate::site::reply(site.bare("GET", "/scim/v2/readiness")).await;
    reply.scim_error(401, None);
}
