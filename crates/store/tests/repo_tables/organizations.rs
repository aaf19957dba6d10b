use enroll_domain::RebindPolicy;
use enroll_domain::enrollment::{Grant, GrantKind};
use enroll_domain::{GrantId, OrganizationId, ResourceRole, Role, UserId};
use enroll_store::directory::DialectName;
use enroll_store::grant::{self, GrantRow};
use enroll_store::organization;
use enroll_store::{StoreError, directory, user};
use uuid::Uuid;

use crate::fixture::{DEFAULT, NOW, OTHER, Store, by_admin, new_organization, new_users, user_id};

fn row(number: u32, user: UserId, organization: OrganizationId, kind: GrantKind) -> GrantRow {
    let id = GrantId::from_uuid(Uuid::from_u128(number.into()));
    let grant = Grant { id, user, organization, role: Role::Admin, kind };
    GrantRow { grant, created: NOW, granted_by: "root".to_owned() }
}

#[test]
fn an_organization_is_stored_found_changed_and_deleted() {
    let store = Store::new();
    store.write(|tx| {
        let id = new_organization(tx, 1, "acme")?;
        new_organization(tx, 2, "beta")?;
        let mut organization = organization::find(tx, id)?.unwrap();
        assert_eq!(organization::find_by_name(tx, &"acme".parse().unwrap())?.as_ref(), Some(&organization));
        assert_eq!(organization::resolve(tx, "acme")?.as_ref(), Some(&organization));
        assert_eq!(organization::resolve(tx, &id.to_string())?.as_ref(), Some(&organization));
        assert_eq!((organization::resolve(tx, "ACME")?, organization::resolve(tx, "")?), (None, None));
        let names = |after: Option<&str>| -> Result<Vec<String>, StoreError> {
            let after = after.map(|name| name.parse().unwrap());
            let rows = organization::list(tx, after.as_ref(), 10)?;
            Ok(rows.iter().map(|row| row.name.to_string()).collect())
        };
        assert_eq!(
            (names(None)?, names(Some("acme"))?),
            (vec!["acme".into(), "beta".into()], vec!["beta".into()])
        );

        organization.base_resource_role = ResourceRole::Read;
        organization.description = "What we do".to_owned();
        assert!(organization::update(tx, &organization)? && !organization::update(tx, &organization)?);
        organization.version = 2;
        assert_eq!(organization::find(tx, id)?, Some(organization));
        assert!(organization::delete(tx, id)? && !organization::delete(tx, id)?);
        assert_eq!(organization::find(tx, id)?, None);
        Ok(())
    });
}

#[test]
fn a_user_has_one_grant_of_a_kind_on_an_organization() {
    let store = Store::new();
    store.write(|tx| {
        new_users(tx, DEFAULT, &["a", "b"])?;
        let organization = new_organization(tx, 1, "acme")?;
        let direct = row(1, user_id(1), organization, GrantKind::Direct);
        let jit = row(2, user_id(1), organization, GrantKind::Jit);
        grant::insert(tx, &direct)?;
        grant::insert(tx, &jit)?;
        assert_eq!(grant::find(tx, direct.grant.id)?.as_ref(), Some(&direct));
        assert_eq!(grant::find_of_user(tx, user_id(1), organization, GrantKind::Jit)?.as_ref(), Some(&jit));
        assert_eq!(grant::find_of_user(tx, user_id(2), organization, GrantKind::Jit)?, None);
        let both = vec![direct.clone(), jit];
        assert_eq!(grant::list_of_users(tx, [user_id(1), user_id(2)])?, both);
        assert_eq!(grant::list_of_organization(tx, organization)?, both);
        assert_eq!(grant::list(tx)?, both);
        assert!(grant::delete(tx, direct.grant.id)? && !grant::delete(tx, direct.grant.id)?);
        Ok(())
    });
    let again = store.try_write(|tx| {
        let organization = organization::find_by_name(tx, &"acme".parse().unwrap())?.unwrap().id;
        grant::insert(tx, &row(3, user_id(1), organization, GrantKind::Jit))
    });
    assert_eq!(again, Err(StoreError::Unique { constraint: "grants_user".to_owned() }));
}

#[test]
fn e2_5_grants_end_with_the_user_or_the_organization() {
    let store = Store::new();
    let left = store.write(|tx| {
        new_users(tx, DEFAULT, &["a", "b"])?;
        let (first, second) = (new_organization(tx, 1, "acme")?, new_organization(tx, 2, "beta")?);
        grant::insert(tx, &row(1, user_id(1), first, GrantKind::Direct))?;
        grant::insert(tx, &row(2, user_id(2), first, GrantKind::Direct))?;
        grant::insert(tx, &row(3, user_id(2), second, GrantKind::Direct))?;
        user::delete(tx, DEFAULT, user_id(1), by_admin(NOW))?;
        organization::delete(tx, second)?;
        grant::list(tx)
    });
    assert_eq!(left.iter().map(|row| row.grant.user).collect::<Vec<_>>(), [user_id(2)]);
}

#[test]
fn a_directory_is_stored_found_and_changed() {
    let store = Store::new();
    store.write(|tx| {
        let names: Vec<_> = directory::list(tx)?.iter().map(|row| row.name.to_string()).collect();
        assert_eq!(names, ["default", "other"]);
        assert!(directory::set_policy(tx, OTHER, DialectName::Strict, RebindPolicy::ByName)?);
        let found = directory::find(tx, OTHER)?.unwrap();
        assert_eq!((found.dialect, found.rebind), (DialectName::Strict, RebindPolicy::ByName));
        assert_eq!(directory::find_by_name(tx, &"other".parse().unwrap())?, Some(found));
        assert_eq!(directory::find(tx, DEFAULT)?.unwrap().dialect, DialectName::Compat);
        Ok(())
    });
    let taken = store.try_write(|tx| {
        crate::fixture::new_directory(tx, enroll_domain::DirectoryId::from_uuid(Uuid::from_u128(3)), "other")
    });
    assert_eq!(taken, Err(StoreError::Unique { constraint: "directories_name".to_owned() }));
}
