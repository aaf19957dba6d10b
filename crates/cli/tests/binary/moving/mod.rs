//! R28: a store goes from the embedded database to PostgreSQL and back, and serves on each as before. R27 on PostgreSQL.

mod broken_trail;
mod killed;

use std::path::Path;
use std::time::{Duration, Instant};

use enroll_service::{Clock, SessionDetails};
use enroll_store::Options;
use enroll_testdb::TestDatabase;
use enroll_testkit::{Connection, Response, open_service, service_options, wire};
use rusqlite::Connection as Sqlite;
use serde_json::{Value, json};

use crate::load::{Load, seed, told, variable};
use crate::support::{Process, command, enroll, enroll_ok, free_address};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What the binary says on a database on a server.
fn on_postgres(folder: &Path, url: &str, arguments: &[&str]) -> std::process::Output {
    command(folder, free_address()).env("ENROLL_DATABASE_URL", url).args(arguments).output().unwrap()
}

fn on_postgres_ok(folder: &Path, url: &str, arguments: &[&str]) -> String {
    let output = on_postgres(folder, url, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

async fn serve_on_postgres(folder: &Path, url: &str) -> Process {
    let address = free_address();
    let mut server = command(folder, address);
    server.arg("serve").env("ENROLL_DATABASE_URL", url).stdout(std::process::Stdio::null());
    Process::spawn(folder, address, &mut server).await.unwrap()
}

async fn get(server: &Process, path: &str, token: &str) -> Response {
    let mut connection = Connection::open(server.address).await.unwrap();
    connection.send(&wire::request("GET", path, token, "")).await.unwrap()
}

async fn whoami(server: &Process, cookie: &str) -> u16 {
    let request = format!("GET /api/v1/me HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n", server.address);
    Connection::open(server.address).await.unwrap().send(request.as_bytes()).await.unwrap().status
}

/// Every row of every table of a file.
fn rows(file: &Path) -> Vec<String> {
    let connection = Sqlite::open(file).unwrap();
    let list = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let values = (0..columns).map(|column| match row.get_ref(column).unwrap() {
                rusqlite::types::ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
                other => format!("{other:?}"),
            });
            found.push(values.collect::<Vec<_>>().join("|"));
        }
        found.sort_unstable();
        found
    };
    let tables = list("SELECT name FROM sqlite_schema WHERE type = 'table'");
    tables
        .iter()
        .flat_map(|table| {
            list(&format!("SELECT * FROM \"{table}\"")).into_iter().map(move |row| format!("{table}: {row}"))
        })
        .collect()
}

/// Users as an identity provider writes them, in one request.
async fn create_users(connection: &mut Connection, token: &str, numbers: std::ops::Range<usize>) {
    let operations: Vec<Value> = numbers
        .map(|number| {
            json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": format!("user.{number}@example.com"),
                "externalId": format!("00u{number:017}"),
                "displayName": format!("Ada Lovelace {number}"),
                "emails": [{"value": format!("user.{number}@example.com"), "type": "work", "primary": true}],
            }})
        })
        .collect();
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
    let answer =
        connection.send(&wire::request("POST", "/scim/v2/Bulk", token, &body.to_string())).await.unwrap();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

/// Opens a session as a sign-in does, and gives its cookie.
async fn session(folder: &Path, server: &Process, user: &str) -> String {
    let store = Options { check: false, ..Options::new(folder.join("enroll.db")) };
    let options = service_options(&format!("http://{}", server.address), Clock::system());
    let service = open_service(store, options).await;
    let user = service.user(user).await.unwrap();
    let directories = service.directories().await.unwrap();
    let directory = directories.iter().find(|directory| directory.name == "default").unwrap().id;
    let session = service.open_session(user.id, directory, SessionDetails::default()).await.unwrap();
    let cookie = format!("enroll_session={}", session.reveal());
    service.close().await;
    cookie
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r28_a_store_that_was_moved_serves_on_as_before_and_comes_back() {
    let (folder, back, database) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), TestDatabase::empty());
    let url = database.url();
    let (here, there) =
        (format!("sqlite:{}", folder.path().display()), format!("sqlite:{}", back.path().display()));
    let (server, _) = Process::start(folder.path(), free_address()).await;
    let token = server.enroll_ok(&["token", "create", "--label", "okta", "--print"]);
    let api_token =
        server.enroll_ok(&["api-token", "create", "--label", "admin", "--scope", "admin", "--print"]);
    let scim = format!("http://{}/scim/v2", server.address);
    server.enroll_ok(&["org", "create", "acme"]);
    server.enroll_ok(&[
        "simulate", "okta", "--url", &scim, "--token", &token, "--users", "30", "--groups", "4",
    ]);
    let users = get(&server, "/scim/v2/Users?count=1000", &token).await;
    let name = users.json()["Resources"][0]["userName"].as_str().unwrap().to_owned();
    let id = users.json()["Resources"][0]["id"].as_str().unwrap().to_owned();
    let cookie = session(folder.path(), &server, &name).await;
    assert_eq!(whoami(&server, &cookie).await, 200);
    let groups = get(&server, "/scim/v2/Groups?count=1000", &token).await;
    let one = get(&server, &format!("/scim/v2/Users/{id}"), &token).await;
    // In use: refused, and nothing is made.
    let refused = enroll(folder.path(), free_address(), &["move", "--from", &here, "--to", &url]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && said.contains("stop all servers"), "{said}");
    assert_eq!(server.terminate(), Some(0));
    let before = rows(&folder.path().join("enroll.db"));
    let run = |arguments: &[&str]| json_of(&enroll_ok(back.path(), free_address(), arguments));
    let moved = run(&["move", "--json", "--from", &here, "--to", &url]);
    assert_eq!(
        (&moved["rows"]["users"], &moved["verify"]["findings"]),
        (&users.json()["totalResults"], &json!([]))
    );
    assert_eq!(rows(&folder.path().join("enroll.db")), before, "the source is as it was");

    // Back again, before anything is written: the same rows in another file.
    run(&["move", "--json", "--from", &url, "--to", &there]);
    assert_eq!(rows(&back.path().join("enroll.db")), before);
    let again = enroll(back.path(), free_address(), &["move", "--from", &url, "--to", &there]);
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(again.status.code() == Some(1) && said.contains("is not empty"), "{said}");

    // On PostgreSQL: the same answers with the same ETags, tokens and sessions.
    let server = serve_on_postgres(folder.path(), &url).await;
    let public = |response: &Response| {
        let text = String::from_utf8_lossy(&response.body).into_owned();
        text.split("/scim/v2/")
            .map(|part| part.rsplit_once("http://").map_or(part, |(start, _)| start).to_owned())
            .collect::<String>()
    };
    assert_eq!(public(&get(&server, "/scim/v2/Users?count=1000", &token).await), public(&users));
    assert_eq!(public(&get(&server, "/scim/v2/Groups?count=1000", &token).await), public(&groups));
    let same = get(&server, &format!("/scim/v2/Users/{id}"), &token).await;
    assert_eq!(
        (same.header("etag"), same.json()["meta"]["version"].clone()),
        (one.header("etag"), one.json()["meta"]["version"].clone())
    );
    assert_eq!(whoami(&server, &cookie).await, 200);
    on_postgres_ok(folder.path(), &url, &["audit", "verify"]);
    // The feed of events goes on at the next number.
    let last = get(&server, "/api/v1/events?after=0&limit=1000", &api_token).await.json()["events"].clone();
    let last = last.as_array().unwrap().last().unwrap()["sequence"].as_i64().unwrap();
    on_postgres_ok(folder.path(), &url, &["org", "create", "beta"]);
    let next = get(&server, &format!("/api/v1/events?after={last}"), &api_token).await.json();
    assert_eq!(next["events"][0]["sequence"], last + 1, "{next}");
    assert_eq!(next["events"][0]["type"], "organization.created");
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r28_a_server_refuses_a_database_that_was_not_filled_to_its_end() {
    let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::empty());
    enroll_ok(folder.path(), free_address(), &["org", "create", "acme"]);
    let (from, url) = (format!("sqlite:{}", folder.path().display()), database.url());
    enroll_ok(folder.path(), free_address(), &["move", "--from", &from, "--to", &url]);
    // As a move leaves it that is killed before its last transaction.
    database.run(
        "INSERT INTO schema_migrations VALUES (9223372036854775807, 'being filled from another database', 0)",
    );
    for arguments in [&["serve"][..], &["org", "list"], &["migrate"]] {
        let output = on_postgres(folder.path(), &url, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(4) && said.contains("begins anew"), "{arguments:?}: {said}");
    }
    enroll_ok(folder.path(), free_address(), &["move", "--from", &from, "--to", &url]);
    assert!(on_postgres_ok(folder.path(), &url, &["org", "list"]).contains("acme"));
}

#[test]
fn a_place_that_is_none_and_one_place_twice_are_refused_without_a_password() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to, expected) in [
        ("/tmp", "sqlite:x", "sqlite:FOLDER"),
        ("sqlite:a", "sqlite:a", "name another target"),
        ("sqlite:a", "postgres://u:secret@127.0.0.1:9/x?sslmode=prefer", "sslmode"),
        ("sqlite:nowhere", "postgres://u:secret@127.0.0.1:9/x", "there is no database"),
    ] {
        let output = enroll(folder.path(), free_address(), &["move", "--from", from, "--to", to]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(expected) && !said.contains("secret"), "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r27_a_backup_of_postgresql_under_load_is_restored_into_both_engines() {
    let seed = seed();
    let (folder, files, database) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), TestDatabase::empty());
    let url = database.url();
    let server = serve_on_postgres(folder.path(), &url).await;
    let load = Load::prepare_with(&server, |arguments| on_postgres_ok(folder.path(), &url, arguments)).await;
    let writers = load.start("load");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let file = files.path().join("a.backup");
    let name = file.to_str().unwrap();
    let manifest = tokio::task::block_in_place(|| {
        json_of(&on_postgres_ok(folder.path(), &url, &["backup", name, "--json"]))
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.kill();
    for writer in writers {
        writer.await.unwrap();
    }
    let trail = on_postgres_ok(folder.path(), &url, &["audit", "export"]);
    let trail: Vec<&str> = trail.lines().collect();
    let sequence = usize::try_from(manifest["audit"]["sequence"].as_u64().unwrap()).unwrap();
    assert!(sequence < trail.len(), "seed {seed}: the writers went on");
    enroll_ok(files.path(), free_address(), &["backup", "--verify", name]);
    let (elsewhere, other) = (tempfile::tempdir().unwrap(), TestDatabase::empty());
    let there = other.url();
    let data = elsewhere.path().join("data");
    std::fs::create_dir(&data).unwrap();
    enroll_ok(&data, free_address(), &["restore", name]);
    on_postgres_ok(files.path(), &there, &["restore", name]);
    let run_file = |arguments: &[&str]| enroll_ok(&data, free_address(), arguments);
    let run_server = |arguments: &[&str]| on_postgres_ok(files.path(), &there, arguments);
    for run in [&run_file as &dyn Fn(&[&str]) -> String, &run_server] {
        run(&["audit", "verify"]);
        let state = json_of(&run(&["verify", "--json"]));
        let exported = run(&["audit", "export"]);
        let found: Vec<&str> = exported.lines().collect();
        assert!(found == trail[..sequence], "seed {seed}: the trail up to the backup and no more");
        let (created, added) = told(&exported);
        assert_eq!(
            (&state["users"], &manifest["rows"]["users"]),
            (&json!(created.len()), &json!(created.len()))
        );
        assert_eq!(
            (&state["memberships"], &state["findings"]),
            (&json!(added.len()), &json!([])),
            "seed {seed}"
        );
    }
    // Nothing is replaced, and what is damaged leaves a database without a table.
    let occupied = on_postgres(files.path(), &there, &["restore", name]);
    assert_eq!(occupied.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&occupied.stderr).contains("is not empty"));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let empty = TestDatabase::empty();
    let damaged = on_postgres(files.path(), &empty.url(), &["restore", name]);
    assert!(String::from_utf8_lossy(&damaged.stderr).contains("take another copy"));
    assert_eq!(empty.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
}

/// The other way: a backup of the embedded database, restored into a server.
#[test]
fn reliability_r27_a_backup_of_a_file_is_restored_into_postgresql() {
    let (folder, files, database) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), TestDatabase::empty());
    for name in ["acme", "beta"] {
        enroll_ok(folder.path(), free_address(), &["org", "create", name]);
    }
    let file = files.path().join("a.backup");
    let (name, url) = (file.to_str().unwrap(), database.url());
    enroll_ok(folder.path(), free_address(), &["backup", name]);
    on_postgres_ok(files.path(), &url, &["restore", name]);
    let listed = enroll_ok(folder.path(), free_address(), &["org", "list", "--json"]);
    assert_eq!(on_postgres_ok(files.path(), &url, &["org", "list", "--json"]), listed);
    on_postgres_ok(files.path(), &url, &["audit", "verify"]);
}

/// Takes minutes: `ENROLL_MOVE_USERS=100000 cargo nextest run --run-ignored all -E 'test(r28_many_users)'` prints what it measured.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn reliability_r28_many_users_are_moved_and_compared_in_bounded_time() {
    let users = usize::try_from(variable("ENROLL_MOVE_USERS", 2_000)).unwrap();
    let (folder, back, database) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), TestDatabase::empty());
    let (server, _) = Process::start(folder.path(), free_address()).await;
    let token = server.enroll_ok(&["token", "create", "--label", "okta", "--print"]);
    let mut connection = Connection::open(server.address).await.unwrap();
    for start in (0..users).step_by(1_000) {
        create_users(&mut connection, &token, start..users.min(start + 1_000)).await;
    }
    assert_eq!(server.terminate(), Some(0));
    let (here, url, there) = (
        format!("sqlite:{}", folder.path().display()),
        database.url(),
        format!("sqlite:{}", back.path().display()),
    );
    for (what, from, to) in [("to PostgreSQL", &here, &url), ("back", &url, &there)] {
        let begun = Instant::now();
        let moved =
            json_of(&enroll_ok(back.path(), free_address(), &["move", "--json", "--from", from, "--to", to]));
        let all: u64 = moved["rows"].as_object().unwrap().values().map(|rows| rows.as_u64().unwrap()).sum();
        println!("{users} users, {all} rows {what}: {:.1} s", begun.elapsed().as_secs_f64());
    }
    let other = TestDatabase::empty();
    for (command, url) in [("backup", &url), ("restore", &other.url())] {
        let begun = Instant::now();
        on_postgres_ok(back.path(), url, &[command, "a.backup"]);
        println!("{users} users, {command} on PostgreSQL: {:.1} s", begun.elapsed().as_secs_f64());
    }
    assert!(rows(&folder.path().join("enroll.db")) == rows(&back.path().join("enroll.db")));
}
