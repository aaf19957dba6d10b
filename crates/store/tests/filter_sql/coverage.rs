//! What the database decides, and the ends of what a filter may ask.

use enroll_scim::filter::{Filter, TypedFilter};
use enroll_scim::{Dialect, Limits, Notes};
use enroll_store::filter::Compiled;
use enroll_store::user;
use serde_json::json;

use crate::fixture::{DEFAULT, Store, new_user, user_id};
use crate::world::model;

fn typed(text: &str, resource_type: &str) -> TypedFilter {
    let (dialect, mut notes) = (Dialect::strict(), Notes::default());
    let filter = Filter::parse(text, &Limits::default(), &dialect, &mut notes).unwrap();
    filter.resolve(&model(resource_type), &dialect, &mut notes).unwrap()
}

fn user_filter(text: &str) -> Compiled {
    Compiled::for_users(&typed(text, "User"))
}

#[test]
fn what_has_a_column_is_decided_by_the_database() {
    for text in [
        r#"userName eq "bjensen""#,
        r#"externalId sw "00u" and active eq false"#,
        r#"displayName co "Jen" or not (displayName pr)"#,
        r#"id eq "x" or id gt "y""#,
        r#"emails.value eq "a@b" or emails co "@example.com""#,
        r#"emails[type eq "work" and value eq "a@b"]"#,
        r#"emails[not (type eq "work") or value ew "x"]"#,
        r#"groups.value eq "x" or groups.value ne "x" or groups[value eq "x"] or groups pr"#,
        r#"meta.lastModified gt "2026-03-01T00:00:00Z" and meta.created le "2026-03-01T00:00:00Z""#,
        r#"not (userName sw "a" and (active eq true or externalId eq "b"))"#,
    ] {
        assert!(user_filter(text).exact, "{text}");
    }
    for text in [
        r#"displayName eq "Web""#,
        r#"members.value eq "x" or members eq "x" or members pr"#,
        r#"members[type eq "User" and value eq "x"]"#,
        r#"externalId eq "x" and meta.created ne "2026-03-01T00:00:00Z""#,
    ] {
        assert!(Compiled::for_groups(&typed(text, "Group")).exact, "{text}");
    }
}

#[test]
fn of_a_conjunction_the_database_decides_what_it_can() {
    let compiled = user_filter(r#"title eq "Tour Guide" and userName eq "bjensen""#);
    assert!(!compiled.exact && compiled.sql.contains("user_name_key"), "{compiled:?}");
    assert_eq!(compiled.params.len(), 1);
    let compiled = user_filter(r#"emails[value eq "a@b" and primary eq true]"#);
    assert!(!compiled.exact && compiled.sql.contains("value_key"), "{compiled:?}");
    // One branch that it cannot decide, or a negation around one, leaves nothing.
    for text in [
        r#"title eq "x" or userName eq "bjensen""#,
        r#"not (title eq "x" and userName eq "bjensen")"#,
        r#"title eq "x""#,
        r#"(userName eq "a" or (externalId eq "b" and active eq true)) and title eq "x" or title eq "y""#,
    ] {
        assert_eq!(user_filter(text), Compiled { exact: false, ..Compiled::everything() }, "{text}");
    }
}

#[test]
fn s31_nothing_that_a_client_wrote_becomes_part_of_a_statement() {
    let text = r#"userName eq "x' OR 1=1 --" and emails[value co "%_\\'"] and displayName ew "';""#;
    let compiled = user_filter(text);
    assert!(compiled.exact && !compiled.sql.contains('%') && !compiled.sql.contains("--"), "{compiled:?}");
    assert!(!compiled.sql.contains("1=1"));
}

#[test]
fn s26_the_largest_filter_runs() {
    let store = Store::new();
    for (term, join) in [
        (r#"userName eq "user""#, " or "),
        (r#"groups.value eq "x""#, " or "),
        (r#"not (emails[type eq "a" and value co "b"])"#, " and "),
        (r#"emails.value ne "b""#, " and "),
    ] {
        // As many terms as fit 8 KiB and 256 terms.
        let count = (8_000 / (term.len() + join.len())).min(120);
        let filter = user_filter(&vec![term; count].join(join));
        assert!(filter.exact);
        let found = store.write(move |tx| {
            new_user(tx, DEFAULT, user_id(1), json!({"userName": "user"}))?;
            let found = user::count(tx, DEFAULT, &filter)?;
            user::delete(tx, DEFAULT, user_id(1), crate::fixture::by_admin(crate::fixture::NOW))?;
            tx.execute("DELETE FROM tombstones", &[])?;
            Ok(found)
        });
        assert_eq!(found, u64::from(!term.starts_with("groups")), "{term}");
    }
    let deep = format!("{}userName pr{}", "not (".repeat(30), ")".repeat(30));
    let filter = user_filter(&deep);
    assert_eq!(store.write(move |tx| user::count(tx, DEFAULT, &filter)), 0);
}
