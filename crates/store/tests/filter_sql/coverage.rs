//! What the database decides, and the ends of what a filter may ask.

use enroll_scim::filter::{Filter, TypedFilter};
use enroll_scim::{Dialect, Limits, Notes};
use enroll_store::filter::Compiled;
use enroll_store::member::{self, Member};
use enroll_store::{StoreError, user};
use serde_json::json;

use crate::fixture::{DEFAULT, NOW, Store, group_id, new_group, new_user, new_users, user_id};
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
        let compiled = user_filter(text);
        let everything = Compiled::everything();
        assert!(
            !compiled.exact && compiled.params.is_empty() && compiled.sql == everything.sql,
            "{compiled:?}"
        );
    }
}

#[test]
fn i8_s31_nothing_that_a_client_wrote_becomes_part_of_a_statement() {
    let text = r#"userName eq "x' OR 1=1 --" and emails[value co "%_\\'"] and displayName ew "';""#;
    let compiled = user_filter(text);
    assert!(compiled.exact && !compiled.sql.contains('%') && !compiled.sql.contains("--"), "{compiled:?}");
    assert!(!compiled.sql.contains("1=1"));
}

#[test]
fn c11_groups_value_means_nested_groups_too() {
    let store = Store::new();
    let found = store.write(|tx| {
        // 1 in 2 in 3, 4 in itself; the user 1 is in the group 1, the user 2 in 4, the user 3 in none, the user 4 in 3 and 4.
        new_users(tx, DEFAULT, &["a", "b", "c", "d"])?;
        for number in 1..=4 {
            new_group(tx, DEFAULT, group_id(number), &format!("g{number}"))?;
        }
        let members = [
            (2, Member::Group(group_id(1))),
            (3, Member::Group(group_id(2))),
            (4, Member::Group(group_id(4))),
        ];
        let users =
            [(1, 1), (4, 2), (3, 4), (4, 4)].map(|(group, user)| (group, Member::User(user_id(user))));
        for (group, member) in members.into_iter().chain(users) {
            member::add(tx, DEFAULT, group_id(group), &[member], NOW)?;
        }
        let ask = |text: String| {
            let rows = user::list(tx, DEFAULT, &user_filter(&text), user::Page::first(10))?;
            Ok::<_, StoreError>(rows.into_iter().map(|row| row.user_name).collect::<String>())
        };
        (1..=4)
            .map(|number| {
                let id = group_id(number);
                Ok([ask(format!("groups.value eq \"{id}\""))?, ask(format!("groups.value ne \"{id}\""))?])
            })
            .collect::<Result<Vec<_>, StoreError>>()
    });
    // Of the user 1, every group differs from another of his; of the user 2 none does from the only one.
    let expected = [["a", "abcd"], ["a", "abcd"], ["ad", "abcd"], ["bd", "acd"]];
    assert_eq!(found, expected);
}

#[test]
fn s26_the_largest_filter_runs() {
    let store = Store::new();
    store.write(|tx| new_user(tx, DEFAULT, user_id(1), json!({"userName": "user"})));
    // Each alone, as often as 8 KiB and 256 terms allow, and what costs most tables before what recurs.
    let many = |term: &str, join: &str, most: usize| {
        vec![term; most.min(8_000 / (term.len() + join.len()))].join(join)
    };
    let member = r#"groups.value eq "x""#;
    for filter in [
        many(r#"userName eq "user""#, " or ", 256),
        many(r#"id eq "1""#, " or ", 256),
        many(member, " or ", 256),
        many(r#"not (emails[type eq "a" and value co "b"])"#, " and ", 128),
        many(r#"emails.value ne "b""#, " and ", 256),
        format!("{} or {}", many(r#"groups ne "x""#, " and ", 216), many(member, " or ", 40)),
        format!("{} or {}", many(r#"groups ne "x""#, " or ", 216), many(member, " or ", 16)),
    ] {
        let typed = typed(&filter, "User");
        let compiled = Compiled::for_users(&typed);
        let found = store.try_write(move |tx| {
            user::list(tx, DEFAULT, &compiled, user::Page::first(10))?;
            user::count(tx, DEFAULT, &compiled)
        });
        assert!(found.is_ok(), "{found:?} {filter}");
    }
    let deep = format!("{}userName pr{}", "not (".repeat(30), ")".repeat(30));
    let filter = user_filter(&deep);
    assert_eq!(store.write(move |tx| user::count(tx, DEFAULT, &filter)), 1);
}
