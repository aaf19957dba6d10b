//! What a client has set with a request.

use serde_json::Value;

use crate::{Object, ResourceModel};

/// The attributes that the body of a POST or PUT names, for [`apply_after_write`](super::Projection::apply_after_write). Empty
/// where nothing depends on it: where no attribute of the type is hidden.
pub fn written(model: &ResourceModel, body: &Object) -> Object {
    let mut written = Object::new();
    if !model.hides() {
        return written;
    }
    for (name, value) in body {
        if let Some(attribute) = model.attribute(name) {
            written.insert(attribute.name.to_string(), Value::Null);
        } else if let (Some(schema), Value::Object(parts)) = (model.extension(name), value) {
            let named = parts.keys().filter_map(|part| schema.attribute(part));
            let named: Object = named.map(|part| (part.name.to_string(), Value::Null)).collect();
            written.insert(schema.id.to_string(), named.into());
        }
    }
    written
}
