//! Schemas as rows of a table: a member each, with what is in it below it.

use serde_json::Value;

use super::text::{Text, text};

/// Objects in objects are shown down to here.
const DEEPEST: usize = 5;

/// A member of an object, or an alternative.
pub(super) struct Row<'d> {
    pub(super) depth: usize,
    /// Empty for an alternative.
    pub(super) name: &'d str,
    pub(super) kind: String,
    pub(super) is_required: bool,
    pub(super) limits: Vec<String>,
    pub(super) words: Vec<&'d str>,
    pub(super) text: Text<'d>,
}

/// The document that references lead into.
#[derive(Clone, Copy)]
pub(super) struct Schemas<'d>(pub(super) &'d Value);

impl<'d> Schemas<'d> {
    /// What a schema is, behind its reference, with the name that the reference has.
    pub(super) fn behind(self, schema: &'d Value) -> (&'d Value, Option<&'d str>) {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return (schema, None) };
        let target = reference.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer));
        (target.unwrap_or(&Value::Null), reference.rsplit('/').next())
    }

    /// The rows of a body.
    pub(super) fn rows(self, schema: &'d Value) -> Vec<Row<'d>> {
        let mut rows = Vec::new();
        self.add(schema, 0, &mut Vec::new(), &mut rows);
        rows
    }

    fn add(self, schema: &'d Value, depth: usize, within: &mut Vec<&'d str>, rows: &mut Vec<Row<'d>>) {
        let (schema, name) = self.behind(schema);
        if depth > DEEPEST || name.is_some_and(|name| within.contains(&name)) {
            return;
        }
        within.extend(name);
        for choice in choices(schema) {
            if choice.get("type").is_some_and(|kind| kind == "null") {
                continue;
            }
            let (behind, _) = self.behind(choice);
            if members(behind).is_some() || !choices(behind).is_empty() {
                rows.push(self.row("", choice, depth, false));
                self.add(choice, depth + 1, within, rows);
            }
        }
        if let Some(items) = schema.get("items") {
            self.add(items, depth, within, rows);
        }
        for (member, of) in members(schema).into_iter().flatten() {
            let required = schema.get("required").and_then(Value::as_array);
            let is_required = required.is_some_and(|names| names.iter().any(|name| name == member.as_str()));
            rows.push(self.row(member, of, depth, is_required));
            self.add(of, depth + 1, within, rows);
        }
        within.truncate(within.len() - usize::from(name.is_some()));
    }

    /// One row for a schema.
    pub(super) fn row(self, name: &'d str, schema: &'d Value, depth: usize, is_required: bool) -> Row<'d> {
        let (behind, _) = self.behind(schema);
        let items = behind.get("items").map_or(behind, |items| self.behind(items).0);
        let said = schema.get("description").or_else(|| behind.get("description")).and_then(Value::as_str);
        let words =
            items.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let mut limits = limits(behind);
        if let Some(value) = schema.get("default").or_else(|| behind.get("default")) {
            limits.push(format!("default: {}", plain(value)));
        }
        Row {
            depth,
            name,
            kind: self.kind(schema),
            is_required,
            limits,
            words: words.collect(),
            text: said.map(text).unwrap_or_default(),
        }
    }

    /// What a value is, in words.
    pub(super) fn kind(self, schema: &'d Value) -> String {
        let (behind, name) = self.behind(schema);
        if let Some(items) = behind.get("items") {
            return format!("list of {}", self.kind(items));
        }
        let choices = choices(behind);
        if !choices.is_empty() {
            let mut kinds: Vec<String> = choices.iter().map(|choice| self.kind(choice)).collect();
            kinds.dedup();
            return match name {
                Some(name) => name.to_owned(),
                None => kinds.join(" or "),
            };
        }
        if let Some(constant) = behind.get("const") {
            return plain(constant);
        }
        let format = behind.get("format").and_then(Value::as_str);
        let kind = match behind.get("type") {
            Some(Value::String(kind)) => word(kind, format).to_owned(),
            Some(Value::Array(kinds)) => {
                let kinds = kinds.iter().filter_map(Value::as_str);
                kinds.map(|kind| word(kind, format)).collect::<Vec<_>>().join(" or ")
            }
            _ if behind.get("enum").is_some() => "string".to_owned(),
            _ => "any JSON".to_owned(),
        };
        match name {
            Some(name) => name.to_owned(),
            None => kind,
        }
    }
}

fn word<'w>(kind: &'w str, format: Option<&'w str>) -> &'w str {
    match (kind, format) {
        ("string", Some("date-time")) => "time",
        ("string", Some("uuid")) => "UUID",
        ("string", Some("email")) => "e-mail address",
        (kind, _) => kind,
    }
}

fn members(schema: &Value) -> Option<&serde_json::Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object)
}

fn choices(schema: &Value) -> Vec<&Value> {
    let lists = ["oneOf", "anyOf"].into_iter().filter_map(|name| schema.get(name).and_then(Value::as_array));
    lists.flatten().collect()
}

fn limits(schema: &Value) -> Vec<String> {
    let number = |name| schema.get(name).map(plain);
    let range = |least: Option<String>, most: Option<String>, what: &str| match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}{what}")),
        (Some(least), None) => Some(format!("at least {least}{what}")),
        (None, Some(most)) => Some(format!("at most {most}{what}")),
        (None, None) => None,
    };
    // What has to be there is not empty: nobody needs to be told.
    let length =
        if schema.get("maxLength").is_none() && schema.get("minLength").is_some_and(|least| least == 1) {
            None
        } else {
            range(number("minLength"), number("maxLength"), " characters")
        };
    let pattern = schema.get("pattern").and_then(Value::as_str).map(|pattern| format!("matches {pattern}"));
    [
        range(number("minimum"), number("maximum"), ""),
        length,
        range(number("minItems"), number("maxItems"), " entries"),
        pattern,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
