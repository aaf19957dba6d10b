//! Resources of the types that a directory has defined: what is read and written in one transaction.

use enroll_domain::CustomResourceId;
use enroll_scim::Resource;
use enroll_store::Tx;
use enroll_store::custom_resource::{self, CustomResourceRow};

use super::read::not_found;
use super::view::View;
use super::{Answer, IfMatch, ResourceKind, conditions, unique};
use crate::Error;
use crate::audit::{Moved, Scribe};
use crate::models::CustomType;

/// The resource of that id.
///
/// # Errors
/// 404.
pub(super) fn find(
    tx: &Tx<'_>,
    view: &View,
    custom: &CustomType,
    id: CustomResourceId,
) -> Result<CustomResourceRow, Error> {
    custom_resource::find(tx, view.directory, custom.key(), id)?
        .ok_or_else(|| not_found(&ResourceKind::Custom(custom.clone()), &id.to_string()).into())
}

/// Changes a resource to what `change` makes of it; what has not changed keeps its version and time.
///
/// # Errors
/// 404, 412, those of `change`, and 409 for a unique value that another resource has.
pub(super) fn change(
    tx: &Tx<'_>,
    view: &View,
    custom: &CustomType,
    (id, if_match): (CustomResourceId, Option<&IfMatch>),
    scribe: &Scribe,
    change: impl FnOnce(&Resource) -> Result<Resource, Error>,
) -> Result<Answer, Error> {
    let row = find(tx, view, custom, id)?;
    conditions::check(if_match, row.version)?;
    let current = Resource::from_stored(row.object()?);
    let changed_to = change(&current)?;
    let changed = changed_to != current;
    let (mut version, mut last_modified) = (row.version, row.last_modified);
    if changed {
        view.check_current(tx)?;
        let kind = ResourceKind::Custom(custom.clone());
        unique::keep(tx, view.directory, (&kind, custom.model()), *id.as_uuid(), &changed_to)?;
        let stamp = custom_resource::update(tx, view.directory, id, &changed_to, scribe.now())?
            .ok_or_else(|| not_found(&kind, &id.to_string()))?;
        (version, last_modified) = (stamp.version, stamp.last_modified);
        let subject = (view.directory, &kind, *id.as_uuid());
        scribe.resource(tx, subject, Some(&current), Some(&changed_to), &Moved::default())?;
    }
    Ok(view.custom(id, changed_to.into_object(), (row.created, last_modified, version), changed))
}
