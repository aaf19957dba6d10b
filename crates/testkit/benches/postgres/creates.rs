//! `POST /Users` by 32 clients against as many clients of pgbench, each of which inserts the same rows in a transaction of its own.

use std::time::Duration;

use enroll_testdb::OwnServer;
use enroll_testkit::{TestServer, wire};

use crate::load::{CLIENTS, throughput, user_body};
use crate::{Scale, database, report::Report};

/// The rows of a user with an e-mail address, her entry in the audit trail and her event. `DIRECTORY` and `DOCUMENT` are filled in.
/// pgbench takes a colon with a letter behind it for a variable, within quotes as well, so the document comes with `~` for each.
const SCRIPT: &str = r#"
\set n random(1, 9000000000000000)
BEGIN;
INSERT INTO handles (handle, owner_kind, owner_id) VALUES ('user-' || :n, 'user', '01990000-0000-7000-' || :n);
INSERT INTO users (id, directory_id, user_name, user_name_key, display_name_key, external_id, active, handle, created, last_modified,
 version, document) VALUES ('01990000-0000-7000-' || :n, 'DIRECTORY', 'user.' || :n || '@example.com', 'user.' || :n || '@example.com',
 'ada lovelace ' || :n, '00u' || :n, 1, 'user-' || :n, 1790000000000, 1790000000000, 1, replace(replace('DOCUMENT', '~', chr(58)), 'NUMBER',
 CAST(:n AS text)));
INSERT INTO user_emails (user_id, position, directory_id, type_key, value_key) VALUES ('01990000-0000-7000-' || :n, 0, 'DIRECTORY', 'work',
 'user.' || :n || '@example.com');
INSERT INTO audit_entries (sequence, recorded, actor_kind, actor_id, actor, action, subject_kind, subject_id, subject, directory_id, changes,
 hash) VALUES (nextval('bench_entries'), 1790000000000, 'scim-token', '01990000-0000-7000-8000-000000000000', 'test', 'user.created',
 'user', '01990000-0000-7000-' || :n, 'user.' || :n || '@example.com', 'DIRECTORY',
 '{"userName":{"new":"user.' || :n || '@example.com"},"active":{"new": true}}', decode(repeat('07', 32), 'hex'));
INSERT INTO events (sequence, audit) VALUES (nextval('bench_events'), currval('bench_entries'));
COMMIT;
"#;

pub(crate) async fn run(postgres: &OwnServer, scale: Scale, report: &mut Report) {
    let server = TestServer::start_on(&database(postgres, "creates")).await;
    // The reference writes into a store that a server has set up and left.
    TestServer::start_on(&postgres.url()).await.stop().await;
    postgres.run("CREATE SEQUENCE bench_entries START 1000000; CREATE SEQUENCE bench_events START 1000000");
    postgres.run("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO service");
    let directory = postgres.run("SELECT id FROM directories WHERE name = 'default'");
    let script = server.folder().join("inserts.sql");
    let document = user_body(123_456).replace("123456", "NUMBER").replace(':', "~");
    let text = SCRIPT.replace("DIRECTORY", &directory).replace("DOCUMENT", &document);
    std::fs::write(&script, text).expect("a script");

    let time = Duration::from_millis(scale.milliseconds);
    let mut rounds = Vec::new();
    for round in 0..scale.rounds {
        let token = server.scim_token.clone();
        let first = round * 10_000_000;
        let measured = throughput(&[server.address], time, 201, move |number| {
            wire::request("POST", "/scim/v2/Users", &token, &user_body(first + number))
        })
        .await;
        let reference =
            tokio::task::block_in_place(|| postgres.pgbench("enroll", &script, CLIENTS, time.as_secs_f64()));
        rounds.push((measured, reference));
    }
    report.add(
        "POST /Users, 32 clients, against pgbench inserting all its rows",
        &rounds,
        "users/s",
        ">= 0.40",
    );
    server.stop().await;
}
