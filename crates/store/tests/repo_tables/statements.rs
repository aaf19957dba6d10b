//! Every statement is one that both engines take (design.md §5): each is prepared on SQLite and on PostgreSQL, with the newest schema.
//!
//! The texts come from the sources. What is put together while the program runs is prepared by the tests that run it on both engines.

use std::collections::BTreeMap;

use enroll_store::{Db, Options};
use enroll_testdb::TestDatabase;

use crate::fixture::{NOW, place};
use crate::sources::expanded;

/// What only one engine is told, or another database: a part of the path.
const OF_ONE_ENGINE: [&str; 5] =
    ["/engine/", "/postgres/", "/request_log", "/dialect.rs", "/moving/layout.rs"];

/// Statements of which a part is made elsewhere, each by a part of its text, with what runs them on both engines.
const MADE_WHILE_RUNNING: [(&str, &str); 9] = [
    ("FROM pragma_table_info(?1) WHERE name = ?2", "of SQLite alone"),
    ("FROM sqlite_schema", "of SQLite alone"),
    ("FOR UPDATE", "of PostgreSQL alone"),
    ("SELECT 1; COMMIT", "of PostgreSQL alone"),
    ("ORDER BY sequence {order} LIMIT 1", "http: events"),
    ("groups.id = {group}", "filter_sql"),
    ("CROSS JOIN ({candidates}", "repo_tables: members"),
    ("DROP TABLE \"{}\"", "moving tests"),
    ("{SELECT} ORDER BY sequence", "repo_tables: audit"),
];

fn is_statement(text: &str) -> bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "DROP ", "{SELECT}"]
        .iter()
        .any(|word| text.starts_with(word))
}

/// The text with one id in each list, whose place is the next free parameter.
fn with_lists(text: &str) -> String {
    let free = (1..100).find(|number| !text.contains(&format!("?{number}"))).unwrap();
    ["{}", "{ids}", "{groups}", "{users}"]
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(&format!("IN ({name})"), &format!("IN (?{free})")))
}

/// What the engine refuses, by the statement.
fn refused(options: Options, statements: &[String]) -> BTreeMap<String, String> {
    let db = Db::open(options, NOW).unwrap();
    let refusal = |sql: &String| {
        let error = db.look_up_one(|tx| tx.prepare(sql)).err()?;
        Some((sql.clone(), error.to_string()))
    };
    statements.iter().filter_map(refusal).collect()
}

fn statements() -> Vec<String> {
    let mut used = [false; MADE_WHILE_RUNNING.len()];
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for (file, text) in expanded() {
        let path = file.to_string_lossy();
        if !is_statement(&text) || OF_ONE_ENGINE.iter().any(|part| path.contains(part)) {
            continue;
        }
        match MADE_WHILE_RUNNING.iter().position(|(part, _)| text.contains(part)) {
            Some(place) => used[place] = true,
            None => {
                let text = with_lists(&text);
                if text.contains('{') { unknown.push(format!("{path}: {text}")) } else { found.push(text) }
            }
        }
    }
    assert!(unknown.is_empty(), "how are these put together?\n{}", unknown.join("\n"));
    let idle: Vec<_> = MADE_WHILE_RUNNING.iter().zip(used).filter(|(_, used)| !used).collect();
    assert!(idle.is_empty(), "an exception that nothing needs: {idle:?}");
    found
}

fn refused_by_both(statements: &[String]) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    let database: TestDatabase = place::postgres();
    let on_sqlite = refused(Options::new(folder.path().join("enroll.db")), statements);
    let on_postgres = refused(Options::postgres(database.url().parse().unwrap()), statements);
    (on_sqlite, on_postgres)
}

#[test]
fn every_statement_is_prepared_on_sqlite_and_on_postgresql() {
    // A beginning that names rows for what follows, or columns of what follows, is no statement yet.
    let whole = |sql: &String| {
        let columns_alone = sql.starts_with("SELECT ") && sql.contains('.') && !sql.contains(" FROM ");
        let rows_alone = sql.starts_with("WITH ") && sql.trim_end().ends_with(')');
        !columns_alone && !rows_alone
    };
    let statements: Vec<String> = statements().into_iter().filter(whole).collect();
    assert!(
        statements.len() > 250,
        "only {} statements were found: does the test still read them?",
        statements.len()
    );
    let (on_sqlite, on_postgres) = refused_by_both(&statements);
    assert_eq!(on_sqlite, BTreeMap::new(), "SQLite");
    assert_eq!(on_postgres, BTreeMap::new(), "PostgreSQL");
}

#[test]
fn a_statement_on_a_column_that_is_not_there_is_refused_by_both() {
    let wrong = ["SELECT shoe_size FROM users WHERE directory_id = ?1".to_owned()];
    let (on_sqlite, on_postgres) = refused_by_both(&wrong);
    assert_eq!((on_sqlite.len(), on_postgres.len()), (1, 1));
}
