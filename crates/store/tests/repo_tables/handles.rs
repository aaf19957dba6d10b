use enroll_domain::{Handle, OrganizationId};
use enroll_store::handle::{self, Owner};
use enroll_store::{organization, user};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{DEFAULT, Store, by_admin, new_organization, new_user, user_id};

fn claim(store: &Store, email: &'static str, number: u32) -> String {
    store.write(move |tx| handle::claim(tx, &Handle::derive(Some(email), ""), user_id(number))).to_string()
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
        (1..=25).map(|number| handle::claim(tx, &base, user_id(number))).collect::<Result<Vec<_>, _>>()
    });
    let expected: Vec<_> =
        (0..25).map(|n| if n == 0 { "user".into() } else { format!("user-{n}") }).collect();
    assert_eq!(handles.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
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
        assert!(user::delete(tx, DEFAULT, user_id(1), by_admin(crate::fixture::NOW))?);
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
