use enroll_domain::GroupNameKey;
use enroll_scim::Folded;
use enroll_store::group::{self, NewGroup};
use enroll_store::member::{self, Member};
use enroll_store::{StoreError, tombstone, user};
use serde_json::json;

use crate::fixture::{
    DEFAULT, NOW, Store, by_admin, group_id, later, new_group, new_users, object, resource, user_id,
};

#[test]
fn a_group_is_read_back_without_members() {
    let store = Store::new();
    let group = store.write(|tx| {
        let resource = resource(json!({
            "displayName": "Tour Guides", "externalId": "g", "members": [{"value": "2819c223"}],
        }));
        group::insert(tx, &NewGroup { directory: DEFAULT, id: group_id(1), now: NOW, resource: &resource })?;
        group::find(tx, DEFAULT, group_id(1))
    });
    let group = group.unwrap();
    assert_eq!(group.object().unwrap(), object(json!({"displayName": "Tour Guides", "externalId": "g"})));
    assert_eq!((group.display_name.as_str(), group.external_id.as_deref()), ("Tour Guides", Some("g")));
    assert_eq!((group.created, group.last_modified, group.version), (NOW, NOW, 1));
}

#[test]
fn e3_7_group_names_are_unique_in_any_case() {
    let store = Store::new();
    let found = store.write(|tx| {
        new_group(tx, DEFAULT, group_id(1), "Web")?;
        Ok(group::find_by_display_name(tx, DEFAULT, &Folded::new("WEB"))?.map(|group| group.id))
    });
    assert_eq!(found, Some(group_id(1)));
    let error = store.try_write(|tx| new_group(tx, DEFAULT, group_id(2), "wEB"));
    assert_eq!(error, Err(StoreError::Unique { constraint: "groups_display_name".to_owned() }));
}

#[test]
fn e3_7_a_mapping_means_a_group_whatever_white_space_is_around_its_name() {
    let store = Store::new();
    let found = store.write(|tx| {
        new_group(tx, DEFAULT, group_id(1), " Web\t")?;
        new_group(tx, DEFAULT, group_id(2), "Ops ")?;
        new_group(tx, DEFAULT, group_id(3), "ops")?;
        ["web", "ops", "we"]
            .map(|name| group::find_for_mapping(tx, DEFAULT, &GroupNameKey::new(name)))
            .into_iter()
            .map(|group| Ok(group?.map(|group| group.id)))
            .collect::<Result<Vec<_>, StoreError>>()
    });
    assert_eq!(found, [Some(group_id(1)), Some(group_id(3)), None]);
}

#[test]
fn an_update_or_a_touch_counts_the_version() {
    let store = Store::new();
    let (versions, group) = store.write(|tx| {
        new_group(tx, DEFAULT, group_id(1), "Web")?;
        let changed = resource(json!({"displayName": "Website"}));
        let stamps = [
            group::update(tx, DEFAULT, group_id(1), &changed, later(1), Some(1))?,
            group::update(tx, DEFAULT, group_id(1), &changed, later(1), Some(1))?,
            group::touch(tx, DEFAULT, group_id(1), later(2))?,
            group::touch(tx, DEFAULT, group_id(2), later(2))?,
        ];
        Ok((stamps.map(|stamp| stamp.map(|stamp| stamp.version)), group::find(tx, DEFAULT, group_id(1))?))
    });
    assert_eq!(versions, [Some(2), None, Some(3), None]);
    let group = group.unwrap();
    assert_eq!((group.display_name.as_str(), group.version, group.last_modified), ("Website", 3, later(2)));
}

#[test]
fn u3_deleting_a_group_deletes_no_user_and_changes_the_groups_around_it() {
    let store = Store::new();
    let (deleted, user, outer, left, tombstone) = store.write(|tx| {
        new_users(tx, DEFAULT, &["a"])?;
        new_group(tx, DEFAULT, group_id(1), "inner")?;
        new_group(tx, DEFAULT, group_id(2), "outer")?;
        member::add(tx, DEFAULT, group_id(1), &[Member::User(user_id(1))], NOW)?;
        member::add(tx, DEFAULT, group_id(2), &[Member::Group(group_id(1))], NOW)?;
        let deleted = group::delete(tx, DEFAULT, group_id(1), by_admin(later(3)))?;
        Ok((
            deleted && !group::delete(tx, DEFAULT, group_id(1), by_admin(later(3)))?,
            user::find(tx, DEFAULT, user_id(1))?,
            group::find(tx, DEFAULT, group_id(2))?.unwrap(),
            member::count(tx, DEFAULT, group_id(1))? + member::count(tx, DEFAULT, group_id(2))?,
            tombstone::find(tx, DEFAULT, *group_id(1).as_uuid())?.unwrap(),
        ))
    });
    assert!(deleted && user.is_some());
    assert_eq!((outer.version, outer.last_modified, left), (2, later(3), 0));
    assert_eq!(
        (tombstone.kind.as_str(), tombstone.name.as_str(), tombstone.handle),
        ("Group", "inner", None)
    );
}

#[test]
fn u3_deleting_a_user_changes_the_groups_that_lose_a_member() {
    let store = Store::new();
    let versions = store.write(|tx| {
        new_users(tx, DEFAULT, &["a", "b"])?;
        new_group(tx, DEFAULT, group_id(1), "with")?;
        new_group(tx, DEFAULT, group_id(2), "without")?;
        member::add(tx, DEFAULT, group_id(1), &[Member::User(user_id(1)), Member::User(user_id(2))], NOW)?;
        user::delete(tx, DEFAULT, user_id(1), by_admin(NOW))?;
        let left = member::list(tx, DEFAULT, group_id(1), None, 10)?;
        assert_eq!(left.iter().map(|row| row.member).collect::<Vec<_>>(), [Member::User(user_id(2))]);
        let version = |id| group::find(tx, DEFAULT, id).map(|group| group.unwrap().version);
        Ok([version(group_id(1))?, version(group_id(2))?])
    });
    assert_eq!(versions, [2, 1]);
}
