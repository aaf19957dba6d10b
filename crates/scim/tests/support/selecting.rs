//! Resources, and which of them a filter selects.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use enroll_scim::filter::Filter;
use enroll_scim::{Dialect, Limits, Notes, Object, ScimType};
use serde_json::{Value, json};

use crate::support::{DEVICE, LAB, model};

pub(crate) const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Four users: one with everything, an intern with two addresses, one with awkward text, one with almost nothing.
pub(crate) fn users() -> Vec<Object> {
    let meta = |modified: &str| json!({"resourceType": "User", "created": "2011-05-13T04:42:34Z", "lastModified": modified, "version": "W/\"a\""});
    objects(vec![
        json!({
            "schemas": [CORE, ENTERPRISE], "id": "u1", "externalId": "Ext1", "userName": "bjensen",
            "name": {"familyName": "O'Malley", "givenName": "Barbara"},
            "title": "Tour Guide", "userType": "Employee", "active": true,
            "profileUrl": "https://example.com/Babs",
            "emails": [
                {"value": "bjensen@example.com", "type": "work", "primary": true},
                {"value": "babs@jensen.org", "type": "home"}],
            "x509Certificates": [{"value": "MIIDQzCC"}],
            "groups": [{"value": "g1", "display": "Admins", "type": "direct"}],
            ENTERPRISE: {"department": "Sales", "employeeNumber": "701984", "manager": {"value": "U3"}},
            "meta": meta("2011-05-13T04:42:34Z"),
        }),
        json!({
            "schemas": [CORE], "id": "u2", "externalId": "ext1", "userName": "JSmith", "userType": "Intern",
            "title": "Guide", "active": false,
            "emails": [
                {"value": "John+Tag@example.org", "type": "work"},
                {"value": "other@example.com", "type": "home", "primary": true}],
            "meta": meta("2011-05-13T06:42:34.5+02:00"),
        }),
        json!({
            "schemas": [CORE], "id": "u3", "userName": "Łukasz", "displayName": "Ｆull \u{1f600}", "active": true,
            "name": {"familyName": "Say \"hi\"\\there"}, "title": "",
            "emails": [{"type": "work"}],
            "meta": meta("2012-01-01T00:00:00Z"),
        }),
        json!({
            "schemas": [CORE], "id": "u4", "userName": "100%_sure", "active": true,
            "meta": meta("2010-01-01T00:00:00Z"),
        }),
    ])
}

pub(crate) fn groups() -> Vec<Object> {
    objects(vec![
        json!({"id": "g1", "displayName": "Admins", "members": [
            {"value": "u1", "type": "User", "$ref": "https://x/Users/u1"}, {"value": "g2", "type": "Group"}]}),
        json!({"id": "g2", "displayName": "admins", "externalId": "a"}),
    ])
}

pub(crate) fn devices() -> Vec<Object> {
    objects(vec![
        json!({"id": "d1", "schemas": [DEVICE, LAB], "label": "Alpha", "count": 9, "ratio": 0.5, "on": true, "key": "QQ==",
            "link": "https://x/A", "tags": ["Red", "green"], "box": {"height": 10, "colour": "red"},
            LAB: {"room": "R1"}}),
        json!({"id": "d2", "schemas": [DEVICE], "label": "beta", "count": 10, "ratio": 2, "tags": ["blue"],
            "box": {"height": 9}, "seen": "2020-01-01T00:00:00Z"}),
        json!({"id": "d3", "schemas": [DEVICE], "label": "Gamma", "count": 9_007_199_254_740_993_i64}),
    ])
}

pub(crate) fn objects(values: Vec<Value>) -> Vec<Object> {
    values.into_iter().map(|value| value.as_object().unwrap().clone()).collect()
}

/// The ids that a filter selects, or the detail of its refusal.
pub(crate) fn select(resource_type: &str, text: &str, dialect: &Dialect) -> Result<String, String> {
    let resources = match resource_type {
        "User" => users(),
        "Group" => groups(),
        _ => devices(),
    };
    let mut notes = Notes::default();
    let filter = Filter::parse(text, &Limits::default(), dialect, &mut notes)
        .and_then(|filter| filter.resolve(&model(resource_type), dialect, &mut notes))
        .map_err(|error| {
            assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidFilter)), "{text}");
            error.detail().to_owned()
        })?;
    let ids = resources
        .iter()
        .filter(|resource| filter.matches(resource))
        .map(|resource| resource["id"].as_str().unwrap());
    Ok(ids.collect::<Vec<_>>().join(" "))
}

pub(crate) fn selects(resource_type: &str, table: &[(&str, &str)]) {
    for (text, ids) in table {
        assert_eq!(select(resource_type, text, &Dialect::strict()).as_deref(), Ok(*ids), "{text}");
    }
}

pub(crate) fn refuses(resource_type: &str, table: &[(&str, &str)]) {
    for (text, part) in table {
        let detail = select(resource_type, text, &Dialect::strict()).expect_err(text);
        assert!(detail.contains(part), "{text}: {detail}");
    }
}
