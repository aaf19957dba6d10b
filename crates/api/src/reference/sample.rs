//! Requests as one would send them.

use serde_json::{Map, Value, json};

use super::rows::Schemas;
use crate::session_cookie;

impl Schemas<'_> {
    /// A value of a schema: what is required, or the first member where nothing is.
    pub(super) fn sample(self, schema: &Value) -> Value {
        let behind = self.0.pointer(pointer(schema)).unwrap_or(schema);
        let first = |name: &str| behind.get(name).and_then(Value::as_array).and_then(|list| list.first());
        for given in [first("examples"), behind.get("const"), behind.get("default"), first("enum")] {
            if let Some(given) = given.filter(|given| !given.is_null()) {
                return given.clone();
            }
        }
        if let Some(choice) = first("oneOf").or_else(|| first("anyOf")) {
            return self.sample(choice);
        }
        let kind = match behind.get("type") {
            Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
            kind => kind.and_then(Value::as_str),
        };
        match (kind, behind.get("format").and_then(Value::as_str)) {
            (Some("object"), _) | (None, _) => self.sample_object(behind),
            (Some("array"), _) => {
                json!([behind.get("items").map_or(Value::Null, |items| self.sample(items))])
            }
            (Some("boolean"), _) => json!(true),
            (Some("integer" | "number"), _) => behind.get("minimum").cloned().unwrap_or(json!(1)),
            (_, Some("date-time")) => json!("2027-01-01T00:00:00Z"),
            (_, Some("uuid")) => json!("01990000-0000-7000-8000-000000000000"),
            (_, Some("email")) => json!("ada@example.com"),
            _ => json!("text"),
        }
    }

    fn sample_object(self, schema: &Value) -> Value {
        let Some(members) = schema.get("properties").and_then(Value::as_object) else { return json!({}) };
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let shown = members.iter().filter(|(name, _)| required.contains(&name.as_str()));
        let shown = shown.chain(members.iter().take(if required.is_empty() { 1 } else { 0 }));
        let sample: Map<String, Value> = shown.map(|(name, of)| (name.clone(), self.sample(of))).collect();
        sample.into()
    }
}

fn pointer(schema: &Value) -> &str {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'))
        .unwrap_or("-")
}

/// What stands for a value that only the reader knows: a variable of the shell.
fn variable(name: &str) -> String {
    let name = name.to_uppercase();
    if name == "NAME" { "$NAME".to_owned() } else { format!("${name}_ID") }
}

/// A parameter's example, or a variable.
fn value(parameter: &Value) -> String {
    let example = parameter.pointer("/schema/examples/0").and_then(Value::as_str);
    let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
    example.map_or_else(|| variable(name), str::to_owned)
}

/// The request as a command for a shell. `parameters` are those of the operation and its path, without references.
pub(super) fn curl(
    method: &str,
    url: &str,
    parameters: &[&Value],
    security: Option<&str>,
    body: Option<&Value>,
) -> String {
    let mut url = url.to_owned();
    let mut query = Vec::new();
    for parameter in parameters {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
        if parameter.get("in").is_some_and(|place| place == "path") {
            url = url.replace(&format!("{{{name}}}"), &value(parameter));
        } else if parameter.get("required").is_some_and(|required| required == true) {
            query.push(format!("{name}={}", value(parameter)));
        }
    }
    if !query.is_empty() {
        url = format!("{url}?{}", query.join("&"));
    }
    let how = if method == "get" { String::new() } else { format!("-X {} ", method.to_uppercase()) };
    let mut lines = vec![format!("curl {how}\"{url}\"")];
    match security {
        Some("session") => lines.push(format!("-b \"{}=$SESSION\"", session_cookie::NAME)),
        Some(_) => lines.push("-H \"Authorization: Bearer $ENROLL_TOKEN\"".to_owned()),
        None => {}
    }
    if let Some(body) = body {
        lines.push("-H \"Content-Type: application/json\"".to_owned());
        lines.push(format!("-d '{body}'"));
    }
    lines.join(" \\\n  ")
}
