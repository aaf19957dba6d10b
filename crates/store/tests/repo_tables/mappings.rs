use enroll_domain::enrollment::Mapping;
use enroll_domain::{
    MappedGroup, MappingBinding, MappingId, OrganizationId, RebindPolicy, Role, RoleOn, Target,
};
use enroll_store::mapping::{self, MappingRow, Named};
use enroll_store::{StoreError, Tx};
use uuid::Uuid;

use crate::fixture::{DEFAULT, NOW, Store, group_id, group_name, new_group, new_organization};

fn id(number: u32) -> MappingId {
    MappingId::from_uuid(Uuid::from_u128(number.into()))
}

fn row(number: u32, group: MappedGroup, organization: OrganizationId) -> MappingRow {
    let mapping = Mapping {
        id: id(number),
        directory: DEFAULT,
        group,
        gives: RoleOn::Organization(organization, Role::Writer),
        paused: false,
    };
    MappingRow { mapping, created: NOW }
}

/// A mapping that waits for its group.
fn waiting(tx: &Tx<'_>, number: u32, name: &str, organization: OrganizationId) -> Result<(), StoreError> {
    mapping::insert(tx, &row(number, MappedGroup::new(group_name(name), None), organization))
}

fn bindings(tx: &Tx<'_>) -> Result<Vec<(String, MappingBinding)>, StoreError> {
    let rows = mapping::list(tx, DEFAULT)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.mapping.group.name().to_string(), row.mapping.group.binding()))
        .collect())
}

#[test]
fn a_mapping_is_read_back_as_stored() {
    let store = Store::new();
    store.write(|tx| {
        let organization = new_organization(tx, 1, "acme")?;
        let rows = [
            row(1, MappedGroup::new(group_name(" Web "), None), organization),
            row(2, MappedGroup::new(group_name("Ops"), Some(group_id(1))), organization),
            row(3, MappedGroup::from_stored(group_name("Old"), MappingBinding::Lost), organization),
        ];
        rows.iter().try_for_each(|row| mapping::insert(tx, row))?;
        assert_eq!(mapping::list(tx, DEFAULT)?, rows);
        assert_eq!(mapping::list_of(tx, Target::Organization(organization))?, rows);
        assert_eq!(mapping::list_of_groups(tx, DEFAULT, [group_id(1), group_id(2)])?, [rows[1].clone()]);
        assert_eq!(mapping::find(tx, DEFAULT, id(3))?.as_ref(), Some(&rows[2]));
        assert_eq!(mapping::find_anywhere(tx, id(3))?.as_ref(), Some(&rows[2]));
        assert_eq!(mapping::find_anywhere(tx, id(4))?, None);
        Ok(())
    });
}

#[test]
fn a_mapping_is_changed_paused_and_deleted() {
    let store = Store::new();
    store.write(|tx| {
        let organization = new_organization(tx, 1, "acme")?;
        waiting(tx, 1, "Web", organization)?;
        assert!(
            mapping::set_role(tx, DEFAULT, id(1), RoleOn::Organization(organization, Role::Owner))?
                && mapping::set_paused(tx, DEFAULT, id(1), true)?
        );
        let changed = mapping::find(tx, DEFAULT, id(1))?.unwrap().mapping;
        assert_eq!((changed.gives.role().as_str(), changed.paused), ("owner", true));
        assert!(mapping::delete(tx, DEFAULT, id(1))? && !mapping::delete(tx, DEFAULT, id(1))?);
        Ok(())
    });
}

#[test]
fn e3_7_the_first_group_of_the_name_is_bound_and_keeps_the_mapping_when_renamed() {
    let store = Store::new();
    store.write(|tx| {
        let (first, second) = (new_organization(tx, 1, "acme")?, new_organization(tx, 2, "beta")?);
        waiting(tx, 1, "Web", first)?;
        waiting(tx, 2, "web", second)?;
        waiting(tx, 3, "Other", first)?;
        new_group(tx, DEFAULT, group_id(1), " WEB")?;
        let changes =
            mapping::group_named(tx, DEFAULT, group_id(1), &group_name(" WEB"), RebindPolicy::Confirm)?;
        let bound = changes.iter().map(|change| match change {
            Named::Bound(mapping) => mapping.id,
            other => panic!("{other:?}"),
        });
        assert_eq!(bound.collect::<Vec<_>>(), [id(1), id(2)]);

        let changes =
            mapping::group_named(tx, DEFAULT, group_id(1), &group_name("Site"), RebindPolicy::Confirm)?;
        assert!(matches!(changes.as_slice(), [Named::Renamed(_), Named::Renamed(_)]), "{changes:?}");
        // Another group takes the old name and gains nothing.
        let changes =
            mapping::group_named(tx, DEFAULT, group_id(2), &group_name("Web"), RebindPolicy::ByName)?;
        assert_eq!(changes, []);
        let bound = MappingBinding::Bound(group_id(1));
        let expected = [("Site", bound), ("Site", bound), ("Other", MappingBinding::Waiting)];
        assert_eq!(bindings(tx)?, expected.map(|(name, binding)| (name.to_owned(), binding)));
        Ok(())
    });
}

#[test]
fn e3_7_a_deleted_group_loses_its_mappings_until_an_admin_or_the_policy_binds_them() {
    let store = Store::new();
    store.write(|tx| {
        let (first, second) = (new_organization(tx, 1, "acme")?, new_organization(tx, 2, "beta")?);
        for (number, organization) in [(1, first), (2, second)] {
            mapping::insert(
                tx,
                &row(number, MappedGroup::new(group_name("Web"), Some(group_id(1))), organization),
            )?;
        }
        let lost = mapping::group_deleted(tx, DEFAULT, group_id(1))?;
        assert_eq!(lost.iter().map(|mapping| mapping.id).collect::<Vec<_>>(), [id(1), id(2)]);
        let named = |policy| mapping::group_named(tx, DEFAULT, group_id(2), &group_name("web"), policy);
        assert_eq!(named(RebindPolicy::Confirm)?, []);
        assert_eq!(bindings(tx)?, vec![("Web".to_owned(), MappingBinding::Lost); 2]);

        assert!(mapping::rebind(tx, DEFAULT, id(1), group_id(2), group_name("web"))?);
        let changes = named(RebindPolicy::ByName)?;
        assert!(matches!(changes.as_slice(), [Named::Bound(mapping)] if mapping.id == id(2)), "{changes:?}");
        assert_eq!(bindings(tx)?, vec![("web".to_owned(), MappingBinding::Bound(group_id(2))); 2]);
        Ok(())
    });
}

#[test]
fn one_group_is_mapped_to_an_organization_once() {
    let store = Store::new();
    store.write(|tx| {
        let organization = new_organization(tx, 1, "acme")?;
        mapping::insert(tx, &row(1, MappedGroup::new(group_name("Web"), Some(group_id(1))), organization))?;
        waiting(tx, 2, "Site", organization)?;
        // Renaming the group would bind the second mapping to it as well.
        let changes =
            mapping::group_named(tx, DEFAULT, group_id(1), &group_name("Site"), RebindPolicy::Confirm)?;
        assert!(matches!(changes.as_slice(), [Named::Renamed(_), Named::Redundant(_)]), "{changes:?}");
        let expected = [MappingBinding::Bound(group_id(1)), MappingBinding::Waiting];
        assert_eq!(bindings(tx)?, expected.map(|binding| ("Site".to_owned(), binding)));
        Ok(())
    });
    let duplicate = store.try_write(|tx| {
        let organization = OrganizationId::from_uuid(Uuid::from_u128(0x3000_0001));
        waiting(tx, 3, "SITE", organization)
    });
    assert_eq!(duplicate, Err(StoreError::Unique { constraint: "mappings_waiting".to_owned() }));
}
