//! Threat S5: what belongs to one directory is not there for another.

use enroll_domain::enrollment::Mapping;
use enroll_domain::{MappedGroup, MappingId, RebindPolicy, Role, RoleOn, TokenHash, TokenId};
use enroll_scim::Folded;
use enroll_store::filter::Compiled;
use enroll_store::mapping::{self, MappingRow};
use enroll_store::member::{self, Member};
use enroll_store::token::scim::{self, ScimTokenRow};
use enroll_store::{group, slice, tombstone, user};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{
    DEFAULT, NOW, OTHER, Store, by_admin, group_id, group_name, new_group, new_organization, new_user,
    resource, user_id,
};

/// One of everything, in the directory `default`.
fn filled() -> Store {
    let store = Store::new();
    store.write(|tx| {
        new_user(
            tx,
            DEFAULT,
            user_id(1),
            json!({"userName": "bob", "externalId": "x", "emails": [{"value": "b@a"}]}),
        )?;
        new_group(tx, DEFAULT, group_id(1), "Web")?;
        new_group(tx, DEFAULT, group_id(2), "Outer")?;
        member::add(tx, DEFAULT, group_id(1), &[Member::User(user_id(1))], NOW)?;
        member::add(tx, DEFAULT, group_id(2), &[Member::Group(group_id(1))], NOW)?;
        let organization = new_organization(tx, 1, "acme")?;
        mapping::insert(
            tx,
            &MappingRow {
                mapping: Mapping {
                    id: MappingId::from_uuid(Uuid::from_u128(1)),
                    directory: DEFAULT,
                    group: MappedGroup::new(group_name("Web"), Some(group_id(1))),
                    gives: RoleOn::Organization(organization, Role::Member),
                    paused: false,
                },
                created: NOW,
            },
        )?;
        scim::insert(
            tx,
            &ScimTokenRow {
                id: TokenId::from_uuid(Uuid::from_u128(1)),
                directory: DEFAULT,
                label: "okta".to_owned(),
                secret_hash: TokenHash::from_bytes([7; 32]),
                allow_from: enroll_domain::AllowList::default(),
                created: NOW,
                expires: None,
                last_use: None,
            },
        )
    });
    store
}

#[test]
fn threat_s5_another_directory_sees_nothing() {
    filled().write(|tx| {
        let everything = Compiled::everything();
        assert_eq!(user::find(tx, OTHER, user_id(1))?, None);
        assert_eq!(user::find_by_user_name(tx, OTHER, &Folded::new("bob"))?, None);
        assert_eq!(user::find_by_handle(tx, OTHER, &"bob".parse().unwrap())?, None);
        assert_eq!(user::find_by_external_id(tx, OTHER, "x")?, []);
        assert_eq!(user::list(tx, OTHER, &everything, user::Page::first(10))?, []);
        assert_eq!(user::count(tx, OTHER, &everything)?, 0);
        assert_eq!(group::find(tx, OTHER, group_id(1))?, None);
        assert_eq!(group::find_by_display_name(tx, OTHER, &Folded::new("web"))?, None);
        assert_eq!(group::find_for_mapping(tx, OTHER, group_name("web").key())?, None);
        assert_eq!(group::list(tx, OTHER, &everything, group::Page::first(10))?, []);
        assert_eq!(group::count(tx, OTHER, &everything)?, 0);
        assert_eq!(member::list(tx, OTHER, group_id(1), None, 10)?, []);
        assert_eq!(member::count(tx, OTHER, group_id(1))?, 0);
        assert_eq!(member::kinds(tx, OTHER, [*user_id(1).as_uuid(), *group_id(1).as_uuid()])?, []);
        assert_eq!(member::among(tx, OTHER, group_id(1), [*user_id(1).as_uuid()])?, []);
        assert_eq!(member::groups_of_users(tx, OTHER, &[user_id(1)])?, []);
        assert_eq!(mapping::list(tx, OTHER)?, []);
        assert_eq!(mapping::find(tx, OTHER, MappingId::from_uuid(Uuid::from_u128(1)))?, None);
        assert_eq!(mapping::list_of_groups(tx, OTHER, [group_id(1)])?, []);
        assert_eq!(scim::list(tx, OTHER)?.len(), 0);
        let state = slice::of_users(tx, OTHER, &[user_id(1)], true)?;
        assert!(state.users.is_empty() && state.groups.is_empty() && state.mappings.is_empty());
        Ok(())
    });
}

#[test]
fn threat_s5_another_directory_changes_nothing() {
    let store = filled();
    store.write(|tx| {
        let changed = resource(json!({"userName": "evil", "displayName": "evil"}));
        let (mapping, token) =
            (MappingId::from_uuid(Uuid::from_u128(1)), TokenId::from_uuid(Uuid::from_u128(1)));
        assert_eq!(user::update(tx, OTHER, user_id(1), &changed, NOW, None)?, None);
        assert!(!user::delete(tx, OTHER, user_id(1), by_admin(NOW))?);
        assert_eq!(group::update(tx, OTHER, group_id(1), &changed, NOW, None)?, None);
        assert_eq!(group::touch(tx, OTHER, group_id(1), NOW)?, None);
        assert!(!group::delete(tx, OTHER, group_id(1), by_admin(NOW))?);
        assert_eq!(member::remove(tx, OTHER, group_id(1), &[*user_id(1).as_uuid()])?, []);
        assert_eq!(member::remove_all(tx, OTHER, group_id(1))?, []);
        let organization = enroll_domain::OrganizationId::from_uuid(Uuid::from_u128(0x3000_0001));
        let owner = RoleOn::Organization(organization, Role::Owner);
        assert!(!mapping::set_role(tx, OTHER, mapping, owner)?);
        assert!(!mapping::set_paused(tx, OTHER, mapping, true)?);
        assert!(!mapping::delete(tx, OTHER, mapping)?);
        assert!(!mapping::rebind(tx, OTHER, mapping, group_id(2), group_name("Outer"))?);
        assert_eq!(mapping::group_deleted(tx, OTHER, group_id(1))?, []);
        assert_eq!(mapping::group_named(tx, OTHER, group_id(1), &group_name("x"), RebindPolicy::ByName)?, []);
        assert!(!scim::touch(tx, OTHER, token, NOW, None)?);
        assert!(!scim::delete(tx, OTHER, token)?);
        Ok(())
    });
    store.write(|tx| {
        assert_eq!(user::find(tx, DEFAULT, user_id(1))?.unwrap().version, 1);
        assert_eq!(group::find(tx, DEFAULT, group_id(1))?.unwrap().version, 1);
        assert_eq!(member::groups_of_users(tx, DEFAULT, &[user_id(1)])?.len(), 2);
        let mapping = mapping::list(tx, DEFAULT)?.remove(0).mapping;
        assert_eq!((mapping.gives.role().as_str(), mapping.paused), ("member", false));
        assert_eq!(mapping.group.binding().group(), Some(group_id(1)));
        assert_eq!(scim::list(tx, DEFAULT)?.len(), 1);
        Ok(())
    });
}

#[test]
fn threat_s5_names_are_unique_within_a_directory_alone() {
    let store = filled();
    let found = store.write(|tx| {
        new_user(tx, OTHER, user_id(2), json!({"userName": "BOB"}))?;
        new_group(tx, OTHER, group_id(9), "web")?;
        assert!(user::delete(tx, OTHER, user_id(2), by_admin(NOW))?);
        assert_eq!(tombstone::find(tx, DEFAULT, *user_id(2).as_uuid())?, None);
        user::find_by_user_name(tx, DEFAULT, &Folded::new("bob"))
    });
    assert_eq!(found.map(|user| user.id), Some(user_id(1)));
}
