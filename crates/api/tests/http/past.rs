//! Roles on resources at an earlier time, over HTTP (enrollment.md §3.10).

use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{ResourceRole, Role};
use enroll_service::{Clock, NewResourceMapping, Service};
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::events::Reader;
use crate::roles::{at, crowd, members, retell};
use crate::site::{Site, patch, reply};

const DAY: i64 = 86_400_000;

/// A site of the first of March at midnight, with a resource that is private.
async fn in_march(clock: &Clock) -> Site {
    let config = enroll_api::HttpConfig { rate_limit: None, ..enroll_api::HttpConfig::default() };
    Site::at(clock.clone(), config).await
}

async fn resource(admin: &Caller<'_>, name: &str) {
    let made = admin.send("POST", "/organizations/acme/resources", &json!({"name": name})).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

async fn map(service: &Service, group: &str, role: ResourceRole) -> String {
    let new = NewResourceMapping {
        directory: "default".to_owned(),
        group: group.to_owned(),
        organization: "acme".to_owned(),
        resource: "web".to_owned(),
        role: Some(role),
        allow_privileged: AllowPrivileged::Yes,
        paused: false,
    };
    service.add_resource_mapping(&new).await.unwrap().id.to_string()
}

async fn visible(admin: &Caller<'_>, visibility: &str) {
    let changed =
        admin.send("PATCH", "/organizations/acme/resources/web", &json!({"visibility": visibility})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
}

async fn set_active(site: &Site, user: &str, active: bool) {
    let change = patch(&json!([{"op": "replace", "path": "active", "value": active}]));
    let done = site.send("PATCH", &format!("/scim/v2/Users/{user}"), &change).await;
    assert!(done.status.is_success(), "{}", done.text);
}

async fn asked(admin: &Caller<'_>, user: &str, time: &str) -> Value {
    let path = format!("/explain?user={user}&organization=acme&resource=web&at={time}");
    let answer = admin.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body()
}

/// What gave the role, in a word each.
fn kinds(answer: &Value) -> Vec<&str> {
    answer["sources"].as_array().unwrap().iter().map(|source| source["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn e3_10_every_day_of_a_resource_is_explained_with_the_change_that_brought_it_and_the_one_that_ended_it()
 {
    let clock = Clock::manual(at("2026-03-01T00:00:00Z"));
    let site = in_march(&clock).await;
    let admin = Caller::admin(&site).await;
    let service = &site.service;
    let (ada, web) = (site.user("ada").await, site.group("Web").await);
    // What happens at midnight of each day from the second of March on; and what is so then.
    resource(&admin, "web").await;
    map(service, "Web", ResourceRole::Write).await;
    clock.advance(DAY);
    let add = patch(&json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]));
    let added = site.send("PATCH", &format!("/scim/v2/Groups/{web}"), &add).await;
    let request = added.header("x-request-id").unwrap().to_owned();
    clock.advance(DAY);
    service.give_resource_grant("acme", "web", "ada", ResourceRole::Admin).await.unwrap();
    clock.advance(DAY);
    service.grant("acme", "ada", Role::Member).await.unwrap();
    clock.advance(DAY);
    service.revoke_resource_grant("acme", "web", "ada").await.unwrap();
    clock.advance(DAY);
    members(&site, &web, "remove", &[&ada]).await;
    clock.advance(DAY);
    let base = admin.send("PATCH", "/organizations/acme", &json!({"baseResourceRole": "read"})).await;
    assert_eq!(base.status, 200, "{}", base.text);
    clock.advance(DAY);
    visible(&admin, "public").await;
    clock.advance(DAY);
    service.revoke("acme", "ada").await.unwrap();
    clock.advance(DAY);
    set_active(&site, &ada, false).await;
    clock.advance(DAY);
    set_active(&site, &ada, true).await;
    clock.advance(DAY);
    visible(&admin, "private").await;
    clock.advance(DAY);

    let days: [(&str, Option<&str>, &[&str], &str); 12] = [
        ("01", None, &[], ""),
        ("02", Some("write"), &["group"], "group.member_added"),
        ("03", Some("admin"), &["direct", "group"], "grant.added"),
        ("04", Some("admin"), &["direct", "group", "organization"], "grant.added"),
        ("05", Some("write"), &["group", "organization"], "grant.removed"),
        ("06", Some("write"), &["organization"], "group.member_removed"),
        ("07", Some("read"), &["organization"], "organization.updated"),
        ("08", Some("read"), &["organization", "public"], "resource.updated"),
        ("09", Some("read"), &["public"], "grant.removed"),
        ("10", None, &["public"], "user.deactivated"),
        ("11", Some("read"), &["public"], "user.reactivated"),
        ("12", None, &[], "resource.updated"),
    ];
    for (number, (day, role, given, action)) in days.iter().enumerate() {
        let answer = asked(&admin, "ada", &format!("2026-03-{day}T12:00:00Z")).await;
        assert_eq!((answer["role"].as_str(), kinds(&answer)), (*role, given.to_vec()), "{day}: {answer:#}");
        assert_eq!((&answer["organization"], &answer["resource"]), (&json!("acme"), &json!("web")));
        let midnight = |day: &str| json!(format!("2026-03-{day}T00:00:00Z"));
        if number > 0 {
            assert_eq!(answer["since"], midnight(day), "{day}: {answer:#}");
            assert_eq!(answer["broughtBy"]["action"], json!(action), "{day}: {answer:#}");
            assert_eq!(answer["broughtBy"]["time"], midnight(day), "{day}: {answer:#}");
        } else {
            assert_eq!((answer.get("since"), answer.get("broughtBy")), (None, None), "there never was one");
        }
        if let Some((next, _, _, ended)) = days.get(number + 1) {
            assert_eq!(answer["until"], midnight(next), "{day}: {answer:#}");
            assert_eq!(answer["endedBy"]["action"], json!(ended), "{day}: {answer:#}");
        } else {
            assert_eq!((answer.get("until"), answer.get("endedBy")), (None, None), "it still is so");
        }
        // At midnight itself the change has been made; a moment before it, not.
        let at_midnight = asked(&admin, "ada", &format!("2026-03-{day}T00:00:00Z")).await;
        assert_eq!(at_midnight["role"].as_str(), *role, "{day}: {at_midnight:#}");
    }
    let second = asked(&admin, "ada", "2026-03-02T12:00:00Z").await;
    assert_eq!(second["broughtBy"]["actor"], "okta");
    assert_eq!(second["broughtBy"]["requestId"], json!(request));
    // Each grant has its own cause, whatever came or went beside it.
    let fourth = asked(&admin, "ada", "2026-03-04T12:00:00Z").await;
    let since = |place: usize| fourth["sources"][place]["since"].clone();
    assert_eq!(since(0), json!("2026-03-03T00:00:00Z"));
    assert_eq!(since(1), json!("2026-03-02T00:00:00Z"));
    assert_eq!(since(2), json!("2026-03-04T00:00:00Z"));
    assert_eq!(fourth["sources"][1]["broughtBy"]["requestId"], json!(request));
    let eighth = asked(&admin, "ada", "2026-03-08T12:00:00Z").await;
    assert_eq!(eighth["sources"][1]["broughtBy"]["action"], "resource.updated");

    let ask = async |time: &str| {
        admin.get(&format!("/explain?user=ada&organization=acme&resource=web&at={time}")).await
    };
    let early = ask("2026-02-28").await.problem(400);
    assert!(early.contains("the history of roles on resources begins at 2026-03-01"), "{early}");
    assert!(ask("2026-04-01").await.problem(400).contains("has not come yet"));
}

#[tokio::test]
async fn e3_10_now_each_grant_on_a_resource_names_the_request_that_brought_it() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let (ada, web) = (site.user("ada").await, site.group("Web").await);
    resource(&admin, "web").await;
    map(&site.service, "Web", ResourceRole::Write).await;
    let add = patch(&json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]));
    let added = site.send("PATCH", &format!("/scim/v2/Groups/{web}"), &add).await;
    let request = added.header("x-request-id").unwrap().to_owned();
    let given = admin
        .send("PUT", &format!("/organizations/acme/resources/web/grants/{ada}"), &json!({"role": "admin"}))
        .await;
    assert!(given.status.is_success(), "{}", given.text);
    let granted = given.header("x-request-id").unwrap().to_owned();
    visible(&admin, "public").await;
    // A deactivation in between ends no grant.
    set_active(&site, &ada, false).await;
    set_active(&site, &ada, true).await;
    let told = admin.get("/explain?user=ada&organization=acme&resource=web").await.body();
    assert_eq!(kinds(&told), ["direct", "group", "public"]);
    let cause = |place: usize| &told["sources"][place]["broughtBy"];
    assert_eq!((&cause(0)["action"], &cause(0)["requestId"]), (&json!("grant.added"), &json!(granted)));
    assert_eq!(
        (&cause(1)["action"], &cause(1)["requestId"]),
        (&json!("group.member_added"), &json!(request))
    );
    assert_eq!(cause(2)["action"], "resource.updated");
    for source in told["sources"].as_array().unwrap() {
        assert_eq!(source["since"], source["broughtBy"]["time"]);
    }
}

#[tokio::test]
async fn e3_10_a_deleted_user_and_a_deleted_resource_have_their_history() {
    let clock = Clock::manual(at("2026-03-01T00:00:00Z"));
    let site = in_march(&clock).await;
    let admin = Caller::admin(&site).await;
    let (ada, bob) = (site.user("ada").await, site.user("bob").await);
    resource(&admin, "web").await;
    visible(&admin, "public").await;
    site.service.give_resource_grant("acme", "web", "ada", ResourceRole::Write).await.unwrap();
    clock.advance(DAY);
    assert_eq!(reply(site.scim("DELETE", &format!("/scim/v2/Users/{ada}"))).await.status, 204);
    clock.advance(DAY);
    let deleted = admin.get("/organizations/acme/resources/web").await.body()["id"].clone();
    let gone = admin.delete("/organizations/acme/resources/web").await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    clock.advance(DAY);

    let held = asked(&admin, &ada, "2026-03-01T12:00:00Z").await;
    assert_eq!((held["role"].as_str(), kinds(&held)), (Some("write"), vec!["direct", "public"]));
    assert_eq!(held["endedBy"]["action"], "user.deleted");
    let after = asked(&admin, &ada, "2026-03-02T12:00:00Z").await;
    assert_eq!(
        (after["role"].as_str(), kinds(&after)),
        (None, vec![]),
        "what is public is for those who are there"
    );
    assert_eq!(after["broughtBy"]["action"], "user.deleted");
    let read = asked(&admin, &bob, "2026-03-02T12:00:00Z").await;
    assert_eq!((read["role"].as_str(), kinds(&read)), (Some("read"), vec!["public"]));
    assert_eq!(read["endedBy"]["action"], "resource.deleted");
    let none = asked(&admin, &bob, "2026-03-03T12:00:00Z").await;
    assert_eq!(none["role"].as_str(), None);
    assert_eq!(none["broughtBy"]["action"], "resource.deleted");

    // The name stands for the resource that had it then; an id for itself.
    resource(&admin, "web").await;
    site.service.give_resource_grant("acme", "web", "bob", ResourceRole::Owner).await.unwrap();
    clock.advance(DAY);
    let new = asked(&admin, &bob, "2026-03-04T12:00:00Z").await;
    assert_eq!((new["role"].as_str(), &new["since"]), (Some("owner"), &json!("2026-03-04T00:00:00Z")));
    let old = asked(&admin, &bob, "2026-03-02T12:00:00Z").await;
    assert_eq!(old["role"].as_str(), Some("read"));
    let path = format!(
        "/explain?user={bob}&organization=acme&resource={}&at=2026-03-04T12:00:00Z",
        deleted.as_str().unwrap()
    );
    assert_eq!(admin.get(&path).await.body()["role"].as_str(), None, "the deleted one");
}

#[tokio::test]
async fn e3_10_a_large_change_on_a_resource_is_told_in_slices_and_makes_no_event() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let (group, ids) = crowd(&site, "Crowd", 450).await;
    resource(&admin, "web").await;
    let mut reader = Reader::begin(&site).await;
    let mapping = map(&site.service, "Crowd", ResourceRole::Write).await;
    let service = &site.service;
    let past =
        async |id: &str| service.explain_resource_at(id, "acme", "web", service.clock().now()).await.unwrap();
    let waiting = past(&ids[449]).await;
    assert!(waiting.incomplete_since.is_some() && waiting.to_string().contains("ask again"), "{waiting}");
    let allowed = service.check_resource(&ids[449], "acme", "web", None).await.unwrap().allowed;
    assert!(allowed, "access never lags");
    assert!(service.retell().await.unwrap(), "one slice");
    assert!(past(&ids[0]).await.role.is_some() && past(&ids[449]).await.role.is_none());
    // Whoever goes on, goes on behind the slice; a change in between has its own cause.
    members(&site, &group, "remove", &[&ids[0]]).await;
    let beside = site.beside().await;
    retell(&beside.service).await;
    let told = past(&ids[449]).await;
    assert_eq!((told.role, told.incomplete_since), (Some(ResourceRole::Write), None));
    assert_eq!(told.brought_by.unwrap().action, "mapping.created");
    let left = past(&ids[0]).await;
    assert_eq!((left.role, left.brought_by.unwrap().action.as_str()), (None, "group.member_removed"));

    service.remove_mapping(&mapping).await.unwrap();
    retell(service).await;
    let ended = past(&ids[449]).await;
    assert_eq!((ended.role, ended.brought_by.unwrap().action.as_str()), (None, "mapping.removed"));
    map(service, "Crowd", ResourceRole::Read).await;
    retell(service).await;
    assert_eq!(reply(site.scim("DELETE", &format!("/scim/v2/Groups/{group}"))).await.status, 204);
    retell(service).await;
    let ended = past(&ids[7]).await;
    assert_eq!((ended.role, ended.brought_by.unwrap().action.as_str()), (None, "group.deleted"));
    let news = reader.news().await;
    let of_roles = news.iter().filter(|event| event["type"].as_str().unwrap().contains(".member_"));
    assert_eq!(of_roles.map(|event| &event["type"]).collect::<Vec<_>>(), ["group.member_removed"]);
}

#[tokio::test]
async fn e3_10_a_resource_that_is_deleted_before_its_slice_comes_ends_what_was_told() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let (_, ids) = crowd(&site, "Crowd", 201).await;
    resource(&admin, "web").await;
    let mapping = map(&site.service, "Crowd", ResourceRole::Write).await;
    retell(&site.service).await;
    let id = admin.get("/organizations/acme/resources/web").await.body()["id"].clone();
    site.service.remove_mapping(&mapping).await.unwrap();
    assert_eq!(admin.delete("/organizations/acme/resources/web").await.status, 204);
    retell(&site.service).await;
    let open = site
        .database()
        .read(|tx| {
            let sql = "SELECT COUNT(*) FROM resource_role_history WHERE until IS NULL";
            tx.first(sql, &[], |row| row.integer(0))
        })
        .await
        .unwrap();
    assert_eq!(open, Some(0));
    let now = site.service.clock().now();
    let past = site.service.explain_resource_at(&ids[9], "acme", id.as_str().unwrap(), now).await.unwrap();
    assert_eq!(past.role, None);
}

/// The step that asks for what is there to be written down.
fn left_by_the_migration() -> &'static str {
    let file = include_str!("../../../store/migrations/0021_resource_history.sql");
    let from = file.find("INSERT INTO resource_retells").unwrap();
    file[from..].split(';').next().unwrap()
}

#[tokio::test]
async fn e3_10_what_was_given_on_resources_before_their_history_is_known_from_now_on() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let (ada, web) = (site.user("ada").await, site.group("Web").await);
    resource(&admin, "web").await;
    map(&site.service, "Web", ResourceRole::Write).await;
    members(&site, &web, "add", &[&ada]).await;
    resource(&admin, "nobodys").await;
    // As the migration leaves a database that was filled before there was a history.
    let left = site
        .database()
        .write(|tx| {
            tx.execute("DELETE FROM resource_role_history", &[])?;
            tx.execute("DELETE FROM fact_history", &[])?;
            tx.execute(left_by_the_migration(), &[])
        })
        .await
        .unwrap();
    assert_eq!(left, 1, "nothing is given on the other resource");
    let mut reader = Reader::begin(&site).await;
    retell(&site.service).await;
    assert_eq!(reader.news().await, [] as [Value; 0]);
    let now = site.service.clock().now();
    let past = site.service.explain_resource_at("ada", "acme", "web", now).await.unwrap();
    assert_eq!((past.role, past.brought_by.clone()), (Some(ResourceRole::Write), None));
    assert!(past.to_string().contains("before the history begins"), "{past}");
    // A fact that has never changed is what it is; one that changes says what it was.
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    visible(&admin, "public").await;
    let past = site.service.explain_resource_at("ada", "acme", "web", now).await.unwrap();
    assert_eq!(past.sources.len(), 1, "{past}");
}
