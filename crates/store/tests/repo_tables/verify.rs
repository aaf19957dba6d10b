//! What `enroll verify` finds in the store: every row that is kept twice, broken once each.

use enroll_domain::CustomResourceId;
use enroll_scim::Folded;
use enroll_store::custom_resource::{self, NewCustomResource};
use enroll_store::custom_schema::{self, Kind};
use enroll_store::unique_value::{self, UniqueValue};
use enroll_store::verify::inconsistencies;
use enroll_store::{StoreError, Tx};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{
    DEFAULT, NOW, OTHER, Store, group_id, new_group, new_user, resource as document, user_id,
};

const ROLE: Uuid = Uuid::from_u128(0x3000_0001);

/// A user, a group and a resource of a custom type, each with a unique value.
fn sound(tx: &Tx<'_>) -> Result<(), StoreError> {
    custom_schema::put(tx, DEFAULT, Kind::ResourceType, &Folded::new("Role"), "{}", NOW)?;
    new_user(tx, DEFAULT, user_id(1), json!({"userName": "ada"}))?;
    new_group(tx, DEFAULT, group_id(1), "Engineers")?;
    let role = NewCustomResource {
        directory: DEFAULT,
        type_key: &Folded::new("ROLE"),
        id: CustomResourceId::from_uuid(ROLE),
        now: NOW,
        resource: &document(json!({"externalId": "r-1", "displayName": "Auditor"})),
    };
    custom_resource::insert(tx, &role)?;
    for (owner, value) in [(*user_id(1).as_uuid(), "1"), (*group_id(1).as_uuid(), "2"), (ROLE, "3")] {
        let value = UniqueValue { attribute: "urn:example:number".to_owned(), value_key: value.to_owned() };
        assert_eq!(unique_value::set(tx, DEFAULT, owner, &[value])?, None);
    }
    Ok(())
}

#[test]
fn a_sound_store_has_no_inconsistency() {
    let store = Store::new();
    let found = store.write(|tx| {
        sound(tx)?;
        inconsistencies(tx)
    });
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_broken_row_of_a_custom_resource_or_a_unique_value_is_found() {
    let role = format!("UPDATE resources SET {{}} WHERE directory_id = '{}'", DEFAULT);
    let values = format!("UPDATE unique_values SET {{}} WHERE directory_id = '{}'", DEFAULT);
    for (sql, change, fault) in [
        (&role, "external_id = 'r-2'", "the look-up columns of resource"),
        (&role, "external_id = NULL", "the look-up columns of resource"),
        (&role, "type_key = 'duty'", "a resource of a type that its directory has not defined"),
        (&values, "owner_id = '00000000-0000-0000-0000-0000000000ff'", "a unique value of nothing"),
        (&values, &format!("directory_id = '{OTHER}'"), "a unique value of nothing"),
    ] {
        let statement = sql.replace("{}", change);
        let store = Store::new();
        let found = store.write(move |tx| {
            sound(tx)?;
            assert!(tx.execute(&statement, &[])? > 0, "{statement}");
            inconsistencies(tx)
        });
        assert!(!found.is_empty() && found.iter().all(|text| text.starts_with(fault)), "{change}: {found:?}");
    }
}
