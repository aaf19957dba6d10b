use enroll_scim::Folded;
use enroll_store::user::{self, Reference};
use enroll_store::{StoreError, tombstone};
use serde_json::json;

use crate::fixture::{
    DEFAULT, NOW, OTHER, Store, by_admin, later, new_user, new_users, object, resource, user_id,
};

#[test]
fn a_user_is_read_back_as_stored() {
    let store = Store::new();
    let document = json!({
        "externalId": "00u1", "userName": "BJensen@Example.com", "displayName": "Babs",
        "emails": [{"value": "Work@Example.com", "type": "work", "primary": true}, {"type": "home"}], "active": false,
    });
    let stored = document.clone();
    let user = store.write(move |tx| {
        new_user(tx, DEFAULT, user_id(1), stored.clone())?;
        user::find(tx, DEFAULT, user_id(1))
    });
    let user = user.unwrap();
    assert_eq!(user.object().unwrap(), object(document));
    assert_eq!((user.id, user.directory), (user_id(1), DEFAULT));
    assert_eq!(user.user_name, "BJensen@Example.com");
    assert_eq!(user.external_id.as_deref(), Some("00u1"));
    assert_eq!(user.handle.as_str(), "bjensen");
    assert_eq!((user.created, user.last_modified, user.version), (NOW, NOW, 1));
    assert!(!user.active);
}

#[test]
fn c6_a_user_without_active_is_active() {
    let store = Store::new();
    let user = store.write(|tx| {
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "bjensen"}))?;
        user::find(tx, DEFAULT, user_id(1))
    });
    assert!(user.unwrap().active);
}

#[test]
fn c1_user_name_is_unique_in_any_case_and_width() {
    let store = Store::new();
    store.write(|tx| new_users(tx, DEFAULT, &["john@example.com", "mike"]));
    for name in ["JOHN@example.com", "\u{ff2a}ohn@example.com"] {
        let error = store
            .try_write(move |tx| new_user(tx, DEFAULT, user_id(9), json!({"userName": name})))
            .unwrap_err();
        assert_eq!(error, StoreError::Unique { constraint: "users_user_name".to_owned() });
    }
    store.write(|tx| new_user(tx, DEFAULT, user_id(9), json!({"userName": "m\u{131}ke"})));
    let renamed = resource(json!({"userName": "Mike"}));
    let error = store.try_write(move |tx| user::update(tx, DEFAULT, user_id(1), &renamed, NOW, None));
    assert_eq!(error, Err(StoreError::Unique { constraint: "users_user_name".to_owned() }));
}

#[test]
fn a_user_is_found_by_user_name_handle_and_external_id() {
    let store = Store::new();
    let found = store.write(|tx| {
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "Bob@a", "externalId": "X"}))?;
        new_user(tx, DEFAULT, user_id(2), json!({"userName": "bob@b", "externalId": "X"}))?;
        new_user(tx, DEFAULT, user_id(3), json!({"userName": "carol", "externalId": "x"}))?;
        Ok((
            user::find_by_user_name(tx, DEFAULT, &Folded::new("BOB@B"))?.map(|user| user.id),
            user::find_by_handle(tx, DEFAULT, &"bob-1".parse().unwrap())?.map(|user| user.id),
            user::find_by_external_id(tx, DEFAULT, "X")?.iter().map(|user| user.id).collect::<Vec<_>>(),
        ))
    });
    assert_eq!(found, (Some(user_id(2)), Some(user_id(2)), vec![user_id(1), user_id(2)]));
}

#[test]
fn an_update_replaces_what_is_looked_up_and_counts_the_version() {
    let store = Store::new();
    let (stamp, user, old, new) = store.write(|tx| {
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "old", "emails": [{"value": "old@a"}]}))?;
        let changed = resource(json!({"userName": "new", "active": false, "externalId": "e"}));
        let stamp = user::update(tx, DEFAULT, user_id(1), &changed, later(5), None)?;
        Ok((
            stamp.unwrap(),
            user::find(tx, DEFAULT, user_id(1))?.unwrap(),
            user::find_by_user_name(tx, DEFAULT, &Folded::new("old"))?,
            user::find_by_user_name(tx, DEFAULT, &Folded::new("new"))?,
        ))
    });
    assert_eq!((stamp.version, stamp.last_modified), (2, later(5)));
    assert_eq!((user.version, user.last_modified, user.created), (2, later(5), NOW));
    assert_eq!((user.active, user.external_id.as_deref(), user.handle.as_str()), (false, Some("e"), "old"));
    assert_eq!((old, new), (None, Some(user)));
}

#[test]
fn w3_an_update_of_another_version_changes_nothing() {
    let store = Store::new();
    let versions = store.write(|tx| {
        new_users(tx, DEFAULT, &["a"])?;
        let changed = resource(json!({"userName": "b"}));
        let update = |expected| user::update(tx, DEFAULT, user_id(1), &changed, NOW, expected);
        let versions = [update(Some(2))?, update(Some(1))?, update(Some(1))?];
        let missing = user::update(tx, DEFAULT, user_id(7), &changed, NOW, None)?;
        assert_eq!(missing, None);
        Ok(versions.map(|stamp| stamp.map(|stamp| stamp.version)))
    });
    assert_eq!(versions, [None, Some(2), None]);
}

#[test]
fn r23_last_modified_never_goes_back() {
    let store = Store::new();
    let stamp = store.write(|tx| {
        new_users(tx, DEFAULT, &["a"])?;
        user::update(tx, DEFAULT, user_id(1), &resource(json!({"userName": "a"})), later(-3600), None)
    });
    assert_eq!(stamp.unwrap().last_modified, NOW);
}

#[test]
fn e2_5_a_deleted_user_frees_the_user_name_and_leaves_a_tombstone() {
    let store = Store::new();
    let (deleted, again, tombstone, handle) = store.write(|tx| {
        new_users(tx, DEFAULT, &["bob"])?;
        let deleted = user::delete(tx, DEFAULT, user_id(1), by_admin(later(9)))?;
        let again = user::delete(tx, DEFAULT, user_id(1), by_admin(later(9)))?;
        new_user(tx, DEFAULT, user_id(2), json!({"userName": "bob"}))?;
        let handle = user::find(tx, DEFAULT, user_id(2))?.map(|user| user.handle.to_string());
        Ok((deleted, again, tombstone::find(tx, DEFAULT, *user_id(1).as_uuid())?, handle))
    });
    assert!(deleted && !again);
    let tombstone = tombstone.unwrap();
    assert_eq!((tombstone.kind.as_str(), tombstone.name.as_str()), ("User", "bob"));
    assert_eq!(tombstone.handle.map(|handle| handle.to_string()).as_deref(), Some("bob"));
    assert_eq!((tombstone.deleted, tombstone.deleted_by.as_str()), (later(9), "admin"));
    assert_eq!(handle.as_deref(), Some("bob-1"));
}

#[test]
fn a_reference_is_an_id_a_handle_or_a_user_name_and_never_a_guess() {
    let store = Store::new();
    let found = store.write(|tx| {
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "bob@a"}))?;
        // The userName of one is the handle of another.
        new_user(tx, DEFAULT, user_id(2), json!({"userName": "bob"}))?;
        new_user(tx, OTHER, user_id(3), json!({"userName": "BOB@A"}))?;
        new_user(tx, OTHER, user_id(4), json!({"userName": "carol"}))?;
        let ids = |reference| match reference {
            Reference::Nobody => Vec::new(),
            Reference::One(user) => vec![user.id],
            Reference::Several(users) => users.iter().map(|user| user.id).collect(),
        };
        [
            "bob",
            "Bob@a",
            "bob-1",
            "CAROL",
            "carol",
            "nobody",
            &user_id(4).to_string(),
            &user_id(9).to_string(),
            "",
        ]
        .map(|text| user::resolve(tx, text).map(ids))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
    });
    let several = vec![user_id(1), user_id(2)];
    let (two, four) = (vec![user_id(2)], vec![user_id(4)]);
    let homonyms = vec![user_id(1), user_id(3)];
    assert_eq!(
        found,
        [several, homonyms, two, four.clone(), four.clone(), Vec::new(), four, Vec::new(), Vec::new()]
    );
}
