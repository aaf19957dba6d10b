use enroll_store::{Param, Row, StoreError, params};

use super::{handles, insert, open, place};

#[test]
fn values_come_back_as_they_went_in() {
    let database = place::postgres();
    let db = open(&database);
    let id = uuid::Uuid::from_u128(7);
    let value = |sql: &str, params: &[Param<'_>], check: fn(&Row<'_>) -> bool| {
        let answer = db.look_up(|tx| tx.first(sql, params, |row| Ok(check(row))));
        assert_eq!(answer, Ok(Some(true)), "{sql} {params:?}");
    };
    let (number, text, bytes) = ("SELECT ?1 + 0::bigint", "SELECT ?1::text", "SELECT ?1::bytea");
    value(number, &params![i64::MIN], |row| row.integer(0) == Ok(i64::MIN));
    value(number, &params![true], |row| row.boolean(0) == Ok(true));
    value(number, &params![None::<i64>], |row| row.optional_integer(0) == Ok(None));
    value(text, &params!["b'\u{1F600}"], |row| row.text(0) == Ok("b'\u{1F600}"));
    value(text, &params![""], |row| row.text(0) == Ok(""));
    value(text, &params![None::<&str>], |row| row.optional_text(0) == Ok(None));
    value(text, &params![id], |row| row.text(0) == Ok("00000000-0000-0000-0000-000000000007"));
    value(bytes, &params![&[0_u8, 255]], |row| row.blob(0) == Ok(&[0, 255]));
    value(bytes, &params![Vec::<u8>::new()], |row| row.blob(0) == Ok(&[]));
    value("SELECT 1 = 1", &[], |row| row.boolean(0) == Ok(true));
    value("SELECT 1.5", &[], |row| matches!(row.integer(0), Err(StoreError::Corrupt(_))));
    value("SELECT 1", &[], |row| matches!(row.text(0), Err(StoreError::Corrupt(_))));
    value("SELECT 1", &[], |row| matches!(row.integer(1), Err(StoreError::Internal(_))));
    let missing = db.look_up(|tx| tx.execute("SELECT ?1 + 1", &[]));
    assert!(matches!(missing, Err(StoreError::Internal(_))));
}

#[tokio::test]
async fn a_text_with_the_character_that_postgresql_lacks_is_refused_by_name_and_harms_nobody() {
    let database = place::postgres();
    let db = open(&database);
    assert_eq!(db.write(|tx| insert(tx, "a\0b")).await, Err(StoreError::NulCharacter));
    db.write(|tx| insert(tx, "after")).await.unwrap();
    assert_eq!(handles(&db).unwrap(), ["after"]);
}

#[tokio::test]
async fn broken_constraints_are_told_as_on_sqlite() {
    let database = place::postgres();
    let db = open(&database);
    db.write(|tx| insert(tx, "ada")).await.unwrap();
    let unique = StoreError::Unique { constraint: "handles_pkey".to_owned() };
    assert_eq!(db.write(|tx| insert(tx, "ada")).await, Err(unique));
    let orphan = "INSERT INTO scim_tokens (id, directory_id, label, secret_hash, created) VALUES ('', 'none', '', ?1, 0)";
    assert_eq!(db.write(move |tx| tx.execute(orphan, &params![&[0_u8]])).await, Err(StoreError::ForeignKey));
    let unknown = "INSERT INTO handles (handle, owner_kind, owner_id) VALUES ('x', 'ghost', '')";
    assert!(matches!(db.write(|tx| tx.execute(unknown, &[])).await, Err(StoreError::Constraint(_))));
    let absent = "INSERT INTO handles (handle, owner_kind, owner_id) VALUES ('x', NULL, '')";
    assert!(matches!(db.write(|tx| tx.execute(absent, &[])).await, Err(StoreError::Constraint(_))));
}

#[tokio::test]
async fn a_statement_that_fails_in_a_nested_part_leaves_the_transaction_alive() {
    let database = place::postgres();
    let db = open(&database);
    db.write(|tx| insert(tx, "ada")).await.unwrap();
    let nested = db.write(|tx| {
        insert(tx, "before")?;
        let refused = tx.nested(|tx| {
            insert(tx, "undone")?;
            insert(tx, "ada")
        });
        assert!(matches!(refused, Err(StoreError::Unique { .. })));
        insert(tx, "behind")
    });
    nested.await.unwrap();
    assert_eq!(handles(&db).unwrap(), ["ada", "before", "behind"]);
}
