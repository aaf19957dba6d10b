//! A resource type with every kind of attribute, beside User and Group.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use enroll_scim::{Registry, ResourceModel, ResourceType, Schema};
use serde_json::json;

pub(crate) const DEVICE: &str = "urn:example:params:scim:schemas:2.0:Device";
pub(crate) const LAB: &str = "urn:example:params:scim:schemas:extension:lab:2.0:Device";

/// The model of `User`, `Group` or `Device`.
pub(crate) fn model(resource_type: &str) -> ResourceModel {
    let mut registry = Registry::core();
    let value = json!({"name": "value"});
    let device = json!({"id": DEVICE, "name": "Device", "attributes": [
        {"name": "label"},
        {"name": "serial", "caseExact": true},
        {"name": "count", "type": "integer"},
        {"name": "ratio", "type": "decimal"},
        {"name": "seen", "type": "dateTime"},
        {"name": "on", "type": "boolean"},
        {"name": "key", "type": "binary"},
        {"name": "link", "type": "reference", "referenceTypes": ["external"]},
        {"name": "tags", "multiValued": true},
        {"name": "secret", "mutability": "writeOnly", "returned": "never"},
        {"name": "pin", "returned": "request"},
        {"name": "badge", "returned": "always"},
        {"name": "box", "type": "complex", "subAttributes": [
            {"name": "height", "type": "integer"},
            {"name": "colour"},
            {"name": "code", "returned": "never"},
            {"name": "weight", "type": "integer", "returned": "request"},
            {"name": "shape", "returned": "always"}]},
        {"name": "parts", "type": "complex", "multiValued": true, "subAttributes": [
            value,
            {"name": "type"},
            {"name": "size", "type": "integer"},
            {"name": "primary", "type": "boolean"},
            {"name": "code", "returned": "never"}]}]});
    let lab = json!({"id": LAB, "name": "Lab", "attributes": [
        {"name": "room"},
        {"name": "hidden", "returned": "never"},
        {"name": "keeper", "type": "complex", "subAttributes": [value, {"name": "displayName"}]}]});
    for schema in [device, lab] {
        let schema: Schema = serde_json::from_value(schema).unwrap();
        registry.register_schema(schema).unwrap();
    }
    let device = json!({"name": "Device", "endpoint": "/Devices", "schema": DEVICE,
        "schemaExtensions": [{"schema": LAB, "required": false}]});
    let device: ResourceType = serde_json::from_value(device).unwrap();
    registry.register_resource_type(device).unwrap();
    registry.model(resource_type).unwrap()
}
