//! The database gives what the evaluator in memory gives, on random directories and filters.

use std::cell::Cell;
use std::sync::Arc;

use enroll_scim::filter::{Filter, TypedFilter};
use enroll_scim::{Dialect, Notes};
use enroll_store::filter::Compiled;
use enroll_store::member::{self, Member};
use enroll_store::{StoreError, Tx, group, user};
use proptest::collection::vec;
use proptest::prelude::ProptestConfig;
use proptest::strategy::Strategy;
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::json;

use crate::fixture::{DEFAULT, NOW, OTHER, Store, group_id, new_group, new_user, user_id};
use crate::generate::{group_filter, user_filter, world};
use crate::world::{World, model};

/// Random directories; each is asked several filters.
const WORLDS: u32 = 100;
const FILTERS: usize = 24;

fn resolve(filters: &[Filter], resource_type: &str) -> Vec<TypedFilter> {
    let model = model(resource_type);
    // What makes no sense is refused before it comes to the store.
    let resolve = |filter: &Filter| filter.resolve(&model, &Dialect::strict(), &mut Notes::default()).ok();
    filters.iter().filter_map(resolve).collect()
}

fn check_users(tx: &Tx<'_>, world: &World, filters: &[TypedFilter]) -> Result<(u32, u32), StoreError> {
    let shown = world.user_representations();
    let mut exact = 0;
    for filter in filters {
        let compiled = Compiled::for_users(filter);
        let expected: Vec<_> =
            shown.iter().filter(|(_, shown)| filter.matches(shown)).map(|(id, _)| *id).collect();
        let page = user::Page::first(100);
        let rows = user::list(tx, DEFAULT, &compiled, page)?;
        let found: Vec<_> = rows.iter().map(|row| row.id).collect();
        let total = user::count(tx, DEFAULT, &compiled)?;
        assert_eq!(total, found.len() as u64, "{filter:?}\n{compiled:?}");
        if compiled.exact {
            exact += 1;
            assert_eq!(found, expected, "{filter:?}\n{compiled:?}");
        } else {
            assert!(
                expected.iter().all(|id| found.contains(id)),
                "{expected:?} {found:?} {filter:?}\n{compiled:?}"
            );
        }
        let search = user::search(tx, DEFAULT, &compiled, page, |rows| {
            Ok::<_, StoreError>(rows.iter().map(|row| filter.matches(&shown[&row.id])).collect())
        })?;
        assert_eq!(search.rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{filter:?}");
        assert_eq!(search.total, expected.len() as u64);
    }
    Ok((exact, u32::try_from(filters.len()).unwrap()))
}

fn check_groups(tx: &Tx<'_>, world: &World, filters: &[TypedFilter]) -> Result<(u32, u32), StoreError> {
    let shown = world.group_representations();
    let mut exact = 0;
    for filter in filters {
        let compiled = Compiled::for_groups(filter);
        let expected: Vec<_> =
            shown.iter().filter(|(_, shown)| filter.matches(shown)).map(|(id, _)| *id).collect();
        let rows = group::list(tx, DEFAULT, &compiled, group::Page::first(100))?;
        let found: Vec<_> = rows.iter().map(|row| row.id).collect();
        assert_eq!(group::count(tx, DEFAULT, &compiled)?, found.len() as u64, "{filter:?}\n{compiled:?}");
        if compiled.exact {
            exact += 1;
            assert_eq!(found, expected, "{filter:?}\n{compiled:?}");
        } else {
            assert!(
                expected.iter().all(|id| found.contains(id)),
                "{expected:?} {found:?} {filter:?}\n{compiled:?}"
            );
        }
    }
    Ok((exact, u32::try_from(filters.len()).unwrap()))
}

type Check = fn(&Tx<'_>, &World, &[TypedFilter]) -> Result<(u32, u32), StoreError>;

/// Runs a check on random directories, each undone before the next; and that the database decided most filters alone.
fn run(filters: impl Strategy<Value = Filter>, resource_type: &'static str, check: Check) {
    let store = Store::new();
    // Another directory must make no difference.
    store.write(foreign);
    let decided = Cell::new((0, 0));
    let config = ProptestConfig { cases: WORLDS, failure_persistence: None, ..Default::default() };
    let result = TestRunner::new(config).run(&(world(), vec(filters, FILTERS)), |(world, filters)| {
        let filters = resolve(&filters, resource_type);
        let report = Arc::new(std::sync::Mutex::new(None));
        let told = Arc::clone(&report);
        let undone: Result<(), StoreError> = store.try_write(move |tx| {
            world.store(tx, DEFAULT)?;
            *told.lock().unwrap() = Some(check(tx, &world, &filters)?);
            // Nothing is kept.
            Err(StoreError::Busy)
        });
        let report = *report.lock().unwrap();
        let Some((exact, all)) = report else { return Err(TestCaseError::fail(format!("{undone:?}"))) };
        decided.set((decided.get().0 + exact, decided.get().1 + all));
        Ok(())
    });
    result.unwrap();
    let (exact, all) = decided.get();
    assert!(all > 500 && exact * 3 > all, "of {all} filters only {exact} were decided by the database");
}

/// The same things in another directory.
fn foreign(tx: &Tx<'_>) -> Result<(), StoreError> {
    let (user, group) = (user_id(90), group_id(90));
    new_user(tx, OTHER, user, json!({"userName": "a", "emails": [{"value": "a", "type": "work"}]}))?;
    new_group(tx, OTHER, group, "a")?;
    member::add(tx, OTHER, group, &[Member::User(user), Member::Group(group)], NOW).map(drop)
}

#[test]
fn m_users_found_by_the_database_are_those_found_in_memory() {
    run(user_filter(), "User", check_users);
}

#[test]
fn m_groups_found_by_the_database_are_those_found_in_memory() {
    run(group_filter(), "Group", check_groups);
}
