//! The audit trail: chained, without gaps, and what somebody has done to it is found.

use enroll_domain::TokenId;
use enroll_domain::audit::{Action, Actor, ChainHash, SubjectKind};
use enroll_store::audit::{self, ChainReport, Chained, NewEntry, Query, Subject};
use enroll_store::{Param, StoreError, Tx, params};
use proptest::prelude::*;
use uuid::Uuid;

use crate::fixture::{DEFAULT, OTHER, Store, later};

/// Every column but `sequence` and `hash`, with a value that no entry of these tests has.
const COLUMNS: [(&str, Param<'static>); 13] = [
    ("recorded", Param::Integer(1)),
    ("actor_kind", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("actor_id", Param::Null),
    ("actor", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("action", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("subject_kind", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("subject_id", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("subject", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("directory_id", Param::Null),
    ("changes", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("request_id", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("address", Param::Text(std::borrow::Cow::Borrowed("x"))),
    ("user_agent", Param::Text(std::borrow::Cow::Borrowed("x"))),
];

fn id(number: i64) -> String {
    Uuid::from_u128(u128::try_from(number).unwrap()).to_string()
}

/// Entry number `number`: about the user of that number, every other one in each directory.
fn add(tx: &Tx<'_>, number: i64) -> Result<i64, StoreError> {
    let actor = Actor::scim_token(TokenId::from_uuid(Uuid::from_u128(9)), "Okta");
    let directory = if number % 2 == 0 { OTHER } else { DEFAULT };
    let (id, name) = (id(number), format!("user{number}"));
    let subject = Subject { kind: SubjectKind::User, id: &id, name: &name, directory: Some(directory) };
    let changes = format!(r#"{{"userName":{{"new":"{name}"}}}}"#);
    let action = Action::UserCreated;
    audit::append(tx, &NewEntry { now: later(number), actor: &actor, action, subject, changes: &changes })
}

fn filled(entries: i64) -> Store {
    let store = Store::new();
    store.write(move |tx| {
        for number in 1..=entries {
            assert_eq!(add(tx, number)?, number);
        }
        Ok(())
    });
    store
}

fn verify(store: &Store) -> ChainReport {
    store.write(|tx| audit::verify(tx, None))
}

fn tamper(store: &Store, sql: &'static str, params: Vec<Param<'static>>) -> u64 {
    store.write(move |tx| tx.execute(sql, &params))
}

#[test]
fn e6_4_a_trail_as_it_was_written_is_whole_and_an_empty_one_too() {
    let report = verify(&Store::new());
    assert_eq!((report.entries, report.sequence, report.hash), (0, 0, ChainHash::START));
    assert_eq!(report.broken, None);
    let store = filled(5);
    let report = verify(&store);
    assert_eq!((report.entries, report.sequence, report.broken.is_none()), (5, 5, true));
    let last = store.write(|tx| Ok(audit::after(tx, 4, 10)?.remove(0)));
    assert_eq!(report.hash, last.hash);
}

#[test]
fn e6_4_a_transaction_that_fails_leaves_no_entry_and_no_gap() {
    let store = filled(1);
    let refused: Result<(), StoreError> = store.try_write(|tx| {
        add(tx, 2)?;
        Err(StoreError::Busy)
    });
    assert_eq!(refused, Err(StoreError::Busy));
    store.write(|tx| {
        let undone: Result<(), StoreError> = tx.nested(|tx| {
            add(tx, 2)?;
            Err(StoreError::Busy)
        });
        assert_eq!(undone, Err(StoreError::Busy));
        assert_eq!(add(tx, 2)?, 2);
        Ok(())
    });
    assert_eq!((verify(&store).entries, verify(&store).broken), (2, None));
}

#[test]
fn entries_keep_their_order_and_are_found_by_time_when_the_clock_is_set_back() {
    let found = filled(2).write(|tx| {
        let actor = Actor::command_line(None);
        let subject = Subject { kind: SubjectKind::Organization, id: "x", name: "acme", directory: None };
        let action = Action::OrganizationCreated;
        let early = NewEntry { now: later(-100), actor: &actor, action, subject, changes: "{}" };
        assert_eq!((audit::append(tx, &early)?, add(tx, 4)?), (3, 4));
        audit::newest(tx, &Query { since: Some(later(2)), ..Query::default() }, 9)
    });
    assert_eq!(found.iter().map(|found| found.entry.sequence).collect::<Vec<_>>(), [4, 2]);
}

#[test]
fn threat_s5_a_directory_is_shown_its_own_entries() {
    filled(6).write(|tx| {
        let ask = |query: Query, limit| {
            let found = audit::newest(tx, &query, limit)?;
            Ok::<_, StoreError>(found.iter().map(|found| found.entry.sequence).collect::<Vec<_>>())
        };
        assert_eq!(ask(Query::default(), 2)?, [6, 5]);
        assert_eq!(ask(Query::default(), 0)?, [0; 0]);
        assert_eq!(ask(Query { directory: Some(OTHER), ..Query::default() }, 9)?, [6, 4, 2]);
        assert_eq!(ask(Query { since: Some(later(5)), ..Query::default() }, 9)?, [6, 5]);
        assert_eq!(ask(Query { about: Some(Uuid::from_u128(3)), ..Query::default() }, 9)?, [3]);
        assert_eq!(ask(Query { name: Some("user4".to_owned()), ..Query::default() }, 9)?, [4]);
        let both = Query { name: Some("user4".to_owned()), directory: Some(DEFAULT), ..Query::default() };
        assert_eq!(ask(both, 9)?, [0; 0]);
        Ok(())
    });
}

#[test]
fn an_entry_that_names_a_user_in_its_changes_is_about_that_user_too() {
    let store = filled(3);
    let found = store.write(|tx| {
        let member = id(2);
        let changes = format!(r#"{{"members":{{"added":{{"count":1,"ids":["{member}"]}}}}}}"#);
        let subject = Subject { kind: SubjectKind::Group, id: "g", name: "Web", directory: Some(OTHER) };
        let (actor, action) = (Actor::system(), Action::GroupMemberAdded);
        audit::append(tx, &NewEntry { now: later(9), actor: &actor, action, subject, changes: &changes })?;
        audit::newest(tx, &Query { about: Some(Uuid::from_u128(2)), ..Query::default() }, 9)
    });
    assert_eq!(found.iter().map(|found| found.entry.sequence).collect::<Vec<_>>(), [4, 2]);
}

#[test]
fn e6_4_a_trail_written_anew_is_found_by_a_hash_that_was_noted() {
    let store = filled(4);
    let noted = verify(&store);
    let anchor = Some((noted.sequence, noted.hash));
    assert_eq!(store.write(move |tx| audit::verify(tx, anchor)).broken, None);
    // Somebody leaves out the second entry and writes the others anew, with right hashes.
    store.write(|tx| {
        tx.execute("DELETE FROM audit_entries", &[])?;
        tx.execute("DELETE FROM audit_head", &[])
    });
    store.write(|tx| [1, 3, 4, 5].into_iter().try_for_each(|number| add(tx, number).map(drop)));
    assert_eq!(verify(&store).broken, None);
    assert_eq!(store.write(move |tx| audit::verify(tx, anchor)).broken.unwrap().sequence, 4);
    let further = Some((9, noted.hash));
    assert_eq!(store.write(move |tx| audit::verify(tx, further)).broken.unwrap().sequence, 5);
}

#[test]
fn e6_4_an_entry_added_behind_the_recorded_end_is_found() {
    let store = filled(3);
    tamper(&store, "UPDATE audit_head SET sequence = 2", vec![]);
    assert_eq!(verify(&store).broken.unwrap().sequence, 3);
    let refused = store.try_write(|tx| add(tx, 4));
    assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{refused:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn e6_4_a_changed_field_is_found_where_it_is(entries in 1_i64..12, at in 1_i64..12, column in 0_usize..COLUMNS.len()) {
        let at = (at - 1) % entries + 1;
        let store = filled(entries);
        let (name, value) = COLUMNS[column].clone();
        let sql = Box::leak(format!("UPDATE audit_entries SET {name} = ?1 WHERE sequence = ?2").into_boxed_str());
        prop_assert_eq!(tamper(&store, sql, vec![value, at.into()]), 1);
        let report = verify(&store);
        prop_assert_eq!(report.broken.map(|broken| broken.sequence), Some(at));
        prop_assert_eq!(report.sequence, at - 1);
    }

    #[test]
    fn e6_4_a_changed_hash_is_found_where_it_is(entries in 1_i64..12, at in 1_i64..12, length in 0_usize..40) {
        let at = (at - 1) % entries + 1;
        let store = filled(entries);
        let hash = Param::from(vec![7_u8; length]);
        tamper(&store, "UPDATE audit_entries SET hash = ?1 WHERE sequence = ?2", vec![hash, at.into()]);
        prop_assert_eq!(verify(&store).broken.map(|broken| broken.sequence), Some(at));
    }

    #[test]
    fn e6_4_missing_entries_are_found_wherever_they_stood(entries in 1_i64..12, from in 1_i64..12, count in 1_i64..12) {
        let from = (from - 1) % entries + 1;
        let store = filled(entries);
        let sql = "DELETE FROM audit_entries WHERE sequence >= ?1 AND sequence < ?2";
        prop_assert!(tamper(&store, sql, vec![from.into(), (from + count).into()]) > 0);
        prop_assert_eq!(verify(&store).broken.map(|broken| broken.sequence), Some(from));
    }

    #[test]
    fn e6_4_missing_entries_are_found_when_the_others_move_up(entries in 2_i64..12, at in 1_i64..12) {
        let at = (at - 1) % entries + 1;
        let store = filled(entries);
        tamper(&store, "DELETE FROM audit_entries WHERE sequence = ?1", vec![at.into()]);
        tamper(&store, "UPDATE audit_entries SET sequence = -sequence WHERE sequence > ?1", vec![at.into()]);
        tamper(&store, "UPDATE audit_entries SET sequence = -sequence - 1 WHERE sequence < 0", vec![]);
        prop_assert_eq!(verify(&store).broken.map(|broken| broken.sequence), Some(at));
    }

    #[test]
    fn e6_4_swapped_entries_are_found(entries in 2_i64..12, one in 1_i64..12, distance in 1_i64..11) {
        let one = (one - 1) % entries + 1;
        let other = (one - 1 + (distance - 1) % (entries - 1) + 1) % entries + 1;
        prop_assert_ne!(one, other);
        let store = filled(entries);
        for (from, to) in [(one, 0), (other, one), (0, other)] {
            let sql = "UPDATE audit_entries SET sequence = ?2 WHERE sequence = ?1";
            prop_assert_eq!(tamper(&store, sql, params![from, to].map(Param::into_owned).into()), 1);
        }
        prop_assert_eq!(verify(&store).broken.map(|broken| broken.sequence), Some(one.min(other)));
    }

    #[test]
    fn e6_4_an_inserted_entry_is_found(entries in 1_i64..12, at in 0_i64..13) {
        let at = at % (entries + 2);
        let store = filled(entries);
        let copy: Vec<Chained> = store.write(|tx| audit::after(tx, 0, 1));
        prop_assert_eq!(copy.len(), 1);
        tamper(&store, "UPDATE audit_entries SET sequence = -sequence WHERE sequence >= ?1", vec![at.into()]);
        tamper(&store, "UPDATE audit_entries SET sequence = -sequence + 1 WHERE sequence < 0", vec![]);
        let sql = "INSERT INTO audit_entries SELECT ?1, recorded, actor_kind, actor_id, actor, action, subject_kind, \
                   subject_id, subject, directory_id, changes, hash, request_id, address, user_agent FROM audit_entries WHERE subject = 'user1'";
        prop_assert_eq!(tamper(&store, sql, vec![at.into()]), 1);
        let broken = verify(&store).broken.map(|broken| broken.sequence);
        // A copy of the first entry in its own place is the first entry; what follows it is not what was there.
        prop_assert_eq!(broken, Some(if at == 1 { 2 } else { at }));
    }
}
