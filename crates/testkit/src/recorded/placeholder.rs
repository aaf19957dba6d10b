//! `{{name}}` in strings.

use std::collections::BTreeMap;

use serde_json::Value;

/// The values of placeholders by name.
pub(crate) type Values = BTreeMap<String, String>;

/// The names of the placeholders in a text, in order.
pub(crate) fn names(text: &str) -> Vec<&str> {
    let after = text.split("{{").skip(1);
    after.filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name).collect()
}

/// Puts the values in; a placeholder without a value stays as it is.
pub(crate) fn fill(text: &str, values: &Values) -> String {
    let mut filled = text.to_owned();
    for name in names(text) {
        if let Some(value) = values.get(name) {
            filled = filled.replace(&format!("{{{{{name}}}}}"), value);
        }
    }
    filled
}

/// Puts the values into every string of a document, keys included.
pub(crate) fn fill_value(value: &Value, values: &Values) -> Value {
    map_strings(value, &mut |text| fill(text, values))
}

/// The document with every string, keys included, replaced.
pub(crate) fn map_strings(value: &Value, replace: &mut impl FnMut(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(replace(text)),
        Value::Array(elements) => elements.iter().map(|element| map_strings(element, replace)).collect(),
        Value::Object(attributes) => {
            attributes.iter().map(|(name, value)| (replace(name), map_strings(value, replace))).collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Values, fill, fill_value, names};

    fn values() -> Values {
        [("user1".to_owned(), "42".to_owned())].into()
    }

    #[test]
    fn a_placeholder_is_filled_wherever_it_stands() {
        assert_eq!(fill("/Users/{{user1}}?x={{user1}}", &values()), "/Users/42?x=42");
        let body = json!({"Operations": [{"path": "members[value eq \"{{user1}}\"]"}], "n": 1});
        assert_eq!(fill_value(&body, &values())["Operations"][0]["path"], "members[value eq \"42\"]");
    }

    #[test]
    fn a_placeholder_without_a_value_stays() {
        assert_eq!(fill("{{user2}}", &values()), "{{user2}}");
        assert_eq!(names("{{a}} {b} {{c"), ["a"]);
    }
}
