//! Short ways to say: this resource, these operations, that result.

use enroll_scim::patch::{MemberChange, PatchRequest};
use enroll_scim::{Dialect, Limits, Notes, Object, Quirk, Registry, Resource, ResourceModel, ScimError};
use serde_json::{Value, json};

pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(crate) fn user() -> ResourceModel {
    Registry::core().model("User").unwrap()
}

pub(crate) fn group() -> ResourceModel {
    Registry::core().model("Group").unwrap()
}

pub(crate) fn strict() -> Dialect {
    Dialect::strict()
}

pub(crate) fn compat() -> Dialect {
    Dialect::compat()
}

pub(crate) fn both() -> [Dialect; 2] {
    [strict(), compat()]
}

pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "so that a test may write json!(...) in place")]
pub(crate) fn body(operations: Value) -> Object {
    object(json!({"schemas": [PATCH_OP], "Operations": operations}))
}

pub(crate) fn parse(
    dialect: &Dialect,
    model: &ResourceModel,
    body: Object,
) -> Result<PatchRequest, ScimError> {
    PatchRequest::parse(body, model, dialect, &Limits::default(), &mut Notes::default())
}

/// What a request makes of a resource.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) resource: Value,
    pub(crate) changed: bool,
    pub(crate) notes: Notes,
}

impl Outcome {
    pub(crate) fn used(&self, quirk: Quirk) -> bool {
        self.notes.iter().any(|note| note.quirk == Some(quirk))
    }

    pub(crate) fn ignored(&self, name: &str) -> bool {
        self.notes.iter().any(|note| note.quirk.is_none() && note.text.contains(name))
    }
}

pub(crate) fn request(
    dialect: &Dialect,
    model: &ResourceModel,
    current: &Value,
    body: Object,
) -> Result<Outcome, ScimError> {
    let mut notes = Notes::default();
    let before = Resource::from_stored(object(current.clone()));
    let request = PatchRequest::parse(body, model, dialect, &Limits::default(), &mut notes)?;
    let patched = request.apply(model, &before, &mut notes)?;
    assert_eq!(patched.changed, patched.resource != before, "`changed` says whether anything changed");
    let resource = Value::Object(patched.resource.into_object());
    Ok(Outcome { resource, changed: patched.changed, notes })
}

/// Applies operations to a user.
pub(crate) fn patch(dialect: &Dialect, current: &Value, operations: Value) -> Result<Outcome, ScimError> {
    request(dialect, &user(), current, body(operations))
}

/// The user after the operations.
pub(crate) fn patched(dialect: &Dialect, current: &Value, operations: Value) -> Value {
    patch(dialect, current, operations).unwrap().resource
}

/// The user after the operations, which both dialects read alike.
pub(crate) fn in_both(current: &Value, operations: Value) -> Value {
    let result = patched(&strict(), current, operations.clone());
    assert_eq!(result, patched(&compat(), current, operations), "strict and compat differ");
    result
}

/// The keyword with which the operations are refused.
pub(crate) fn refused(dialect: &Dialect, current: &Value, operations: Value) -> &'static str {
    keyword(&patch(dialect, current, operations).unwrap_err())
}

/// The keyword with which both dialects refuse the operations.
pub(crate) fn refused_by_both(current: &Value, operations: Value) -> &'static str {
    let keyword = refused(&strict(), current, operations.clone());
    assert_eq!(keyword, refused(&compat(), current, operations), "strict and compat differ");
    keyword
}

pub(crate) fn keyword(error: &ScimError) -> &'static str {
    error.scim_type().map_or("", |scim_type| scim_type.as_str())
}

/// What operations on a group do to its members.
pub(crate) fn detached(dialect: &Dialect, operations: Value) -> Result<Vec<MemberChange>, ScimError> {
    detached_from(dialect, body(operations)).map(|(changes, _)| changes)
}

/// What a request to a group does to its members, and what is left of it.
pub(crate) fn detached_from(
    dialect: &Dialect,
    body: Object,
) -> Result<(Vec<MemberChange>, PatchRequest), ScimError> {
    let mut request = parse(dialect, &group(), body)?;
    let changes = request.detach(&group(), "members", &mut Notes::default())?;
    Ok((changes, request))
}

/// The one change that operations on a group make to its members.
pub(crate) fn member_change(dialect: &Dialect, operations: Value) -> MemberChange {
    let mut changes = detached(dialect, operations).unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    changes.remove(0)
}

/// A user with a bit of everything.
pub(crate) fn barbara() -> Value {
    json!({
        "userName": "bjensen",
        "externalId": "701984",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "displayName": "Babs Jensen",
        "active": true,
        "emails": [
            {"value": "bjensen@example.com", "type": "work", "primary": true},
            {"value": "babs@jensen.org", "type": "home"}
        ],
        "addresses": [
            {"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "country": "US"},
            {"type": "home", "streetAddress": "456 Hollywood Blvd", "locality": "Hollywood", "country": "US"}
        ],
        ENTERPRISE: {"department": "Tour Operations", "manager": {"value": "26118915"}}
    })
}
