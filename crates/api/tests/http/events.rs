//! The feed of events (enrollment.md §6.2, §6.3).

use std::time::{Duration, Instant};

use enroll_domain::Scope;
use serde_json::{Value, json};

use crate::site::{Reply, Site, patch, reply};

/// A reader of the feed.
pub(crate) struct Reader<'a> {
    site: &'a Site,
    token: String,
    /// Behind which sequence to go on.
    pub(crate) after: i64,
}

impl<'a> Reader<'a> {
    /// Reads from the newest event on.
    pub(crate) async fn begin(site: &'a Site) -> Self {
        let token = site.api_token(Scope::Read).await;
        let mut reader = Self { site, token, after: 0 };
        reader.news().await;
        reader
    }

    pub(crate) async fn ask(&self, query: &str) -> Reply {
        reply(self.site.bare("GET", &format!("/api/v1/events{query}")).bearer_auth(&self.token)).await
    }

    /// What has happened since somebody last asked.
    pub(crate) async fn news(&mut self) -> Vec<Value> {
        let answer = self.ask(&format!("?after={}&limit=1000", self.after)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let body = answer.body();
        self.after = body["next"].as_i64().unwrap();
        body["events"].as_array().unwrap().clone()
    }
}

/// The types of events.
pub(crate) fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn e6_2_the_feed_has_each_change_in_order_and_without_gaps() {
    let site = Site::start().await;
    let mut reader = Reader::begin(&site).await;
    let before = reader.after;
    let id = site.user("ada").await;
    let off = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    let path = format!("/scim/v2/Users/{id}");
    assert!(site.send("PATCH", &path, &off).await.status.is_success());
    assert_eq!(site.send("POST", "/scim/v2/Users", &crate::site::user("ADA")).await.status, 409);
    site.group("Web").await;
    let news = reader.news().await;
    assert_eq!(types(&news), ["user.created", "user.deactivated", "group.created"]);
    let sequences: Vec<i64> = news.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
    assert_eq!(sequences, [before + 1, before + 2, before + 3], "what was refused leaves no gap");
    let directory = site.service.directory("default").await.unwrap().id.to_string();
    let event = &news[1];
    assert_eq!(event["subject"], json!({"type": "user", "id": id, "name": "ada"}));
    assert_eq!(event["actor"], json!({"type": "scim-token", "name": "okta"}));
    assert_eq!(event["directory"], json!(directory));
    assert_eq!(event["data"], json!({"active": {"old": true, "new": false}}));
    let ids: Vec<&Value> = news.iter().map(|event| &event["id"]).collect();
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
    let again = reader.ask(&format!("?after={before}&limit=1")).await.body();
    assert_eq!((&again["events"][0], &again["more"]), (&news[0], &json!(true)));
    let entries = site.service.audit_page(0, 1000).await.unwrap();
    let whole = reader.ask("").await.body()["events"].as_array().unwrap().clone();
    let told: Vec<i64> = whole.iter().map(|event| event["audit"].as_i64().unwrap()).collect();
    let made: Vec<i64> = entries.iter().map(|found| found.entry.sequence).collect();
    assert_eq!(told, made, "every audit entry has its event");
}

#[tokio::test]
async fn e6_2_the_feed_is_narrowed_by_type_and_directory() {
    let site = Site::start().await;
    let reader = Reader::begin(&site).await;
    site.user("ada").await;
    site.group("Web").await;
    site.service.create_directory("entra", &enroll_service::DirectorySettings::default()).await.unwrap();
    for (query, expected) in [
        ("type=user.*", vec!["user.created"]),
        ("type=group.created,user.created", vec!["user.created", "group.created"]),
        ("directory=default&type=user.*,directory.*", vec!["user.created"]),
        ("directory=entra", vec!["directory.created"]),
    ] {
        let body = reader.ask(&format!("?after={}&{query}", reader.after)).await.body();
        let events = body["events"].as_array().unwrap();
        assert_eq!(types(events), expected, "{query}");
        assert_eq!(body["next"], reader.after + 3, "the cursor passes what was not wanted");
    }
    for (query, status, part) in [
        ("?type=users.*", 400, "no event has the type"),
        ("?after=x", 400, "after is"),
        ("?after=-1", 400, "after is"),
        ("?after=99999", 410, "restored"),
        ("?directory=none", 404, "no directory"),
        ("?limit=x", 400, "limit"),
        ("?wait=x", 400, "wait"),
    ] {
        let detail = reader.ask(query).await.problem(status);
        assert!(detail.contains(part), "{query}: {detail}");
    }
}

#[tokio::test]
async fn e6_2_a_reader_that_waits_is_woken_by_a_commit_of_any_process() {
    let site = Site::start().await;
    let reader = Reader::begin(&site).await;
    let other = site.beside().await;
    for writer in [&site, &other] {
        let after = reader.ask("?after=newest").await.body()["next"].as_i64().unwrap();
        let query = format!("?after={after}&wait=20&type=user.*");
        let (answer, ()) = tokio::join!(reader.ask(&query), async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            writer.group(&format!("Group {after}")).await;
            writer.user(&format!("user{after}")).await;
        });
        assert_eq!(types(answer.body()["events"].as_array().unwrap()), ["user.created"]);
    }
    let begun = Instant::now();
    let none = reader.ask("?after=newest&wait=1").await.body();
    assert_eq!(none["events"], json!([]));
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_server_on_its_way_out_lets_no_reader_wait() {
    let mut site = Site::start().await;
    let token = site.api_token(Scope::Read).await;
    let request = site.bare("GET", "/api/v1/events?after=newest&wait=20").bearer_auth(&token);
    let waiting = tokio::spawn(reply(request));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    site.stop.take().unwrap().send(()).unwrap();
    assert_eq!(waiting.await.unwrap().body()["events"], json!([]));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn e5_2_the_feed_needs_the_scope_read() {
    let site = Site::start().await;
    let check = site.api_token(Scope::Check).await;
    let asked = reply(site.bare("GET", "/api/v1/events").bearer_auth(&check)).await;
    assert!(asked.problem(403).contains("read"));
    assert_eq!(reply(site.scim("GET", "/api/v1/events")).await.status, 401);
}
