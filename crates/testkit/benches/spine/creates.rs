//! `POST /Users` by 32 clients against raw batched inserts of the same rows into the same schema.

use std::time::{Duration, Instant};

use enroll_testkit::{TestServer, wire};
use rusqlite::{Connection, params};

use crate::load::{CLIENTS, throughput, user_body};
use crate::{Scale, report::Report};

pub(crate) async fn run(scale: Scale, report: &mut Report) {
    let time = Duration::from_millis(scale.milliseconds);
    let (mut all, mut user) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        let server = TestServer::start().await;
        let token = server.scim_token.clone();
        let measured = throughput(&[server.address], time, 201, move |number| {
            wire::request("POST", "/scim/v2/Users", &token, &user_body(number))
        })
        .await;
        server.stop().await;
        // The reference writes what the server wrote, into a store that the server has set up and left: all of it, and the rows of the
        // user alone, without her entry in the audit trail and her event.
        for (rounds, trail) in [(&mut all, true), (&mut user, false)] {
            let raw = TestServer::start().await;
            let database = raw.folder().join("enroll.db");
            rounds.push((measured, tokio::task::block_in_place(|| inserts(&database, time, trail))));
            raw.stop().await;
        }
    }
    report.add(
        "POST /Users, 32 clients, against raw batched inserts of all its rows",
        &all,
        "users/s",
        ">= 0.40",
    );
    report.add(
        "the same, against the rows of the user without audit entry and event",
        &user,
        "users/s",
        "measured",
    );
}

/// Rows a second, in durable transactions of as many rows as there are clients.
fn inserts(database: &std::path::Path, time: Duration, trail: bool) -> f64 {
    let connection = Connection::open(database).expect("the database");
    connection.pragma_update(None, "journal_mode", "WAL").expect("WAL");
    connection.pragma_update(None, "synchronous", "FULL").expect("durable commits");
    connection.pragma_update(None, "foreign_keys", true).expect("foreign keys");
    let directory: String = connection
        .query_row("SELECT id FROM directories", [], |row| row.get(0))
        .expect("the default directory");
    let mut user = connection
        .prepare(
            "INSERT INTO users (id, directory_id, user_name, user_name_key, display_name_key, external_id, active, handle,
             created, last_modified, version, document) VALUES (?1, ?2, ?3, ?3, ?4, ?5, 1, ?6, ?7, ?7, 1, ?8)",
        )
        .expect("users");
    let mut email = connection
        .prepare("INSERT INTO user_emails (user_id, position, directory_id, type_key, value_key) VALUES (?1, 0, ?2, 'work', ?3)")
        .expect("user_emails");
    let mut handle = connection
        .prepare("INSERT INTO handles (handle, owner_kind, owner_id) VALUES (?1, 'user', ?2)")
        .expect("handles");
    let mut entry = connection
        .prepare(
            "INSERT INTO audit_entries (sequence, recorded, actor_kind, actor_id, actor, action, subject_kind, subject_id, subject,
             directory_id, changes, hash) VALUES (?1, ?2, 'scim-token', ?3, 'test', 'user.created', 'user', ?3, ?4, ?5, ?6, ?7)",
        )
        .expect("audit_entries");
    let mut event =
        connection.prepare("INSERT INTO events (sequence, audit) VALUES (?1, ?2)").expect("events");
    let first: i64 = connection
        .query_row("SELECT coalesce(max(sequence), 0) + 1 FROM audit_entries", [], |row| row.get(0))
        .expect("the audit trail");
    let first_event: i64 = connection
        .query_row("SELECT coalesce(max(sequence), 0) + 1 FROM events", [], |row| row.get(0))
        .expect("the feed of events");
    let start = Instant::now();
    let mut rows = 0_usize;
    while start.elapsed() < time {
        connection.execute_batch("BEGIN IMMEDIATE").expect("begin");
        for _ in 0..CLIENTS {
            let id =
                format!("01990000-{:04x}-7{:03x}-8000-{:012x}", rows >> 16 & 0xffff, rows >> 4 & 0xfff, rows);
            let name = format!("user.{rows}@example.com");
            let short = format!("user-{rows}");
            handle.execute(params![short, id]).expect("handle");
            user.execute(params![
                id,
                directory,
                name,
                format!("ada lovelace {rows}"),
                format!("00u{rows:017}"),
                short,
                1_790_000_000_000_i64,
                user_body(rows)
            ])
            .expect("user");
            email.execute(params![id, directory, name]).expect("email");
            if trail {
                let number = i64::try_from(rows).expect("few rows");
                let sequence = first + number;
                let changes = format!(r#"{{"userName":{{"new":"{name}"}},"active":{{"new":true}}}}"#);
                let written =
                    params![sequence, 1_790_000_000_000_i64, id, name, directory, changes, [7_u8; 32]];
                entry.execute(written).expect("entry");
                event.execute(params![first_event + number, sequence]).expect("event");
            }
            rows += 1;
        }
        connection.execute_batch("COMMIT").expect("commit");
    }
    rows as f64 / start.elapsed().as_secs_f64()
}
