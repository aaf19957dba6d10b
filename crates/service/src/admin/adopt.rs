//! What was kept of extensions that nobody knew, once their schemas are registered.

use enroll_domain::{CustomResourceId, DirectoryId, GroupId, UserId};
use enroll_scim::{Dialect, Notes, Object, Resource, validate};
use enroll_store::custom_resource::CustomResourceRow;
use enroll_store::filter::Compiled;
use enroll_store::group::GroupRow;
use enroll_store::user::{Page, UserRow};
use enroll_store::{StoreError, Tx, custom_resource, custom_schema, group, user};
use jiff::Timestamp;
use uuid::Uuid;

use crate::Error;
use crate::models::{Models, ResourceKind};
use crate::scim::unique;

/// Resources read in one statement.
const AT_A_TIME: u32 = 500;

/// Brings what resources have kept of an extension into the form of its schema, where `after` has it and `before` has not: from now
/// on it is filtered, changed and unique like everything else.
///
/// # Errors
/// [`Error::Conflict`] that names the resource, when what is kept does not fit.
pub(super) fn adopt(
    tx: &Tx<'_>,
    directory: DirectoryId,
    (before, after): (&Models, &Models),
    now: Timestamp,
) -> Result<(), Error> {
    for kind in before.kinds() {
        let (old, new) = (before.model(&kind), after.model_of(&kind));
        let added = new.extensions().map(|schema| schema.id.as_str());
        for uri in added.filter(|uri| old.extension(uri).is_none()) {
            if custom_schema::is_used(tx, directory, uri)? {
                each(tx, directory, &kind, |id, document| {
                    let stored = Resource::from_stored(document);
                    let unfit = |error: String| {
                        Error::Conflict(format!(
                            "the {} {id} has values of {uri}, kept without a schema, that do not fit this one: {error}",
                            kind.name()
                        ))
                    };
                    let (dialect, mut notes) = (Dialect::compat(), Notes::default());
                    let adopted = validate::adopt(new, uri, &dialect, &stored, &mut notes);
                    let Some(adopted) = adopted.map_err(|error| unfit(error.to_string()))? else {
                        return Ok(());
                    };
                    unique::keep(tx, directory, (&kind, new), id, &adopted).map_err(|error| match error {
                        Error::Scim(error) => unfit(error.to_string()),
                        other => other,
                    })?;
                    store(tx, directory, &kind, id, &adopted, now).map_err(Error::from)
                })?;
            }
        }
    }
    Ok(())
}

/// Every resource of a type.
pub(crate) fn each(
    tx: &Tx<'_>,
    directory: DirectoryId,
    kind: &ResourceKind,
    mut look: impl FnMut(Uuid, Object) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after: Option<Uuid> = None;
    loop {
        let page = Page::After { after, limit: AT_A_TIME };
        let rows: Vec<(Uuid, Object)> = match kind {
            ResourceKind::User => {
                let rows = user::list(tx, directory, &Compiled::everything(), page.map(UserId::from_uuid))?;
                let read = |row: &UserRow| Ok((*row.id.as_uuid(), row.object()?));
                rows.iter().map(read).collect::<Result<_, StoreError>>()?
            }
            ResourceKind::Group => {
                let rows = group::list(tx, directory, &Compiled::everything(), page.map(GroupId::from_uuid))?;
                let read = |row: &GroupRow| Ok((*row.id.as_uuid(), row.object()?));
                rows.iter().map(read).collect::<Result<_, StoreError>>()?
            }
            ResourceKind::Custom(custom) => {
                let all = Compiled::for_resources(custom.key(), None);
                let rows = custom_resource::list(tx, directory, &all, page.map(CustomResourceId::from_uuid))?;
                let read = |row: &CustomResourceRow| Ok((*row.id.as_uuid(), row.object()?));
                rows.iter().map(read).collect::<Result<_, StoreError>>()?
            }
        };
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after = Some(*last);
        rows.into_iter().try_for_each(|(id, document)| look(id, document))?;
    }
}

fn store(
    tx: &Tx<'_>,
    directory: DirectoryId,
    kind: &ResourceKind,
    id: Uuid,
    resource: &Resource,
    now: Timestamp,
) -> Result<(), StoreError> {
    match kind {
        ResourceKind::User => {
            user::update(tx, directory, UserId::from_uuid(id), resource, now, None).map(drop)
        }
        ResourceKind::Group => {
            group::update(tx, directory, GroupId::from_uuid(id), resource, now, None).map(drop)
        }
        ResourceKind::Custom(_) => {
            custom_resource::update(tx, directory, CustomResourceId::from_uuid(id), resource, now).map(drop)
        }
    }
}
