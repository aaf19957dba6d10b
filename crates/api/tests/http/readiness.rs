//! Readiness over HTTP (enrollment.md §7.1, §5.1).

use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{Role, Scope};
use enroll_service::{
    DirectorySettings, NewLocalUser, NewMapping, NewOrganization, NewResource, NewResourceMapping,
};
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

/// Whom a finding names.
fn names<'f>(findings: &'f [Value], code: &str) -> Vec<&'f str> {
    let concerned = of(findings, code)["concerned"].as_array().unwrap();
    concerned.iter().map(|object| object["name"].as_str().unwrap()).collect()
}

/// The organizations without an owner in the report of a directory.
async fn ownerless(site: &Site, directory: &str) -> Vec<String> {
    let reader = Caller::with(site, Scope::Read).await;
    let report = reader.get(&format!("/directories/{directory}/readiness")).await.body();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().any(|finding| finding["code"] == "no-owner");
    if found { names(findings, "no-owner").into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

async fn organization(site: &Site, name: &str) {
    let new = NewOrganization { name: name.to_owned(), ..NewOrganization::default() };
    site.service.create_organization(&new).await.unwrap();
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
    let of_a_new_instance = ["no-owner", "never-connected", "no-local-admin", "no-sign-in"];
    assert_eq!(codes(&findings(&site).await), of_a_new_instance);
    let admin = NewLocalUser { name: "grace".to_owned(), email: None };
    site.service.create_admin(&admin).await.unwrap();
    site.service.grant("acme", "grace", Role::Owner).await.unwrap();
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
        ["shared-email", "mapping-waits", "no-external-id", "group-unmapped", "no-sign-in"]
    );
    assert_eq!(names(&found, "shared-email"), ["ada (x@example.com)", "bob (x@example.com)"]);
    assert_eq!(of(&found, "shared-email")["count"], 2);
    assert_eq!(names(&found, "mapping-waits"), ["Nobody has sent this"]);
    assert_eq!(names(&found, "group-unmapped"), ["Engineering"]);
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
async fn e2_8_e7_1_an_organization_that_has_lost_its_last_owner_is_an_error_whatever_led_to_it() {
    let site = Site::start().await;
    let uma = site.user("uma").await;
    for name in ["by-grant", "by-resource", "others"] {
        organization(&site, name).await;
    }
    site.service.grant("acme", "uma", Role::Owner).await.unwrap();
    site.service.grant("by-grant", "uma", Role::Owner).await.unwrap();
    site.service.grant("by-resource", "uma", Role::Owner).await.unwrap();
    site.service.revoke("by-resource", "uma").await.unwrap_err();
    site.service.create_directory("other", &DirectorySettings::default()).await.unwrap();
    let reserved = json!({"directories": ["other"]});
    Caller::admin(&site).await.send("PATCH", "/organizations/others", &reserved).await;
    assert_eq!(ownerless(&site, "default").await, [] as [&str; 0]);
    assert_eq!(ownerless(&site, "other").await, ["others"]);

    site.service.forcing(true).revoke("by-resource", "uma").await.unwrap();
    let new = NewResource { name: "tool".to_owned(), ..NewResource::default() };
    site.service.create_resource("by-resource", &new).await.unwrap();
    let mapping = NewResourceMapping {
        directory: "other".to_owned(),
        group: "Staff".to_owned(),
        organization: "by-resource".to_owned(),
        resource: "tool".to_owned(),
        role: None,
        allow_privileged: AllowPrivileged::No,
        paused: false,
    };
    site.service.add_resource_mapping(&mapping).await.unwrap();
    assert_eq!(ownerless(&site, "other").await, ["by-resource", "others"]);
    let off = patch(&json!([{ "op": "replace", "path": "active", "value": false }]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{uma}"), &off).await.status, 200);
    assert_eq!(ownerless(&site, "default").await, ["acme", "by-grant"]);
    assert_eq!(ownerless(&site, "other").await, ["by-resource", "others"]);
}

#[tokio::test]
async fn e7_1_an_organization_that_no_directory_leads_into_is_told_once_and_to_no_identity_provider() {
    let site = Site::start().await;
    site.service.create_directory("other", &DirectorySettings::default()).await.unwrap();
    assert_eq!(ownerless(&site, "default").await, ["acme"]);
    assert_eq!(ownerless(&site, "other").await, [] as [&str; 0]);
    let told = site.get("/scim/v2/readiness").await.body();
    assert!(!told.to_string().contains("acme"), "{told}");
    map(&site, "Owners", Role::Owner).await;
    let told = site.get("/scim/v2/readiness").await.body();
    assert_eq!(names(told["findings"].as_array().unwrap(), "no-owner"), ["acme"]);
}

#[tokio::test]
async fn e7_1_users_of_one_user_name_in_two_directories_are_named_to_administrators_alone() {
    let site = Site::start().await;
    site.user("ada").await;
    site.user("bob").await;
    site.service.create_directory("other", &DirectorySettings::default()).await.unwrap();
    let token = site.service.create_scim_token("other", "entra", None).await.unwrap();
    let request = site.bare("POST", "/scim/v2/Users").bearer_auth(token.reveal()).json(&user("ADA"));
    assert_eq!(crate::site::reply(request).await.status, 201);
    let found = findings(&site).await;
    assert_eq!(of(&found, "shared-user-name")["severity"], "info");
    assert_eq!(names(&found, "shared-user-name"), ["ada (ada)"]);
    let told = site.get("/scim/v2/readiness").await.body();
    assert!(!codes(told["findings"].as_array().unwrap()).contains(&"shared-user-name"), "{told}");
}

#[tokio::test]
async fn e7_1_a_join_rule_that_compares_with_what_no_user_has_finds_nobody() {
    for (to, attribute, value) in [
        ("externalId", "externalId", json!("E-17")),
        ("email", "emails", json!([{"type": "work", "value": "x@example.com"}])),
    ] {
        let site = crate::saml::site(&json!({"join": {"to": to}})).await;
        assert!(!codes(&findings(&site).await).contains(&"join-finds-nobody"), "there is nobody to be found");
        site.user("ada").await;
        let found = findings(&site).await;
        let finding = of(&found, "join-finds-nobody");
        assert_eq!(finding["severity"], "error");
        assert!(finding["text"].as_str().unwrap().contains(to), "{finding}");
        let mut bob = user("bob");
        bob[attribute] = value;
        assert_eq!(site.send("POST", "/scim/v2/Users", &bob).await.status, 201);
        assert!(!codes(&findings(&site).await).contains(&"join-finds-nobody"), "{to}");
    }
}

#[tokio::test]
async fn e7_1_sign_ins_that_find_nobody_one_after_the_other_are_told_of_the_join_rule() {
    let site = crate::saml::site(&json!({})).await;
    site.user("somebody-else").await;
    for signed_in in 0..4 {
        let found = findings(&site).await;
        assert_eq!(codes(&found).contains(&"join-finds-nobody"), signed_in == 3, "{signed_in}");
        if signed_in == 3 {
            let finding = of(&found, "join-finds-nobody");
            assert_eq!(finding["severity"], "warning");
            assert!(finding["advice"].as_str().unwrap().contains("sso log --directory default"), "{finding}");
        } else {
            assert_eq!(crate::saml::Browser::new(&site).sign_in(|_| {}).await.status, 403);
        }
    }
    site.user("ada@example.com").await;
    assert_eq!(crate::saml::Browser::new(&site).sign_in(|_| {}).await.status, 303);
    assert!(!codes(&findings(&site).await).contains(&"join-finds-nobody"), "one was found");
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
