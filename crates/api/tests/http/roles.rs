//! Events and history of roles: what follows from changes of users, groups, mappings and grants (enrollment.md §3.6, §3.10, §6.3).

use enroll_domain::Role;
use enroll_domain::audit::Actor;
use enroll_domain::privilege::AllowPrivileged;
use enroll_service::{
    Clock, MappingChange, MappingInfo, NewLocalUser, NewMapping, NewResource, Service, UserChange,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::events::{Reader, types};
use crate::site::{Site, patch, reply};

const ADDED: &str = "organization.member_added";
const CHANGED: &str = "organization.member_role_changed";
const REMOVED: &str = "organization.member_removed";

async fn map(service: &Service, group: &str, role: Role) -> MappingInfo {
    let new = NewMapping {
        directory: "default".to_owned(),
        group: group.to_owned(),
        organization: "acme".to_owned(),
        role: Some(role),
        allow_privileged: AllowPrivileged::Yes,
        paused: false,
    };
    service.add_mapping(&new).await.unwrap()
}

pub(crate) async fn members(site: &Site, group: &str, operation: &str, members: &[&String]) {
    let value: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    let change = patch(&json!([{"op": operation, "path": "members", "value": value}]));
    let answer = site.send("PATCH", &format!("/scim/v2/Groups/{group}"), &change).await;
    assert!(answer.status.is_success(), "{}", answer.text);
}

/// The events of roles alone: type, userName, old and new role.
fn told(news: &[Value]) -> Vec<(&str, &str, Option<&str>, Option<&str>)> {
    news.iter()
        .filter(|event| event["type"].as_str().unwrap().starts_with("organization.member_"))
        .map(|event| {
            let data = &event["data"];
            let role = |which: &str| data["role"][which].as_str();
            (
                event["type"].as_str().unwrap(),
                data["user"]["userName"].as_str().unwrap(),
                role("old"),
                role("new"),
            )
        })
        .collect()
}

pub(crate) async fn retell(service: &Service) {
    while service.retell().await.unwrap() {}
}

#[tokio::test]
async fn e6_3_a_role_that_comes_changes_and_goes_is_told_with_all_sources() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let (ada, web, all) = (site.user("ada").await, site.group("Web").await, site.group("All").await);
    let mut reader = Reader::begin(&site).await;
    let writers = map(&service, "Web", Role::Writer).await;
    map(&service, "All", Role::Member).await;
    assert_eq!(types(&reader.news().await), ["mapping.created", "mapping.created"]);

    members(&site, &all, "add", &[&web]).await;
    assert_eq!(types(&reader.news().await), ["group.member_added"], "nobody is in it");
    members(&site, &web, "add", &[&ada]).await;
    let news = reader.news().await;
    assert_eq!(types(&news), ["group.member_added", ADDED]);
    assert_eq!(told(&news), [(ADDED, "ada", None, Some("writer"))]);
    let event = &news[1];
    assert_eq!(event["audit"], news[0]["audit"], "it names the change that it follows from");
    assert_eq!((&event["actor"], &event["time"]), (&news[0]["actor"], &news[0]["time"]));
    assert_eq!(
        (&event["subject"]["type"], &event["subject"]["name"]),
        (&json!("organization"), &json!("acme"))
    );
    assert_eq!(event["data"]["user"], json!({"id": ada, "handle": "ada", "userName": "ada"}));
    let sources = event["data"]["sources"].as_array().unwrap();
    let paths: Vec<usize> = sources.iter().map(|source| source["path"].as_array().unwrap().len()).collect();
    assert_eq!((&sources[0]["mapping"], &sources[1]["role"]), (&json!(writers.id), &json!("member")));
    assert_eq!(paths, [1, 2], "through Web, and through Web in All");

    service.grant("acme", "ada", Role::Owner).await.unwrap();
    assert_eq!(told(&reader.news().await), [(CHANGED, "ada", Some("writer"), Some("owner"))]);
    let writer_to_admin = MappingChange {
        role: Some(Role::Admin.into()),
        allow_privileged: AllowPrivileged::Yes,
        ..MappingChange::default()
    };
    service.change_mapping(&writers.id.to_string(), &writer_to_admin).await.unwrap();
    assert_eq!(types(&reader.news().await), ["mapping.updated"], "the highest role is the same");
    service.forcing(true).revoke("acme", "ada").await.unwrap();
    assert_eq!(told(&reader.news().await), [(CHANGED, "ada", Some("owner"), Some("admin"))]);
    service.pause_mapping(&writers.id.to_string(), true).await.unwrap();
    assert_eq!(told(&reader.news().await), [(CHANGED, "ada", Some("admin"), Some("member"))]);

    let path = format!("/scim/v2/Users/{ada}");
    let active = |value: bool| patch(&json!([{"op": "replace", "path": "active", "value": value}]));
    site.send("PATCH", &path, &active(false)).await;
    let news = reader.news().await;
    assert_eq!(
        (types(&news), told(&news)),
        (vec!["user.deactivated", REMOVED], vec![(REMOVED, "ada", Some("member"), None)],)
    );
    assert_eq!(news[1]["data"]["sources"].as_array().unwrap().len(), 1, "kept, and not in force");
    site.send("PATCH", &path, &active(true)).await;
    assert_eq!(told(&reader.news().await), [(ADDED, "ada", None, Some("member"))]);
    let rename = patch(&json!([{"op": "replace", "path": "displayName", "value": "Everybody"}]));
    site.send("PATCH", &format!("/scim/v2/Groups/{all}"), &rename).await;
    assert_eq!(types(&reader.news().await), ["group.renamed", "mapping.renamed"]);
    members(&site, &all, "remove", &[&web]).await;
    assert_eq!(told(&reader.news().await), [(REMOVED, "ada", Some("member"), None)]);
    members(&site, &all, "add", &[&ada]).await;
    assert_eq!(told(&reader.news().await), [(ADDED, "ada", None, Some("member"))]);
    assert_eq!(reply(site.scim("DELETE", &format!("/scim/v2/Groups/{all}"))).await.status, 204);
    let news = reader.news().await;
    assert_eq!(types(&news), ["group.deleted", "mapping.lost", REMOVED]);
    service.pause_mapping(&writers.id.to_string(), false).await.unwrap();
    assert_eq!(told(&reader.news().await), [(ADDED, "ada", None, Some("admin"))]);
    assert_eq!(reply(site.scim("DELETE", &path)).await.status, 204);
    let news = reader.news().await;
    assert_eq!(types(&news), ["user.deleted", REMOVED]);
    assert_eq!(news[1]["data"]["user"]["userName"], "ada");
    assert!(!service.has_retells().unwrap());
}

#[tokio::test]
async fn e3_7_a_mapping_that_finds_its_group_and_one_that_is_pointed_elsewhere_are_told() {
    let site = Site::start().await;
    let (ada, bob) = (site.user("ada").await, site.user("bob").await);
    let waiting = map(&site.service, "Web", Role::Member).await;
    let other = site.group("Ops").await;
    members(&site, &other, "add", &[&bob]).await;
    let mut reader = Reader::begin(&site).await;
    let mut made = crate::site::group("web");
    made["members"] = json!([{"value": ada}]);
    assert_eq!(site.send("POST", "/scim/v2/Groups", &made).await.status, 201);
    let news = reader.news().await;
    assert_eq!(types(&news), ["group.created", "mapping.bound", ADDED]);
    site.service.rebind_mapping(&waiting.id.to_string(), Some("Ops")).await.unwrap();
    let news = reader.news().await;
    let mut moved = told(&news);
    moved.sort_unstable();
    assert_eq!(moved, [(ADDED, "bob", None, Some("member")), (REMOVED, "ada", Some("member"), None)]);
    site.service.remove_mapping(&waiting.id.to_string()).await.unwrap();
    assert_eq!(types(&reader.news().await), ["mapping.removed", REMOVED]);
}

/// A group of so many new users.
pub(crate) async fn crowd(site: &Site, name: &str, size: usize) -> (String, Vec<String>) {
    let group = site.group(name).await;
    let mut ids = Vec::new();
    for number in 0..size {
        ids.push(site.user(&format!("{name}{number:04}")).await);
    }
    members(site, &group, "add", &ids.iter().collect::<Vec<_>>()).await;
    (group, ids)
}

#[tokio::test]
async fn e3_6_what_concerns_very_many_is_told_in_slices_and_access_does_not_wait() {
    let site = Site::start().await;
    let (group, ids) = crowd(&site, "Crowd", 450).await;
    let mut reader = Reader::begin(&site).await;
    let mapping = map(&site.service, "Crowd", Role::Member).await;
    assert_eq!(types(&reader.news().await), ["mapping.created"]);
    assert!(site.service.check(&ids[449], "acme").await.unwrap().allowed, "access never lags");
    assert!(site.service.has_retells().unwrap());
    assert!(site.service.retell().await.unwrap());
    let first = reader.news().await;
    assert_eq!(told(&first).len(), 200, "one slice");

    // Whoever goes on, goes on behind the slice; a change in between is told once, with its own cause.
    let beside = site.beside().await;
    members(&site, &group, "remove", &[&ids[0], &ids[449]]).await;
    let news = reader.news().await;
    assert_eq!(told(&news), [(REMOVED, "Crowd0000", Some("member"), None)], "of the other nothing was told");
    retell(&beside.service).await;
    let rest = reader.news().await;
    assert_eq!(told(&rest).len(), 249);
    let (mapped, last) = (&first[0]["audit"], &rest[248]);
    assert_eq!(
        (&last["audit"], &last["time"], &last["actor"]),
        (mapped, &first[0]["time"], &first[0]["actor"])
    );
    let mut names: Vec<&str> =
        told(&first).into_iter().chain(told(&rest)).map(|(_, name, ..)| name).collect();
    names.dedup();
    assert_eq!(names.len(), 449, "each once");

    site.service.remove_mapping(&mapping.id.to_string()).await.unwrap();
    assert!(!site.service.check(&ids[1], "acme").await.unwrap().allowed, "access never lags");
    retell(&site.service).await;
    let news = reader.news().await;
    assert!(told(&news).iter().all(|(of, ..)| *of == REMOVED));
    assert_eq!(told(&news).len(), 448);
    let map_again = map(&site.service, "Crowd", Role::Writer).await;
    retell(&site.service).await;
    assert_eq!(told(&reader.news().await).len(), 448);
    assert_eq!(reply(site.scim("DELETE", &format!("/scim/v2/Groups/{group}"))).await.status, 204);
    retell(&site.service).await;
    let news = reader.news().await;
    assert_eq!((told(&news).len(), told(&news)[7].0), (448, REMOVED), "{}", map_again.id);
    assert!(!site.service.retell().await.unwrap(), "and then there is nothing to do");
}

pub(crate) fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[tokio::test]
async fn e3_10_explain_says_what_was_at_an_earlier_time_and_what_brought_it() {
    let clock = Clock::manual(at("2026-03-01T00:00:00Z"));
    let day = 86_400_000;
    let config = enroll_api::HttpConfig { rate_limit: None, ..enroll_api::HttpConfig::default() };
    let site = Site::at(clock.clone(), config).await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let (ada, web) = (site.user("ada").await, site.group("Web").await);
    map(&service, "Web", Role::Writer).await;
    clock.advance(day);
    members(&site, &web, "add", &[&ada]).await;
    clock.advance(day);
    service.grant("acme", "ada", Role::Owner).await.unwrap();
    clock.advance(day);
    assert_eq!(reply(site.scim("DELETE", &format!("/scim/v2/Users/{ada}"))).await.status, 204);
    clock.advance(day);

    let past = async |time: &str| service.explain_at(&ada, "acme", at(time)).await;
    let none = past("2026-03-01T12:00:00Z").await.unwrap();
    assert_eq!((none.role, none.since, none.brought_by), (None, None, None));
    let writer = past("2026-03-02T12:00:00Z").await.unwrap();
    let cause = writer.brought_by.clone().unwrap();
    assert_eq!((writer.role, writer.since), (Some(Role::Writer), Some(at("2026-03-02T00:00:00Z"))));
    assert_eq!((cause.action.as_str(), cause.actor.as_str()), ("group.member_added", "okta"));
    assert_eq!(writer.sources.len(), 1);
    assert_eq!(writer.ended_by.clone().unwrap().action, "grant.added");
    let text = writer.to_string();
    assert!(text.contains("was writer of acme") && text.contains("through the group \"Web\""), "{text}");
    let owner = past("2026-03-03T00:00:00Z").await.unwrap();
    assert_eq!((owner.role, owner.sources.len()), (Some(Role::Owner), 2));
    assert_eq!(owner.brought_by.unwrap().actor, "grace");
    let gone = past("2026-03-04T00:00:00Z").await.unwrap();
    assert_eq!((gone.role, gone.since), (None, Some(at("2026-03-04T00:00:00Z"))));
    assert_eq!(gone.brought_by.unwrap().action, "user.deleted");
    let early = past("2026-02-28T00:00:00Z").await.unwrap_err();
    assert!(early.to_string().contains("history of roles begins"));
    assert!(past("2026-04-01T00:00:00Z").await.unwrap_err().to_string().contains("has not come yet"));

    let token = site.api_token(enroll_domain::Scope::Read).await;
    let ask = async |time: &str| {
        let path = format!("/api/v1/explain?user={ada}&organization=acme&at={time}");
        reply(site.bare("GET", &path).bearer_auth(&token)).await
    };
    let answer = ask("2026-03-02").await.body();
    assert_eq!((&answer["role"], &answer["at"]), (&json!("writer"), &json!("2026-03-02T00:00:00Z")));
    assert_eq!(answer["broughtBy"]["action"], "group.member_added");
    assert!(ask("yesterday").await.problem(400).contains("at is a date"));
    ask("2026-02-28").await.problem(400);
}

#[tokio::test]
async fn e3_10_each_grant_names_the_request_that_brought_it() {
    let site = Site::start().await;
    let (ada, web) = (site.user("ada").await, site.group("Web").await);
    map(&site.service, "Web", Role::Writer).await;
    let explain = async || {
        let token = site.api_token(enroll_domain::Scope::Read).await;
        reply(site.bare("GET", "/api/v1/explain?user=ada&organization=acme").bearer_auth(&token)).await.body()
    };
    assert_eq!(explain().await["sources"], json!([]));
    let add = json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]);
    let path = format!("/scim/v2/Groups/{web}");
    let added = site.send("PATCH", &path, &patch(&add)).await;
    let request = added.header("x-request-id").unwrap().to_owned();
    // Other grants come and go, the group gets another name, the user is away for a while: it is the same grant.
    site.service.grant("acme", &ada, Role::Owner).await.unwrap();
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Web team"}]);
    site.send("PATCH", &path, &patch(&rename)).await;
    for active in [false, true] {
        let change = json!([{"op": "replace", "path": "active", "value": active}]);
        site.send("PATCH", &format!("/scim/v2/Users/{ada}"), &patch(&change)).await;
    }
    let told = explain().await;
    let sources = told["sources"].as_array().unwrap();
    let (direct, group) = (&sources[0], &sources[1]);
    assert_eq!((&direct["kind"], &direct["broughtBy"]["action"]), (&json!("direct"), &json!("grant.added")));
    let brought = &group["broughtBy"];
    assert_eq!((&group["kind"], &brought["action"]), (&json!("group"), &json!("group.member_added")));
    assert_eq!(brought["requestId"], json!(request));
    assert_eq!(group["since"], brought["time"]);
    // Gone and come back is another grant.
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{ada}\"]")}]);
    site.send("PATCH", &path, &patch(&remove)).await;
    let again = site.send("PATCH", &path, &patch(&add)).await;
    let request = again.header("x-request-id").unwrap().to_owned();
    assert_eq!(explain().await["sources"][1]["broughtBy"]["requestId"], json!(request));
    // What the organization gives on its resources is brought by the same.
    let new = NewResource { name: "tool".to_owned(), ..NewResource::default() };
    site.service.create_resource("acme", &new).await.unwrap();
    let on_tool = site.service.explain_resource("ada", "acme", "tool").await.unwrap();
    assert_eq!(on_tool.sources[1].brought_by.as_ref().unwrap().request_id, Some(request));
}

#[tokio::test]
async fn e3_10_a_history_that_is_being_written_says_so() {
    let site = Site::start().await;
    let (_, ids) = crowd(&site, "Crowd", 201).await;
    map(&site.service, "Crowd", Role::Member).await;
    let now = site.service.clock().now();
    let past = site.service.explain_at(&ids[200], "acme", now).await.unwrap();
    assert!(past.incomplete_since.is_some() && past.to_string().contains("ask again"), "{past}");
    retell(&site.service).await;
    let past = site.service.explain_at(&ids[200], "acme", now).await.unwrap();
    assert_eq!((past.role, past.incomplete_since), (Some(Role::Member), None));
}

#[tokio::test]
async fn e3_10_roles_from_before_the_history_are_written_down_without_events() {
    let site = Site::start().await;
    let (ada, web) = (site.user("ada").await, site.group("Web").await);
    map(&site.service, "Web", Role::Writer).await;
    members(&site, &web, "add", &[&ada]).await;
    // As the migration leaves a database that was filled before there was a history.
    site.database()
        .write(|tx| {
            tx.execute("DELETE FROM role_history", &[])?;
            tx.execute(
                "INSERT INTO retells (audit, organization_id, recorded, after_user) SELECT 0, id, 0, '' FROM organizations",
                &[],
            )
        })
        .await
        .unwrap();
    let mut reader = Reader::begin(&site).await;
    retell(&site.service).await;
    assert_eq!(reader.news().await, [] as [Value; 0]);
    let now = site.service.clock().now();
    let past = site.service.explain_at("ada", "acme", now).await.unwrap();
    assert_eq!((past.role, past.brought_by.clone()), (Some(Role::Writer), None));
    assert!(past.to_string().contains("before the history begins"), "{past}");
    members(&site, &web, "remove", &[&ada]).await;
    assert_eq!(told(&reader.news().await), [(REMOVED, "ada", Some("writer"), None)]);
}

#[tokio::test]
async fn e6_3_roles_outside_directories_and_changes_by_an_administrator_are_told() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let mut reader = Reader::begin(&site).await;
    let bot = NewLocalUser { name: "robot".to_owned(), email: None };
    service.create_bot(&bot).await.unwrap();
    service.grant("acme", "robot", Role::Writer).await.unwrap();
    let news = reader.news().await;
    assert_eq!(types(&news), ["user.created", "grant.added", ADDED]);
    assert!(news.iter().all(|event| event.get("directory").is_none()), "{news:#?}");
    service.delete_bot("robot").await.unwrap();
    let news = reader.news().await;
    assert_eq!(told(&news), [(REMOVED, "robot", Some("writer"), None)]);
    assert!(news.iter().all(|event| event.get("directory").is_none()), "{news:#?}");

    let (ada, web) = (site.user("ada").await, site.group("Web").await);
    map(&service, "Web", Role::Member).await;
    members(&site, &web, "add", &[&ada]).await;
    assert_eq!(told(&reader.news().await), [(ADDED, "ada", None, Some("member"))]);
    let active = |active| UserChange { active: Some(active), handle: None };
    service.change_user("ada", &active(false), None).await.unwrap();
    assert_eq!(told(&reader.news().await), [(REMOVED, "ada", Some("member"), None)]);
    service.change_user("ada", &active(true), None).await.unwrap();
    assert_eq!(told(&reader.news().await), [(ADDED, "ada", None, Some("member"))]);
    service.delete_user("ada", None).await.unwrap();
    let news = reader.news().await;
    assert_eq!(types(&news), ["user.deleted", REMOVED]);
    assert_eq!(told(&news), [(REMOVED, "ada", Some("member"), None)]);
}
