//! Schemas as readers and generators of clients want them, from schemas as they are derived.

use serde_json::{Map, Value};

use super::names;

/// Whether a schema is of something that is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// A part of a request.
    Read,
    /// A part of an answer.
    Written,
}

/// Marks a member for which `null` has a meaning of its own.
const NULL_MEANS: &str = "x-null-means";

/// Tidies a schema and everything in it.
pub(super) fn tidy(schema: &mut Value, side: Side) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| tidy(item, side)),
        Value::Object(object) => {
            for (name, part) in object.iter_mut() {
                // These hold values, not schemas.
                if !matches!(name.as_str(), "enum" | "const" | "default" | "examples") {
                    tidy(part, side);
                }
            }
            words(object);
            members(object, side);
            texts(object);
        }
        _ => {}
    }
}

/// A list of constants is an enum; what each word means goes into the description.
fn words(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.get("oneOf") else { return };
    let mut words = Vec::new();
    let mut meanings = Vec::new();
    for choice in choices {
        if let Some(word) = choice.get("const").filter(|word| word.is_string()) {
            let meaning = choice.get("description").and_then(Value::as_str);
            meanings.extend(meaning.map(|meaning| format!("- `{}`: {meaning}", word.as_str().unwrap_or(""))));
            words.push(word.clone());
        } else if let (Some(Value::Array(some)), None) = (choice.get("enum"), choice.get("description")) {
            words.extend(some.iter().cloned());
        } else {
            return;
        }
    }
    schema.remove("oneOf");
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), words.into());
    let said = schema.get("description").and_then(Value::as_str).map(str::to_owned);
    let text: Vec<String> =
        said.into_iter().chain([meanings.join("\n")]).filter(|text| !text.is_empty()).collect();
    if !text.is_empty() {
        schema.insert("description".to_owned(), text.join("\n\n").into());
    }
}

/// A member that may be left out is left out, never `null`; and answers have the members that are described and no others.
fn members(schema: &mut Map<String, Value>, side: Side) {
    let required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(members)) = schema.get_mut("properties") else { return };
    for (name, member) in members.iter_mut() {
        let Value::Object(member) = member else { continue };
        let null_means = member.remove(NULL_MEANS).is_some();
        if !null_means && !required.iter().any(|required| required == name.as_str()) {
            without_null(member);
        }
    }
    if side == Side::Written && !schema.contains_key("additionalProperties") {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
}

fn without_null(schema: &mut Map<String, Value>) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(choices)) = schema.get_mut("anyOf") else { return };
    choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
    if let [Value::Object(only)] = choices.as_slice() {
        let only = only.clone();
        schema.remove("anyOf");
        for (name, value) in only {
            schema.entry(name).or_insert(value);
        }
    }
}

fn texts(schema: &mut Map<String, Value>) {
    // A reference by its public name.
    if let Some(Value::String(reference)) = schema.get_mut("$ref")
        && let Some((place, name)) = reference.rsplit_once('/')
    {
        *reference = format!("{place}/{}", names::shown(name));
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = sentence(text);
    }
    // Widths of integers that OpenAPI has no name for; `minimum` says what matters.
    if schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint")) {
        schema.remove("format");
    }
}

/// A docstring for readers of the API: without examples in Rust, and without references that lead nowhere outside of the code.
fn sentence(text: &str) -> String {
    let text = text.split("\n```").next().unwrap_or(text);
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match lines.last_mut() {
            Some(last) if !last.is_empty() && !line.is_empty() && !line.starts_with("- ") => {
                last.push(' ');
                last.push_str(line);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    let mut text = lines.join("\n").replace("[`", "`").replace("`]", "`").replace("`None`", "absent");
    for reference in [" (enrollment.md", " (`docs/decisions", " (threat"] {
        while let Some(start) = text.find(reference) {
            let Some(length) = text[start..].find(')') else { break };
            text.replace_range(start..=start + length, "");
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Side, tidy};

    #[test]
    fn what_may_be_left_out_is_never_null_and_what_is_there_may_be() {
        let mut schema = json!({ "type": "object", "required": ["a"], "properties": {
            "a": { "type": ["string", "null"] },
            "b": { "type": ["string", "null"], "default": null },
            "c": { "anyOf": [{ "$ref": "#/components/schemas/UserInfo" }, { "type": "null" }], "description": "C" },
            "d": { "type": ["boolean", "null"], "x-null-means": true },
        } });
        tidy(&mut schema, Side::Read);
        assert_eq!(
            schema["properties"],
            json!({
                "a": { "type": ["string", "null"] },
                "b": { "type": "string" },
                "c": { "description": "C", "$ref": "#/components/schemas/User" },
                "d": { "type": ["boolean", "null"] },
            })
        );
        assert!(schema.get("additionalProperties").is_none(), "a request is read as its type reads it");
        tidy(&mut schema, Side::Written);
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn a_list_of_constants_is_an_enum_with_the_meanings_in_words() {
        let mut schema = json!({ "description": "How\nmuch (enrollment.md 1.5).", "oneOf": [
            { "type": "string", "const": "little", "description": "Less than [`Most`]." },
            { "type": "string", "const": "much", "description": "`None`\n\n```\ncode\n```" },
        ] });
        tidy(&mut schema, Side::Written);
        assert_eq!(
            schema,
            json!({
                "description": "How much.\n\n- `little`: Less than `Most`.\n- `much`: absent",
                "type": "string", "enum": ["little", "much"],
            })
        );
    }
}
