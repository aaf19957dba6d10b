//! A directory as a file, out of one instance and into another, over HTTP.

use std::time::Duration;

use enroll_api::HttpConfig;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::admin::Caller;
use crate::site::{Reply, Site, patch, reply, user};

/// A directory with something of everything.
async fn furnished() -> Site {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let mut ada = user("Ada@example.com");
    ada["externalId"] = json!("7");
    ada["name"] = json!({"givenName": "Ada", "familyName": "Løve"});
    ada["emails"] = json!([{"value": "ada@example.com", "type": "work", "primary": true}]);
    ada["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] = json!({"department": "Engines"});
    ada["schemas"] = json!([
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    ]);
    let ada = site.send("POST", "/scim/v2/Users", &ada).await.body()["id"].as_str().unwrap().to_owned();
    let bob = site.user("bob").await;
    let gone = json!([{"op": "replace", "path": "active", "value": false}]);
    site.send("PATCH", &format!("/scim/v2/Users/{bob}"), &patch(&gone)).await;
    let (web, inner) = (site.group("Web").await, site.group("Inner").await);
    for (group, members) in
        [(&web, json!([{"value": ada}, {"value": inner}])), (&inner, json!([{"value": bob}]))]
    {
        let add = patch(&json!([{"op": "add", "path": "members", "value": members}]));
        assert_eq!(site.send("PATCH", &format!("/scim/v2/Groups/{group}"), &add).await.status, 204);
    }
    for (method, path, body) in [
        ("PATCH", "/organizations/acme", json!({"displayName": "Acme Ltd", "description": "Engines"})),
        ("POST", "/organizations/acme/resources", json!({"name": "site", "visibility": "public"})),
        ("POST", "/organizations", json!({"name": "ours", "directories": ["default"]})),
        ("POST", "/mappings", json!({"group": "Web", "organization": "acme", "role": "writer"})),
        ("POST", "/mappings", json!({"group": "Later", "organization": "ours", "paused": true})),
        (
            "POST",
            "/mappings",
            json!({"group": "Inner", "organization": "acme", "resource": "site", "role": "write"}),
        ),
        ("PUT", "/organizations/acme/grants/bob", json!({"role": "owner"})),
        ("PUT", "/organizations/acme/resources/site/grants/bob", json!({"role": "admin"})),
        ("PATCH", "/directories/default", json!({"defaultEnrollment": {"organization": "acme"}})),
        ("POST", "/directories", json!({"name": "other"})),
        ("POST", "/organizations", json!({"name": "theirs", "directories": ["other"]})),
    ] {
        let done = admin.send(method, path, &body).await;
        assert!(done.status.is_success(), "{path}: {}", done.text);
    }
    site
}

pub(crate) async fn export(site: &Site) -> Vec<Value> {
    let answer = Caller::admin(site).await.get("/directories/default/export").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/jsonl"));
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) async fn import(site: &Site, query: &str, body: impl Into<reqwest::Body>) -> Reply {
    let admin = Caller::admin(site).await;
    let request = site.bare("POST", &format!("/api/v1/directories/default/import{query}"));
    reply(request.bearer_auth(&admin.token).header("content-type", "application/jsonl").body(body)).await
}

pub(crate) fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// What came of the lines: how many of each outcome.
pub(crate) fn outcomes(answer: &Reply) -> Vec<(String, usize)> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.body();
    let all = body["lines"].as_array().unwrap();
    ["made", "changed", "same", "refused"]
        .into_iter()
        .map(|word| (word.to_owned(), all.iter().filter(|line| line["outcome"] == word).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// The lines in an order that says nothing of when things were made.
fn sorted(lines: &[Value]) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines[0].as_object_mut().unwrap().remove("exported");
    let mut texts: Vec<_> = lines.iter().map(Value::to_string).collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn an_export_is_whole_and_has_no_secret() {
    let site = furnished().await;
    let lines = export(&site).await;
    assert_eq!((&lines[0]["type"], &lines[0]["version"]), (&json!("enroll-export"), &json!(1)));
    let counts = json!({"organizations": 2, "resources": 1, "users": 2, "groups": 2, "mappings": 3});
    assert_eq!(lines[0]["counts"], counts, "an organization of another directory is not told of");
    assert_eq!(lines.last().unwrap(), &json!({"type": "end", "lines": lines.len() - 1}));
    let all = text(&lines);
    assert!(!all.contains("theirs") && !all.contains("enr_") && !all.contains("hash"), "{all}");
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).cloned().collect::<Vec<_>>();
    let people = of("user");
    let ada = people.iter().find(|line| line["resource"]["userName"] == "Ada@example.com").unwrap();
    assert_eq!(ada["resource"]["name"]["familyName"], "Løve");
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(ada["resource"][enterprise]["department"], "Engines");
    let members = of("members");
    let web = members.iter().find(|line| line["group"] == "Web").unwrap();
    assert_eq!((&web["users"], &web["groups"]), (&json!(["Ada@example.com"]), &json!(["Inner"])));
    assert_eq!(of("grant").len(), 2);
    assert!(of("mapping").contains(&json!({
        "type": "mapping", "group": "Inner", "organization": "acme", "resource": "repository:site", "role": "write"
    })));
    Caller::admin(&site).await.get("/directories/none/export").await.problem(404);
}

#[tokio::test]
async fn what_was_exported_is_imported_and_means_the_same_and_again_changes_nothing() {
    let site = furnished().await;
    let lines = export(&site).await;
    let fresh = Site::start().await;
    let (file, objects) = (text(&lines), lines.len() - 2);
    let tried = import(&fresh, "?dryRun=true", file.clone()).await;
    // `acme` is in each site.
    assert_eq!(
        outcomes(&tried),
        [("made".to_owned(), objects - 3), ("changed".to_owned(), 3)],
        "{}",
        tried.text
    );
    let before = fresh.service.verify_audit(None).await.unwrap().entries;
    assert_eq!(fresh.get("/scim/v2/Users").await.body()["totalResults"], 0, "it was tried only");

    let made = import(&fresh, "", file.clone()).await;
    assert_eq!(outcomes(&made), outcomes(&tried), "{}", made.text);
    assert_eq!(sorted(&export(&fresh).await), sorted(&lines));
    let told = fresh.service.verify_audit(None).await.unwrap();
    assert_eq!(told.broken, None);
    assert!(told.entries - before >= objects.try_into().unwrap(), "{} of {objects}", told.entries - before);

    for query in ["", "?dryRun=true"] {
        let again = import(&fresh, query, file.clone()).await;
        assert_eq!(outcomes(&again), [("same".to_owned(), objects)], "{}", again.text);
    }
    // Two tokens were made to ask with, and nothing else.
    assert_eq!(fresh.service.verify_audit(None).await.unwrap().entries, told.entries + 2);

    let admin = Caller::admin(&fresh).await;
    let check = admin.get("/check?user=ada@example.com&organization=acme").await.body();
    assert_eq!(check["role"], "writer");
    let bob = admin.get("/check?user=bob&organization=acme").await.body();
    assert_eq!(bob["allowed"], false, "he is deactivated here too");
    let ours = fresh.service.verify().await.unwrap();
    assert!(ours.findings.is_empty(), "{ours:?}");
}

#[tokio::test]
async fn an_import_finds_people_as_an_identity_provider_does() {
    let site = Site::start().await;
    let (ada, bob) = (site.user("ada").await, site.user("bob").await);
    let with_id = patch(&json!([{"op": "add", "path": "externalId", "value": "7"}]));
    site.send("PATCH", &format!("/scim/v2/Users/{ada}"), &with_id).await;
    let line = |resource: Value| format!("{}\n", json!({"type": "user", "resource": resource}));
    // The externalId is hers, whatever she is called now.
    let renamed = import(&site, "", line(json!({"userName": "lovelace", "externalId": "7"}))).await;
    assert_eq!(renamed.body()["lines"][0]["outcome"], "changed");
    assert_eq!(site.get(&format!("/scim/v2/Users/{ada}")).await.body()["userName"], "lovelace");
    // By userName, in any case.
    let found = import(&site, "", line(json!({"userName": "BOB", "displayName": "Bob"}))).await;
    assert_eq!(found.body()["lines"][0]["outcome"], "changed");
    assert_eq!(site.get(&format!("/scim/v2/Users/{bob}")).await.body()["displayName"], "Bob");
    // One of each is nobody.
    let torn = import(&site, "", line(json!({"userName": "bob", "externalId": "7"}))).await.body();
    assert_eq!(torn["lines"][0]["outcome"], "refused");
    assert!(torn["lines"][0]["detail"].as_str().unwrap().contains("lovelace"), "{torn}");
    assert_eq!(site.get("/scim/v2/Users").await.body()["totalResults"], 2);
}

#[tokio::test]
async fn one_line_that_is_refused_stops_no_other() {
    let site = Site::start().await;
    let lines = [
        json!({"type": "user", "resource": {"userName": "ada"}}),
        json!({"type": "user", "resource": {"userName": ""}}),
        json!({"type": "user", "resource": {"userName": "bob", "active": "perhaps"}}),
        json!({"type": "user", "resource": {"userName": "eve", "urn:example:unknown": {"a": 1}}}),
        json!({"type": "group", "resource": {"displayName": "Web"}}),
        json!({"type": "members", "group": "Web", "users": ["ada", "nobody"]}),
        json!({"type": "members", "group": "None", "users": ["ada"]}),
        json!({"type": "mapping", "group": "Web", "organization": "acme", "role": "owner"}),
        json!({"type": "mapping", "group": "Web", "organization": "none", "role": "member"}),
        json!({"type": "grant", "user": "nobody", "organization": "acme", "role": "owner"}),
        json!({"type": "organization", "name": "A B", "displayName": "x", "baseResourceRole": "read"}),
        json!({"type": "defaultEnrollment", "organization": "acme", "role": "admin"}),
    ];
    let answer = import(&site, "", text(&lines)).await.body();
    let all = answer["lines"].as_array().unwrap();
    let outcome = |number: u64| {
        let line = all.iter().find(|line| line["line"] == number).unwrap();
        (line["outcome"].as_str().unwrap(), line["detail"].as_str().unwrap_or_default())
    };
    for made in [1, 4, 5] {
        assert_eq!(outcome(made).0, "made", "{:?}", outcome(made));
    }
    assert!(outcome(4).1.contains("urn:example:unknown"), "what was left out is told: {:?}", outcome(4));
    for (number, said) in [
        (2, "userName"),
        (3, "active"),
        (6, "\"nobody\""),
        (7, "\"None\""),
        (8, "--allow-privileged"),
        (9, "\"none\""),
        (10, "\"nobody\""),
        (11, "name"),
        (12, "--allow-privileged"),
    ] {
        let (outcome, detail) = outcome(number);
        assert_eq!(outcome, "refused", "{number}: {detail}");
        assert!(detail.contains(said), "{number}: {detail}");
    }
    let web = site.get("/scim/v2/Groups?filter=displayName%20eq%20%22Web%22").await.body();
    assert_eq!(web["Resources"][0]["members"], json!([]), "a line is whole or nothing");
    let allowed = import(&site, "?allowPrivileged=true", text(&[lines[7].clone(), lines[11].clone()])).await;
    assert_eq!(outcomes(&allowed), [("made".to_owned(), 2)], "{}", allowed.text);
}

#[tokio::test]
async fn a_dry_run_refuses_the_mappings_and_enrollments_that_an_import_refuses() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "tool"})).await;
    admin.send("POST", "/directories", &json!({"name": "other"})).await;
    let kept = json!({"name": "kept", "directories": ["other"]});
    assert_eq!(admin.send("POST", "/organizations", &kept).await.status, 201);
    let lines = text(&[
        json!({"type": "mapping", "group": "Web", "organization": "acme", "resource": "tool", "role": "owner"}),
        json!({"type": "mapping", "group": "Web", "organization": "kept", "role": "writer"}),
        json!({"type": "defaultEnrollment", "organization": "kept", "role": "member"}),
        json!({"type": "mapping", "group": "Web", "organization": "acme", "role": "writer"}),
    ]);
    for query in ["?allowPrivileged=true&dryRun=true", "?allowPrivileged=true"] {
        let answer = import(&site, query, lines.clone()).await;
        let expected = [("made".to_owned(), 1), ("refused".to_owned(), 3)];
        assert_eq!(outcomes(&answer), expected, "{query}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_dry_run_refuses_the_organizations_resources_and_grants_that_an_import_refuses() {
    let site = Site::start().await;
    site.user("ada").await;
    let organization = |name: &str, display_name: &str, description: &str| {
        json!({
            "type": "organization", "name": name, "displayName": display_name, "description": description,
            "baseResourceRole": "read"
        })
    };
    let resource = |name: &str, kind: &str| json!({"type": "resource", "organization": "acme", "name": name, "kind": kind, "visibility": "private"});
    let lines = text(&[
        organization("good", "Good", ""),
        organization("blank", " ", ""),
        organization("wordy", "Wordy", &"a".repeat(351)),
        organization("ada", "The handle of a user", ""),
        organization("acme", "two\nlines", ""),
        organization("acme", "Acme", &"a".repeat(351)),
        resource("good", "tool"),
        resource("no name", "tool"),
        resource("bad", "two\nlines"),
        json!({"type": "grant", "user": "later", "organization": "acme", "role": "read"}),
    ]);
    for query in ["?dryRun=true", ""] {
        let answer = import(&site, query, lines.clone()).await;
        let expected = [("made".to_owned(), 2), ("refused".to_owned(), 8)];
        assert_eq!(outcomes(&answer), expected, "{query}: {}", answer.text);
    }
    let again = import(&site, "?dryRun=true", lines).await;
    assert_eq!(outcomes(&again), [("same".to_owned(), 2), ("refused".to_owned(), 8)], "{}", again.text);
}

#[tokio::test]
async fn an_export_whose_reader_keeps_the_database_waiting_breaks_off() {
    let config =
        HttpConfig { rate_limit: None, export_wait: Duration::from_millis(300), ..HttpConfig::default() };
    let site = Site::with(config).await;
    // More than what buffers on the way hold.
    let long = "x".repeat(9000);
    for slice in 0..20 {
        let line = |number| json!({"type": "user", "resource": {"userName": format!("u{slice}-{number}"), "title": long}});
        let lines: Vec<Value> = (0..100).map(line).collect();
        assert_eq!(outcomes(&import(&site, "", text(&lines)).await), [("made".to_owned(), 100)]);
    }
    let token = Caller::admin(&site).await.token;
    let mut reader = TcpStream::connect(site.address).await.unwrap();
    let request = format!(
        "GET /api/v1/directories/default/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    reader.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut read = Vec::new();
    let _ = reader.read_to_end(&mut read).await;
    let read = String::from_utf8_lossy(&read);
    assert!(read.starts_with("HTTP/1.1 200") && read.contains("enroll-export"), "it has begun");
    assert!(!read.contains("{\"type\":\"end\"") && !read.ends_with("\r\n0\r\n\r\n"), "it looks whole");
    let whole = export(&site).await;
    assert_eq!(whole.last().unwrap()["type"], "end", "who reads at once gets all of it");
}

#[tokio::test]
async fn lines_are_taken_by_either_name_of_their_type() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let line = r#"{"type":"user","resource":{"userName":"ada"}}"#;
    for media_type in ["application/jsonl", "application/x-ndjson"] {
        let request = site.bare("POST", "/api/v1/directories/default/import");
        let request = request.bearer_auth(&admin.token).header("content-type", media_type).body(line);
        assert_eq!(reply(request).await.status, 200, "{media_type}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_whole_with_the_line() {
    let site = Site::start().await;
    let good = r#"{"type":"user","resource":{"userName":"ada"}}"#;
    let offset = good.len() + 1;
    for (bad, said) in [
        (r#"{"type":"user","resource":{"userName":"#.as_bytes(), "JSON"),
        (br#"{"type":"person"}"#.as_slice(), "not known"),
        (b"{\"type\":\"user\",\"resource\":{\"userName\":\"\xff\"}}".as_slice(), "UTF-8"),
        (br#"{"type":"enroll-export","version":9}"#.as_slice(), "version 9"),
        (br#"{"type":"user","resource":{"userName":"a","USERNAME":"b"}}"#.as_slice(), "USERNAME"),
    ] {
        let body = [good.as_bytes(), b"\n", bad, b"\n"].concat();
        let detail = import(&site, "", body).await.problem(400);
        assert!(
            detail.starts_with(&format!("line 2 (offset {offset}): ")) && detail.contains(said),
            "{detail}"
        );
    }
    assert!(import(&site, "", "\n \n").await.problem(400).contains("empty"));
    assert!(import(&site, "?dryRun=perhaps", good).await.problem(400).contains("dryRun"));
    assert!(import(&site, "", format!("{good}\n").repeat(1001)).await.problem(413).contains("1000"));
    import(&site, "", "x".repeat(1024 * 1024 + 1)).await.problem(413);
    assert_eq!(site.get("/scim/v2/Users").await.body()["totalResults"], 0, "nothing of any was imported");
    Caller::admin(&site).await.send("POST", "/directories/default/pause", &json!({})).await;
    import(&site, "", good).await.problem(503);
}

#[tokio::test]
async fn what_a_line_does_not_name_stays_when_it_is_merged() {
    let site = Site::start().await;
    let mut ada = user("ada");
    ada["title"] = json!("Countess");
    ada["name"] = json!({"givenName": "Ada", "familyName": "Byron"});
    ada["emails"] = json!([
        {"value": "ada@home.example", "type": "home", "primary": true},
        {"value": "old@example.com", "type": "work"}
    ]);
    let id = site.send("POST", "/scim/v2/Users", &ada).await.body()["id"].as_str().unwrap().to_owned();
    let said = json!({
        "userName": "ada",
        "name": {"familyName": "Lovelace"},
        "emails": [{"value": "ada@example.com", "type": "work"}]
    });
    let line = format!("{}\n", json!({"type": "user", "merge": true, "resource": said}));
    for outcome in ["changed", "same"] {
        let answer = import(&site, "", line.clone()).await;
        assert_eq!(answer.body()["lines"][0]["outcome"], outcome, "{}", answer.text);
    }
    let now = site.get(&format!("/scim/v2/Users/{id}")).await.body();
    assert_eq!((&now["title"], &now["name"]["givenName"]), (&json!("Countess"), &json!("Ada")));
    assert_eq!(now["name"]["familyName"], "Lovelace");
    assert_eq!(now["emails"][0]["value"], "ada@home.example");
    assert_eq!(now["emails"][1]["value"], "ada@example.com");
}
