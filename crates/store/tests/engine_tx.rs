//! The transaction: values in, values out, errors with names.

mod common;

use common::{Home, insert, names};
use enroll_domain::id::{InvalidId, UserId};
use enroll_store::{Param, Row, StoreError, params};
use jiff::Timestamp;

/// What a statement without a table gives in its first column.
fn value<T>(
    home: &Home,
    sql: &str,
    params: &[Param<'_>],
    read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    home.db.look_up(|tx| tx.query(sql, params, read))
}

#[test]
fn values_come_back_as_they_went_in() {
    if enroll_testdb::wanted() {
        // A parameter without a type, a plan: texts of SQLite. tests/postgres has its own.
        return;
    }
    let home = Home::new();
    let id = UserId::new(Timestamp::from_second(1_700_000_000).unwrap(), &[7; 10]);
    let time = Timestamp::from_millisecond(1_700_000_000_123).unwrap();
    let sql = "SELECT ?1";
    assert_eq!(value(&home, sql, &params![i64::MIN], |row| row.integer(0)), Ok(vec![i64::MIN]));
    assert_eq!(value(&home, sql, &params![true], |row| row.boolean(0)), Ok(vec![true]));
    assert_eq!(value(&home, sql, &params!["a\0b'\u{1F600}"], |row| Ok(row.text(0)?.len())), Ok(vec![8]));
    assert_eq!(value(&home, sql, &params![""], |row| Ok(row.text(0)?.is_empty())), Ok(vec![true]));
    assert_eq!(
        value(&home, sql, &params![&[0_u8, 255]], |row| Ok(row.blob(0)?.to_vec())),
        Ok(vec![vec![0, 255]])
    );
    assert_eq!(value(&home, sql, &params![Vec::<u8>::new()], |row| Ok(row.blob(0)?.len())), Ok(vec![0]));
    assert_eq!(value(&home, sql, &params![id], |row| row.id::<UserId>(0)), Ok(vec![id]));
    assert_eq!(value(&home, sql, &params![&id], |row| Ok(row.text(0)? == id.to_string())), Ok(vec![true]));
    assert_eq!(value(&home, sql, &params![time], |row| row.timestamp(0)), Ok(vec![time]));
    assert_eq!(
        value(&home, sql, &params![None::<&str>], |row| Ok(row.optional_text(0)?.is_none())),
        Ok(vec![true])
    );
    assert_eq!(
        value(&home, sql, &params![Some(time)], |row| row.optional_timestamp(0)),
        Ok(vec![Some(time)])
    );
    assert_eq!(
        value(&home, sql, &params![None::<UserId>], |row| row.optional_id::<UserId>(0)),
        Ok(vec![None])
    );
    assert_eq!(value(&home, sql, &params![None::<i64>], |row| row.optional_integer(0)), Ok(vec![None]));
}

#[test]
fn a_column_that_holds_something_else_is_damage_and_not_a_panic() {
    if enroll_testdb::wanted() {
        // A parameter without a type, a plan: texts of SQLite. tests/postgres has its own.
        return;
    }
    let home = Home::new();
    let damaged = |params: &[Param<'_>], read: fn(&Row<'_>) -> Result<(), StoreError>| {
        assert!(matches!(value(&home, "SELECT ?1", params, read), Err(StoreError::Corrupt(_))), "{params:?}");
    };
    damaged(&params![1], |row| row.text(0).map(drop));
    damaged(&params!["1"], |row| row.integer(0).map(drop));
    damaged(&params![None::<i64>], |row| row.integer(0).map(drop));
    damaged(&params![2], |row| row.boolean(0).map(drop));
    damaged(&params!["x"], |row| row.blob(0).map(drop));
    damaged(&params!["x"], |row| row.id::<UserId>(0).map(drop));
    damaged(&params![i64::MAX], |row| row.timestamp(0).map(drop));
    let absent = value(&home, "SELECT 1", &[], |row| row.integer(1));
    assert!(matches!(absent, Err(StoreError::Internal(_))));
    let _: InvalidId = "x".parse::<UserId>().unwrap_err();
}

#[test]
fn a_statement_with_missing_or_surplus_parameters_is_refused() {
    if enroll_testdb::wanted() {
        // A parameter without a type, a plan: texts of SQLite. tests/postgres has its own.
        return;
    }
    let home = Home::new();
    for params in [&params!["one"][..], &params!["one", "two", "three"][..]] {
        let answer = value(&home, "SELECT ?1, ?2", params, |_| Ok(()));
        assert!(matches!(answer, Err(StoreError::Internal(_))));
    }
    assert_eq!(value(&home, "SELECT ?2, ?1, ?2", &params![1, 2], |row| row.integer(2)), Ok(vec![2]));
}

#[test]
fn a_misspelt_column_in_double_quotes_is_an_error_and_not_a_text() {
    let home = Home::new();
    assert!(value(&home, "SELECT \"nmae\" FROM organizations", &[], |_| Ok(())).is_err());
}

#[tokio::test]
async fn a_unique_conflict_names_the_index_or_the_primary_key() {
    let home = Home::new();
    home.db.write(|tx| insert(tx, "acme")).await.unwrap();
    let conflict = home.db.write(|tx| insert(tx, "acme")).await;
    assert_eq!(conflict, Err(StoreError::Unique { constraint: "organizations_name".to_owned() }));

    let handle = "INSERT INTO handles (handle, owner_kind, owner_id) VALUES ('ada', 'user', 'x')";
    home.db.write(|tx| tx.execute(handle, &[])).await.unwrap();
    let conflict = home.db.write(|tx| tx.execute(handle, &[])).await;
    assert_eq!(conflict, Err(StoreError::Unique { constraint: "handles_pkey".to_owned() }));
}

#[tokio::test]
async fn a_conflict_in_a_partial_index_of_several_columns_names_the_index() {
    let home = Home::new();
    let conflict = home.db.write(|tx| {
        insert(tx, "acme")?;
        let organization = tx.first("SELECT id FROM organizations", &[], |row| Ok(row.text(0)?.to_owned()))?;
        let directory = "INSERT INTO directories (id, name, dialect, rebind, created) VALUES ('d', 'd', 'compat', 'confirm', 0)";
        tx.execute(directory, &[])?;
        for id in ["one", "two"] {
            tx.execute(
                "INSERT INTO mappings (id, directory_id, group_name, group_name_key, binding, organization_id, role, paused, created) \
                 VALUES (?1, 'd', 'G', 'g', 'waiting', ?2, 'member', 0, 0)",
                &params![id, organization.as_deref()],
            )?;
        }
        Ok::<_, StoreError>(())
    });
    assert_eq!(conflict.await, Err(StoreError::Unique { constraint: "mappings_waiting".to_owned() }));
}

#[tokio::test]
async fn other_constraints_have_errors_of_their_own() {
    let home = Home::new();
    let orphan = "INSERT INTO user_emails (user_id, position, directory_id, value_key) VALUES ('nobody', 0, 'd', 'a@b')";
    assert_eq!(home.db.write(|tx| tx.execute(orphan, &[])).await, Err(StoreError::ForeignKey));
    let kind = "INSERT INTO handles (handle, owner_kind, owner_id) VALUES ('ada', 'robot', 'x')";
    assert!(matches!(home.db.write(|tx| tx.execute(kind, &[])).await, Err(StoreError::Constraint(_))));
    let mistyped = "INSERT INTO handles (handle, owner_kind, owner_id) VALUES ('ada', 'user', x'00')";
    // PostgreSQL refuses such a text before it looks at a value.
    if !enroll_testdb::wanted() {
        assert!(matches!(
            home.db.write(|tx| tx.execute(mistyped, &[])).await,
            Err(StoreError::Constraint(_))
        ));
    }
}

#[tokio::test]
async fn a_statement_with_returning_does_all_its_work_and_tells_its_errors_before_its_first_row() {
    let home = Home::new();
    let orphans = "INSERT INTO user_emails (user_id, position, directory_id, value_key) \
                   VALUES ('nobody', 0, 'd', 'a@b'), ('nobody', 1, 'd', 'a@b') RETURNING position";
    assert_eq!(
        home.db.write(|tx| tx.first(orphans, &[], |row| row.integer(0))).await,
        Err(StoreError::ForeignKey)
    );
    let handles = "INSERT INTO handles (handle, owner_kind, owner_id) \
                   VALUES ('ada', 'user', 'x'), ('bob', 'user', 'x') RETURNING handle";
    let first = home.db.write(|tx| tx.first(handles, &[], |row| Ok(row.text(0)?.to_owned()))).await;
    assert_eq!(first, Ok(Some("ada".to_owned())));
    assert_eq!(value(&home, "SELECT count(*) FROM handles", &[], |row| row.integer(0)), Ok(vec![2]));
}

#[tokio::test]
async fn nested_work_that_fails_undoes_itself_and_the_rest_goes_on() {
    let home = Home::new();
    let inner = home.db.write(|tx| {
        insert(tx, "one")?;
        let conflict = tx.nested(|tx| {
            insert(tx, "undone")?;
            insert(tx, "one")
        });
        tx.nested(|tx| insert(tx, "two"))?;
        Ok::<_, StoreError>(conflict)
    });
    assert_eq!(inner.await, Ok(Err(StoreError::Unique { constraint: "organizations_name".to_owned() })));
    assert_eq!(names(&home.db), ["one", "two"]);
}

#[tokio::test]
async fn nested_work_that_swallows_a_failed_statement_is_undone() {
    let home = Home::new();
    let inner = home.db.write(|tx| {
        insert(tx, "one")?;
        let swallowed = tx.nested(|tx| {
            insert(tx, "undone")?;
            insert(tx, "one").ok();
            Ok::<_, StoreError>(())
        });
        Ok::<_, StoreError>(matches!(swallowed, Err(StoreError::Internal(_))))
    });
    assert_eq!(inner.await, Ok(true));
    assert_eq!(names(&home.db), ["one"]);
}

#[test]
fn a_plan_tells_which_index_a_statement_uses() {
    if enroll_testdb::wanted() {
        // A parameter without a type, a plan: texts of SQLite. tests/postgres has its own.
        return;
    }
    let home = Home::new();
    let sql = "SELECT id FROM users WHERE directory_id = ?1 AND user_name_key = ?2";
    let plan = home.db.look_up(|tx| tx.plan(sql, &params!["d", "u"])).unwrap();
    assert_eq!(plan.len(), 1);
    assert!(plan[0].contains("users_user_name"), "{plan:?}");
    let sql = "SELECT id FROM users WHERE directory_id = ?1 AND active = 0 AND id > ?2 ORDER BY id LIMIT 100";
    let plan = home.db.look_up(|tx| tx.plan(sql, &params!["d", "u"])).unwrap();
    assert!(plan.len() == 1 && plan[0].contains("users_inactive"), "{plan:?}");
}

#[tokio::test]
async fn of_several_statements_the_rows_come_in_the_order_of_the_statements() {
    let home = Home::new();
    for name in ["acme", "beta"] {
        home.db.write(move |tx| insert(tx, name)).await.unwrap();
    }
    let found = |second: &str| {
        let mut rows = Vec::new();
        let (one, none) = (params!["beta"], params!["gamma"]);
        let statements = [
            ("SELECT name FROM organizations WHERE name = ?1", one.as_slice()),
            (second, none.as_slice()),
            ("SELECT name FROM organizations ORDER BY name", &[]),
        ];
        let read = home.db.look_up(|tx| {
            tx.each_of(&statements, |statement, row| {
                rows.push((statement, row.text(0)?.to_owned()));
                if rows.len() > 3 { Err(StoreError::Busy) } else { Ok(()) }
            })
        });
        (read, rows)
    };
    let expected = [(0, "beta"), (2, "acme"), (2, "beta")].map(|(place, name)| (place, name.to_owned()));
    for _ in 0..3 {
        assert_eq!(found("SELECT name FROM organizations WHERE name = ?1"), (Ok(()), expected.to_vec()));
    }
    // The visitor's error ends it, and the connection is as good as before.
    let (read, rows) = found("SELECT name FROM organizations WHERE name <> ?1");
    assert_eq!((read, rows.len()), (Err(StoreError::Busy), 4));
    let (read, rows) = found("SELECT name FROM nothing WHERE name = ?1");
    assert!(matches!(read, Err(StoreError::Internal(_))), "{read:?}");
    assert!(rows.len() <= 1, "nothing of what follows the error: {rows:?}");
    assert_eq!(names(&home.db), ["acme", "beta"]);
}
