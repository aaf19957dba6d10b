//! Why a user has, or has not, a role (enrollment.md 3.10).

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod setup;

use enroll_domain::enrollment::{GrantKind, NearMiss, ResourceFacts, State, explain, explain_resource};
use enroll_domain::{GroupName, MappingBinding, ResourceId, ResourceRole, Role, RoleOn, Visibility};
use serde_json::json;

use setup::{add_grant, add_group, bind, directory, group, map, mapping, organization, user, with_users};

fn near_misses(state: &State, number: u32) -> Vec<NearMiss> {
    explain(state, organization(1), user(number)).unwrap().near_misses
}

#[test]
fn e3_10_paused_mapping_is_named_for_its_members_alone() {
    let mut state = with_users(2);
    add_group(&mut state, 1, &[1], &[]);
    map(&mut state, 1, 1, Role::Admin).paused = true;
    let explained = explain(&state, organization(1), user(1)).unwrap();
    let expected = json!({
        "active": true, "effectiveRole": null, "sources": [],
        "nearMisses": [{"reason": "mappingPaused", "mapping": mapping(1), "role": "admin", "path": [group(1)]}],
        "groupNames": {group(1).to_string(): "Group 1"},
    });
    assert_eq!(json!(explained), expected);
    assert_eq!(near_misses(&state, 2), []);
}

#[test]
fn e3_10_mapping_without_its_group_is_named_in_its_directory_alone() {
    let mut state = with_users(2);
    state.users.get_mut(&user(2)).unwrap().directory = None;
    bind(map(&mut state, 2, 2, Role::Writer), MappingBinding::Lost);
    bind(map(&mut state, 1, 1, Role::Member), MappingBinding::Waiting);
    let elsewhere = map(&mut state, 3, 3, Role::Member);
    elsewhere.directory = directory(2);
    bind(elsewhere, MappingBinding::Waiting);
    let expected = json!([
        {"reason": "mappingWaiting", "mapping": mapping(1), "role": "member", "groupName": "Group 1"},
        {"reason": "mappingLost", "mapping": mapping(2), "role": "writer", "groupName": "Group 2"},
    ]);
    assert_eq!(json!(near_misses(&state, 1)), expected);
    assert_eq!(near_misses(&state, 2), [], "a local user is in no group");
}

#[test]
fn e2_3_deactivation_is_named_with_the_role_that_would_return() {
    let mut state = with_users(2);
    for number in [1, 2] {
        state.users.get_mut(&user(number)).unwrap().active = false;
    }
    add_grant(&mut state, 1, 1, Role::Member, GrantKind::Direct);
    add_grant(&mut state, 2, 1, Role::Writer, GrantKind::Direct);
    let explained = explain(&state, organization(1), user(1)).unwrap();
    assert!(!explained.active);
    assert_eq!((explained.effective_role, explained.sources.len()), (None, 2));
    assert_eq!(explained.near_misses, [NearMiss::UserDeactivated { role: Role::Writer }]);
    assert_eq!(near_misses(&state, 2), [], "nothing would return");
}

#[test]
fn e3_10_other_organizations_do_not_matter() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[1], &[]);
    map(&mut state, 1, 1, Role::Admin).gives = RoleOn::Organization(organization(2), Role::Admin);
    let paused = map(&mut state, 2, 1, Role::Admin);
    (paused.gives, paused.paused) = (RoleOn::Organization(organization(2), Role::Admin), true);
    let explained = explain(&state, organization(1), user(1)).unwrap();
    assert!(
        explained.sources.is_empty() && explained.near_misses.is_empty() && explained.group_names.is_empty()
    );
}

#[test]
fn e3_10_path_comes_with_the_names_of_its_groups() {
    let mut state = with_users(1);
    add_group(&mut state, 1, &[], &[2]);
    add_group(&mut state, 2, &[1], &[]);
    add_group(&mut state, 3, &[1], &[]);
    map(&mut state, 1, 1, Role::Member);
    let names = explain(&state, organization(1), user(1)).unwrap().group_names;
    let names: Vec<_> = names.values().map(GroupName::as_str).collect();
    assert_eq!(names, ["Group 1", "Group 2"]);
}

#[test]
fn e3_10_unknown_user_has_no_explanation() {
    assert_eq!(explain(&with_users(1), organization(1), user(2)), None);
}

/// Resource 1 of organization 1, whose base resource role is `limited-write`.
fn with_resource(state: &mut State) -> ResourceId {
    let id = ResourceId::from_uuid(uuid::Uuid::from_u128(1));
    let base = ResourceRole::LimitedWrite;
    let facts = ResourceFacts { organization: organization(1), base, visibility: Visibility::Private };
    state.resources.insert(id, facts);
    id
}

#[test]
fn e3_10_what_nearly_gives_a_role_on_the_organization_nearly_gives_what_it_implies() {
    let mut state = with_users(1);
    let resource = with_resource(&mut state);
    add_group(&mut state, 1, &[1], &[]);
    map(&mut state, 1, 1, Role::Member).paused = true;
    bind(map(&mut state, 2, 2, Role::Writer), MappingBinding::Waiting);
    let own = map(&mut state, 3, 1, Role::Member);
    (own.gives, own.paused) = (RoleOn::Resource(resource, ResourceRole::Admin), true);
    let explained = explain_resource(&state, resource, user(1)).unwrap();
    assert!(explained.sources.is_empty() && explained.effective_role.is_none());
    let expected = json!([
        {"reason": "mappingPaused", "mapping": mapping(1), "role": "limited-write", "path": [group(1)]},
        {"reason": "mappingWaiting", "mapping": mapping(2), "role": "write", "groupName": "Group 2"},
        {"reason": "mappingPaused", "mapping": mapping(3), "role": "admin", "path": [group(1)]},
    ]);
    assert_eq!(json!(explained.near_misses), expected);
    assert_eq!(explained.group_names.len(), 1);
    // A mapping to a resource is none to its organization.
    assert_eq!(near_misses(&state, 1).len(), 2);
}

#[test]
fn e2_3_a_deactivated_user_would_have_the_highest_role_on_a_resource_again() {
    let mut state = with_users(1);
    let resource = with_resource(&mut state);
    state.users.get_mut(&user(1)).unwrap().active = false;
    add_grant(&mut state, 1, 1, Role::Admin, GrantKind::Jit);
    let explained = explain_resource(&state, resource, user(1)).unwrap();
    assert_eq!((explained.effective_role, explained.sources.len()), (None, 1));
    assert_eq!(explained.near_misses, [NearMiss::UserDeactivated { role: ResourceRole::Admin }]);
    assert_eq!(explain_resource(&state, ResourceId::from_uuid(uuid::Uuid::nil()), user(1)), None);
    assert_eq!(explain_resource(&state, resource, user(2)), None);
}
