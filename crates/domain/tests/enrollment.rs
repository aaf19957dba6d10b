//! The facts of enrollment.md 2.3 and 3.2 to 3.8, one by one.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod setup;

use enroll_domain::enrollment::{Change, GrantKind, Source, State, diff, enroll};
use enroll_domain::{MappingBinding, Role, RoleOn};
use serde_json::json;

use setup::{add_grant, add_group, bind, grant, group, map, mapping, organization, user, with_users};

fn role(state: &State, number: u32) -> Option<Role> {
    enroll(state).effective_role(organization(1), user(number))
}

fn sources(state: &State, number: u32) -> Vec<Source> {
    enroll(state).get(organization(1), user(number)).map(|entry| entry.sources.clone()).unwrap_or_default()
}

fn path(state: &State, number: u32) -> Vec<String> {
    let Some(Source::Group { path, .. }) = sources(state, number).into_iter().next() else { return vec![] };
    path.groups().map(|id| id.to_string()).collect()
}

fn ids(groups: &[u32]) -> Vec<String> {
    groups.iter().map(|number| group(*number).to_string()).collect()
}

#[test]
fn e1_4_group_without_a_mapping_gives_nothing() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[1], &[]);
    assert_eq!(enroll(&state).iter().count(), 0);
}

#[test]
fn e3_3_highest_role_wins_and_all_sources_are_kept() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[1], &[]);
    add_group(&mut state, 2, &[1], &[]);
    map(&mut state, 1, 1, Role::Member);
    map(&mut state, 2, 2, Role::Admin);
    add_grant(&mut state, 2, 1, Role::Writer, GrantKind::Jit);
    add_grant(&mut state, 1, 1, Role::Writer, GrantKind::Direct);
    assert_eq!(role(&state, 1), Some(Role::Admin));
    let listed: Vec<_> = sources(&state, 1).iter().map(|source| json!(source)["kind"].clone()).collect();
    assert_eq!(listed, ["group", "direct", "jit", "group"]);
}

#[test]
fn e3_3_losing_one_source_takes_away_that_source_alone() {
    let mut state = with_users(2);
    add_group(&mut state, 1, &[1, 2], &[]);
    map(&mut state, 1, 1, Role::Admin);
    map(&mut state, 2, 1, Role::Member);
    add_grant(&mut state, 1, 1, Role::Writer, GrantKind::Direct);
    let whole = sources(&state, 1);
    for lost in [mapping(1), mapping(2)] {
        let mut less = state.clone();
        less.mappings.retain(|mapping| mapping.id != lost);
        let mut expected = whole.clone();
        expected.retain(|source| !matches!(source, Source::Group { mapping, .. } if *mapping == lost));
        assert_eq!(sources(&less, 1), expected);
    }
    add_group(&mut state, 1, &[2], &[]);
    assert_eq!(sources(&state, 1), [Source::Direct { grant: grant(1), role: Role::Writer }]);
    assert_eq!(role(&state, 2), Some(Role::Admin));
}

#[test]
fn e3_4_members_of_nested_groups_hold_the_outer_groups_role() {
    let mut state = with_users(3);
    add_group(&mut state, 1, &[1], &[2]);
    add_group(&mut state, 2, &[2], &[3]);
    add_group(&mut state, 3, &[3], &[]);
    map(&mut state, 1, 2, Role::Writer);
    assert_eq!([1, 2, 3].map(|number| role(&state, number)), [None, Some(Role::Writer), Some(Role::Writer)]);
    assert_eq!(path(&state, 3), ids(&[3, 2]));
}

#[test]
fn e3_4_cycles_are_tolerated() {
    let mut state = with_users(2);
    add_group(&mut state, 1, &[1], &[1, 2]);
    add_group(&mut state, 2, &[2], &[1]);
    map(&mut state, 1, 1, Role::Member);
    map(&mut state, 2, 2, Role::Writer);
    assert_eq!([1, 2].map(|number| role(&state, number)), [Some(Role::Writer); 2]);
    assert_eq!(sources(&state, 1).len(), 2);
}

#[test]
fn e3_10_path_is_the_shortest_and_of_those_the_first() {
    let mut state = with_users(1);
    add_group(&mut state, 9, &[], &[4, 3, 1]);
    add_group(&mut state, 1, &[], &[2]);
    add_group(&mut state, 2, &[], &[5]);
    add_group(&mut state, 3, &[], &[6, 5]);
    add_group(&mut state, 4, &[], &[5]);
    add_group(&mut state, 5, &[1], &[]);
    add_group(&mut state, 6, &[1], &[]);
    map(&mut state, 1, 9, Role::Member);
    assert_eq!(path(&state, 1), ids(&[5, 3, 9]));
}

#[test]
fn e3_7_mapping_without_its_group_gives_nothing() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[1], &[]);
    for binding in [MappingBinding::Waiting, MappingBinding::Lost, MappingBinding::Bound(group(2))] {
        state.mappings.clear();
        bind(map(&mut state, 1, 1, Role::Member), binding);
        assert_eq!(enroll(&state).iter().count(), 0, "{binding:?}");
    }
}

#[test]
fn e3_6_paused_mapping_gives_nothing_until_it_goes_on() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[1], &[]);
    map(&mut state, 1, 1, Role::Member).paused = true;
    assert_eq!(role(&state, 1), None);
    state.mappings[0].paused = false;
    assert_eq!(role(&state, 1), Some(Role::Member));
}

#[test]
fn e2_3_deactivated_user_keeps_the_sources_without_a_role() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[1], &[]);
    map(&mut state, 1, 1, Role::Owner);
    add_grant(&mut state, 1, 1, Role::Admin, GrantKind::Direct);
    let active = sources(&state, 1);
    state.users.get_mut(&user(1)).unwrap().active = false;
    assert_eq!(role(&state, 1), None);
    assert_eq!(sources(&state, 1), active);
}

#[test]
fn e2_5_deleted_user_has_nothing() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[1, 2], &[]);
    map(&mut state, 1, 1, Role::Owner);
    add_grant(&mut state, 1, 2, Role::Admin, GrantKind::Direct);
    assert!(enroll(&state).get(organization(1), user(2)).is_none());
}

#[test]
fn e3_8_difference_lists_who_gains_loses_or_changes() {
    let mut state = with_users(4);
    add_group(&mut state, 1, &[1, 2, 3], &[]);
    add_group(&mut state, 2, &[2, 3, 4], &[]);
    map(&mut state, 1, 1, Role::Member);
    add_grant(&mut state, 1, 3, Role::Owner, GrantKind::Direct);
    let before = enroll(&state);
    bind(&mut state.mappings[0], MappingBinding::Bound(group(2)));
    state.mappings[0].gives = RoleOn::Organization(organization(1), Role::Writer);
    let change =
        |number, before, after| Change { organization: organization(1), user: user(number), before, after };
    let expected = [
        change(1, Some(Role::Member), None),
        change(2, Some(Role::Member), Some(Role::Writer)),
        change(4, None, Some(Role::Writer)),
    ];
    assert_eq!(diff(&before, &enroll(&state)), expected);
    assert_eq!(diff(&before, &before), []);
}

#[test]
fn e3_10_enrollment_as_json() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[], &[2]);
    add_group(&mut state, 2, &[1], &[]);
    map(&mut state, 1, 1, Role::Writer);
    add_grant(&mut state, 1, 1, Role::Member, GrantKind::Jit);
    let expected = json!([{
        "organization": organization(1), "user": user(1), "active": true, "effectiveRole": "writer",
        "sources": [
            {"kind": "group", "mapping": mapping(1), "role": "writer", "path": [group(2), group(1)]},
            {"kind": "jit", "grant": grant(1), "role": "member"},
        ],
    }]);
    assert_eq!(json!(enroll(&state)), expected);
}

#[test]
fn e3_5_large_groups_and_deep_nesting_are_no_trouble() {
    let mut state = with_users(30_000);
    add_group(&mut state, 1, &(1..=30_000).collect::<Vec<_>>(), &[]);
    for number in 2..=5000 {
        add_group(&mut state, number, &[number], &[number - 1]);
    }
    for number in 1..=10 {
        map(&mut state, number, 1, Role::Member).gives =
            RoleOn::Organization(organization(number), Role::Member);
    }
    map(&mut state, 11, 5000, Role::Admin);
    let enrollments = enroll(&state);
    assert_eq!(enrollments.iter().count(), 300_000);
    assert_eq!(enrollments.effective_role(organization(1), user(30_000)), Some(Role::Admin));
    assert_eq!(enrollments.of_organization(organization(10)).len(), 30_000);
    assert_eq!(path(&state, 30_000).len(), 5000);
}
