//! A slice gives the enrollment function the same answer as everything does.

use std::collections::BTreeSet;

use enroll_domain::enrollment::{
    Grant, GrantKind, Mapping, ResourceEnrollment, ResourceGrant, ResourceSource, enroll, enroll_resource,
};
use enroll_domain::{
    GrantId, MappedGroup, MappingBinding, MappingId, OrganizationId, ResourceRole, Role, RoleOn, UserId,
    Visibility,
};
use enroll_store::grant::{self, GrantRow};
use enroll_store::mapping::{self, MappingRow};
use enroll_store::member::{self, Member};
use enroll_store::resource_grant::{self, ResourceGrantRow};
use enroll_store::slice::Scope;
use enroll_store::{StoreError, Tx, organization, slice, user};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{
    DEFAULT, NOW, OTHER, Store, group_id, group_name, new_directory, new_group, new_organization,
    new_resource, new_user, user_id,
};

/// Users 1-6 and groups 1-5 of two directories, two organizations, what ties them together.
#[derive(Debug, Clone)]
struct World {
    inactive: Vec<u32>,
    members: Vec<(u32, u32)>,
    nested: Vec<(u32, u32)>,
    mappings: Vec<(u32, u32, u8, bool)>,
    grants: Vec<(u32, u32, bool)>,
    /// Group, resource, paused.
    resource_mappings: Vec<(u32, u32, bool)>,
    resource_grants: Vec<(u32, u32)>,
    public: bool,
}

fn world() -> impl Strategy<Value = World> {
    let pairs = |first: u32, second: u32, most| prop::collection::vec((1..=first, 1..=second), 0..most);
    (
        prop::collection::vec(1..=6_u32, 0..3),
        pairs(5, 6, 10),
        pairs(5, 5, 7),
        prop::collection::vec((1..=5_u32, 1..=2_u32, 0..3_u8, any::<bool>()), 0..6),
        prop::collection::vec((1..=6_u32, 1..=2_u32, any::<bool>()), 0..5),
        prop::collection::vec((1..=5_u32, 1..=2_u32, any::<bool>()), 0..4),
        pairs(6, 2, 4),
        any::<bool>(),
    )
        .prop_map(
            |(inactive, members, nested, mappings, grants, resource_mappings, resource_grants, public)| {
                World {
                    inactive,
                    members,
                    nested,
                    mappings,
                    grants,
                    resource_mappings,
                    resource_grants,
                    public,
                }
            },
        )
}

/// Odd numbers are of one directory, even ones of the other.
const fn directory(number: u32) -> enroll_domain::DirectoryId {
    if number % 2 == 1 { DEFAULT } else { OTHER }
}

fn fill(tx: &Tx<'_>, world: &World) -> Result<(), StoreError> {
    for number in 1..=6 {
        let active = !world.inactive.contains(&number);
        let document = json!({"userName": format!("u{number}"), "active": active});
        new_user(tx, directory(number), user_id(number), document)?;
    }
    for number in 1..=5 {
        new_group(tx, directory(number), group_id(number), &format!("g{number}"))?;
    }
    let organizations = [new_organization(tx, 1, "acme")?, new_organization(tx, 2, "beta")?];
    // What would cross directories is not added.
    for (group, member) in &world.members {
        member::add(tx, directory(*group), group_id(*group), &[Member::User(user_id(*member))], NOW)?;
    }
    for (group, member) in &world.nested {
        member::add(tx, directory(*group), group_id(*group), &[Member::Group(group_id(*member))], NOW)?;
    }
    let mut seen = BTreeSet::new();
    for (number, (group, organization, binding, paused)) in (1_u128..).zip(&world.mappings) {
        if !seen.insert((group, organization)) {
            continue;
        }
        let binding = match binding {
            0 => MappingBinding::Waiting,
            1 => MappingBinding::Lost,
            _ => MappingBinding::Bound(group_id(*group)),
        };
        let mapping = Mapping {
            id: MappingId::from_uuid(Uuid::from_u128(number)),
            directory: directory(*group),
            group: MappedGroup::from_stored(group_name(&format!("g{group}")), binding),
            gives: RoleOn::Organization(
                organizations[*organization as usize - 1],
                Role::ALL[number as usize % 4],
            ),
            paused: *paused,
        };
        mapping::insert(tx, &MappingRow { mapping, created: NOW })?;
    }
    let mut seen = BTreeSet::new();
    for (number, (user, organization, direct)) in (1_u128..).zip(&world.grants) {
        if !seen.insert((user, organization, direct)) {
            continue;
        }
        let grant = Grant {
            id: GrantId::from_uuid(Uuid::from_u128(number)),
            user: user_id(*user),
            organization: organizations[*organization as usize - 1],
            role: Role::ALL[number as usize % 4],
            kind: if *direct { GrantKind::Direct } else { GrantKind::Jit },
        };
        grant::insert(tx, &GrantRow { grant, created: NOW, granted_by: "root".to_owned() })?;
    }
    fill_resources(tx, world, organizations)
}

/// A resource of each organization, the second perhaps public.
fn fill_resources(tx: &Tx<'_>, world: &World, organizations: [OrganizationId; 2]) -> Result<(), StoreError> {
    let second = if world.public { Visibility::Public } else { Visibility::Private };
    let resources = [
        new_resource(tx, 1, organizations[0], Visibility::Private)?.id,
        new_resource(tx, 2, organizations[1], second)?.id,
    ];
    let mut seen = BTreeSet::new();
    for (number, (group, resource, paused)) in (100_u128..).zip(&world.resource_mappings) {
        if seen.insert((group, resource)) {
            let mapping = Mapping {
                id: MappingId::from_uuid(Uuid::from_u128(number)),
                directory: directory(*group),
                group: MappedGroup::new(group_name(&format!("g{group}")), Some(group_id(*group))),
                gives: RoleOn::Resource(
                    resources[*resource as usize - 1],
                    ResourceRole::ALL[number as usize % 4],
                ),
                paused: *paused,
            };
            mapping::insert(tx, &MappingRow { mapping, created: NOW })?;
        }
    }
    let mut seen = BTreeSet::new();
    for (number, (user, resource)) in (100_u128..).zip(&world.resource_grants) {
        if seen.insert((user, resource)) {
            let grant = ResourceGrant {
                id: GrantId::from_uuid(Uuid::from_u128(number)),
                user: user_id(*user),
                resource: resources[*resource as usize - 1],
                role: ResourceRole::ALL[number as usize % 5],
            };
            let row = ResourceGrantRow { grant, created: NOW, granted_by: "root".to_owned() };
            resource_grant::insert(tx, &row)?;
        }
    }
    Ok(())
}

/// Every slice of a resource against everything.
fn compare_resources(tx: &Tx<'_>) -> Result<(), StoreError> {
    let everything = slice::everything(tx)?;
    for (id, facts) in &everything.resources {
        let expected = enroll_resource(&everything, *id);
        for start in [DEFAULT, OTHER] {
            let users: Vec<UserId> = (1..=6).filter(|n| directory(*n) == start).map(user_id).collect();
            let mut state = slice::of_users(tx, start, &users, false)?;
            state.resources.insert(*id, *facts);
            let found = enroll_resource(&state, *id);
            let expected: Vec<_> = expected.iter().filter(|entry| users.contains(&entry.user)).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{users:?}");
        }
        let public = |entry: &&ResourceEnrollment| entry.sources == [ResourceSource::Public];
        let expected: Vec<_> = expected.iter().filter(|entry| !public(entry)).cloned().collect();
        for limit in [1, 2, 100] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = slice::of_target(tx, &Scope::resource(*id, *facts), after, limit)?;
                let entries = enroll_resource(&page.state, *id);
                found.extend(entries.iter().filter(|entry| !public(entry)).cloned());
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected, "{limit}");
        }
    }
    Ok(())
}

/// Every slice against everything.
fn compare(tx: &Tx<'_>) -> Result<(), StoreError> {
    let everything = slice::everything(tx)?;
    assert_eq!((everything.users.len(), everything.groups.len()), (6, 5));
    let expected = enroll(&everything);
    for start in [DEFAULT, OTHER] {
        let users: Vec<UserId> = (1..=6).filter(|n| directory(*n) == start).map(user_id).collect();
        for users in [&users[..], &users[..1]] {
            let found = enroll(&slice::of_users(tx, start, users, false)?);
            let expected: Vec<_> = expected.iter().filter(|entry| users.contains(&entry.user)).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{users:?}");
        }
    }
    for organization in organization::list(tx, None, 10)? {
        for limit in [1, 2, 100] {
            let mut found = Vec::new();
            let mut after = None;
            loop {
                let page = slice::of_target(tx, &Scope::organization(organization.id), after, limit)?;
                assert!(page.users.len() <= limit as usize);
                found.extend(enroll(&page.state).of_organization(organization.id).to_vec());
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected.of_organization(organization.id), "{limit}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn e3_5_every_slice_gives_what_everything_gives(worlds in prop::collection::vec(world(), 3)) {
        let store = Store::new();
        for world in worlds {
            // Nothing is kept, so that the next world begins anew.
            let result = store.try_write(move |tx| -> Result<(), StoreError> {
                fill(tx, &world)?;
                compare(tx)?;
                compare_resources(tx)?;
                Err(StoreError::Busy)
            });
            prop_assert_eq!(result, Err(StoreError::Busy));
        }
    }
}

#[test]
fn e3_10_an_explanation_also_gets_mappings_without_a_group() {
    let store = Store::new();
    let bindings = store.write(|tx| {
        let world = World {
            inactive: vec![],
            members: vec![(1, 1)],
            nested: vec![],
            mappings: vec![(1, 1, 2, true), (3, 1, 0, false), (5, 1, 1, false), (2, 1, 0, false)],
            grants: vec![],
            resource_mappings: vec![(1, 1, false)],
            resource_grants: vec![],
            public: false,
        };
        fill(tx, &world)?;
        let count =
            |explain| slice::of_users(tx, DEFAULT, &[user_id(1)], explain).map(|state| state.mappings.len());
        Ok([count(false)?, count(true)?])
    });
    assert_eq!(bindings, [2, 4]);
}

/// More users than one statement takes; one of them is named in the first and in the second, and one is of another directory.
#[test]
fn a_grant_is_in_a_slice_once_and_only_with_its_user() {
    let store = Store::new();
    let (users, grants) = store.write(|tx| {
        let organization = new_organization(tx, 1, "acme")?;
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "ada"}))?;
        new_user(tx, OTHER, user_id(2), json!({"userName": "bob"}))?;
        for number in [1, 2] {
            let id = GrantId::from_uuid(Uuid::from_u128(number.into()));
            let user = user_id(number);
            let grant = Grant { id, user, organization, role: Role::Member, kind: GrantKind::Direct };
            grant::insert(tx, &GrantRow { grant, created: NOW, granted_by: "root".to_owned() })?;
        }
        let asked: Vec<UserId> = (1..=500).chain([1]).map(user_id).collect();
        let state = slice::of_users(tx, DEFAULT, &asked, false)?;
        Ok((state.users.into_keys().collect::<Vec<_>>(), state.grants))
    });
    assert_eq!(users, [user_id(1)]);
    assert_eq!(grants.iter().map(|grant| grant.user).collect::<Vec<_>>(), [user_id(1)]);
}

#[test]
fn an_organization_of_a_deactivated_user_still_names_the_user() {
    let store = Store::new();
    let (users, roles) = store.write(|tx| {
        let organization = new_organization(tx, 1, "acme")?;
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "Bob@a", "active": false}))?;
        let id = GrantId::from_uuid(Uuid::from_u128(1));
        let grant = Grant { id, user: user_id(1), organization, role: Role::Owner, kind: GrantKind::Direct };
        grant::insert(tx, &GrantRow { grant, created: NOW, granted_by: "root".to_owned() })?;
        let page = slice::of_target(tx, &Scope::organization(organization), None, 10)?;
        let roles: Vec<_> = enroll(&page.state).iter().map(|entry| entry.effective_role).collect();
        Ok((page.users, roles))
    });
    assert_eq!(
        (users[0].handle.as_str(), users[0].user_name.as_str(), users[0].active),
        ("bob", "Bob@a", false)
    );
    assert_eq!(roles, [None]);
}

#[test]
fn a_third_directory_is_part_of_everything() {
    let store = Store::new();
    let directory = enroll_domain::DirectoryId::from_uuid(Uuid::from_u128(3));
    let users = store.write(move |tx| {
        new_directory(tx, directory, "third")?;
        new_user(tx, directory, user_id(1), json!({"userName": "a"}))?;
        assert!(user::find(tx, directory, user_id(1))?.is_some());
        Ok(slice::everything(tx)?.users)
    });
    assert_eq!(users[&user_id(1)].directory, Some(directory));
}
