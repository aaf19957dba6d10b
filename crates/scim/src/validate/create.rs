//! The body of a POST that creates a resource (RFC 7644 §3.3).

use super::{body, finish};
use crate::schema::USER_SCHEMA;
use crate::{Dialect, Notes, Object, Resource, ResourceModel, ScimError};

/// Reads the body of a request that creates a resource.
///
/// What the client may not set is ignored (`id`, `meta`, `groups`, every read-only attribute), and so are `password` and
/// what the schema does not know. A user without `active` is active. `members` of a group are part of the result; a store
/// that keeps them elsewhere takes them out with [`Resource::take`].
///
/// ```
/// use enroll_scim::{Dialect, Notes, Registry, json, validate};
///
/// let users = Registry::core().model("User").expect("a core type");
/// let body = json::parse_object(br#"{"userName": "bjensen", "active": "True", "id": "1"}"#, &Default::default())?;
/// let mut notes = Notes::default();
///
/// let user = validate::create(&users, &Dialect::compat(), body, &mut notes)?;
/// assert_eq!(user.get("active"), Some(&true.into()));
/// assert_eq!(user.get("id"), None);
/// # Ok::<(), enroll_scim::ScimError>(())
/// ```
///
/// # Errors
/// 400 `invalidSyntax` for `schemas`; 400 `invalidValue` for a value that does not fit its attribute and for a required
/// attribute that is missing.
pub fn create(
    model: &ResourceModel,
    dialect: &Dialect,
    body: Object,
    notes: &mut Notes,
) -> Result<Resource, ScimError> {
    let mut resource = body::read(model, dialect, body, notes)?;
    finish(model, &mut resource)?;
    if model.base().id.is(USER_SCHEMA) {
        resource.entry(ACTIVE).or_insert(true.into());
    }
    Ok(Resource(resource))
}

/// The attribute that says whether a user may sign in (RFC 7643 §4.1.1).
pub(super) const ACTIVE: &str = "active";
