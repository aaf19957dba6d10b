use enroll_domain::{Handle, HandleBase, OrganizationId};
use enroll_store::handle::{self, Owner};
use enroll_store::user::{self, NewUser};
use enroll_store::{StoreError, Tx, organization};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{DEFAULT, NOW, Store, by_admin, new_organization, new_user, resource, user_id};

fn claim(store: &Store, email: &'static str, number: u32) -> String {
    store.write(move |tx| insert(tx, &Handle::derive(Some(email), ""), number)).to_string()
}

fn insert(tx: &Tx<'_>, handle: &HandleBase, number: u32) -> Result<Handle, StoreError> {
    let resource = resource(json!({"userName": format!("{number}@example.com")}));
    user::insert(
        tx,
        &NewUser { directory: DEFAULT, id: user_id(number), handle, now: NOW, resource: &resource },
    )
}

#[test]
fn e2_2_the_smallest_free_number_is_appended() {
    let store = Store::new();
    assert_eq!(claim(&store, "bob.smith@example.com", 1), "bob-smith");
    assert_eq!(claim(&store, "bob-smith-2@example.com", 2), "bob-smith-2");
    assert_eq!(claim(&store, "Bob.Smith@example.org", 3), "bob-smith-1");
    assert_eq!(claim(&store, "bob.smith@example.net", 4), "bob-smith-3");
    assert_eq!(claim(&store, "bob@example.com", 5), "bob");
}

#[test]
fn e2_2_many_homonyms_are_numbered_without_a_gap() {
    let store = Store::new();
    let handles = store.write(|tx| {
        let base = Handle::derive(Some("@"), "");
        (1..=25).map(|number| insert(tx, &base, number)).collect::<Result<Vec<_>, _>>()
    });
    let expected: Vec<_> =
        (0..25).map(|n| if n == 0 { "user".into() } else { format!("user-{n}") }).collect();
    assert_eq!(handles.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn e2_2_the_handle_that_is_given_is_the_users_in_every_place() {
    let store = Store::new();
    claim(&store, "bob@example.com", 1);
    claim(&store, "bob@example.org", 2);
    let (user, owner) =
        store.write(|tx| Ok((user::find(tx, DEFAULT, user_id(2))?, handle::owner(tx, "bob-1")?)));
    assert_eq!(user.unwrap().handle.as_str(), "bob-1");
    assert_eq!(owner, Some(Owner::User(user_id(2))));
}

#[test]
fn e2_2_reserved_words_and_organization_names_are_taken() {
    let store = Store::new();
    store.write(|tx| new_organization(tx, 1, "acme"));
    assert_eq!(claim(&store, "acme@example.com", 1), "acme-1");
    assert_eq!(claim(&store, "admin@example.com", 2), "admin-1");
}

#[test]
fn e1_5_a_name_is_never_given_out_again() {
    let store = Store::new();
    let (organization, user) = store.write(|tx| {
        let organization = new_organization(tx, 1, "acme")?;
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "bob"}))?;
        assert!(organization::delete(tx, organization)?);
        assert!(user::delete(tx, DEFAULT, user_id(1), by_admin(NOW))?);
        let other = OrganizationId::from_uuid(Uuid::from_u128(99));
        assert!(!handle::claim_organization(tx, &"acme".parse().unwrap(), other)?);
        assert!(!handle::claim_organization(tx, &"bob".parse().unwrap(), other)?);
        assert!(!handle::claim_chosen(tx, &"bob".parse().unwrap(), user_id(2))?);
        assert!(handle::claim_chosen(tx, &"robert".parse().unwrap(), user_id(2))?);
        Ok((handle::owner(tx, "acme")?, handle::owner(tx, "bob")?))
    });
    assert_eq!(organization, Some(Owner::Tombstone(Uuid::from_u128(0x3000_0001))));
    assert_eq!(user, Some(Owner::Tombstone(*user_id(1).as_uuid())));
}

#[test]
fn the_owner_of_a_name_is_known() {
    let store = Store::new();
    let owners = store.write(|tx| {
        let organization = new_organization(tx, 1, "acme")?;
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "bob"}))?;
        assert_eq!(handle::owner(tx, "acme")?, Some(Owner::Organization(organization)));
        Ok((handle::owner(tx, "bob")?, handle::owner(tx, "carol")?))
    });
    assert_eq!(owners, (Some(Owner::User(user_id(1))), None));
}
