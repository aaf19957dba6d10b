//! Makes what differs from run to run the same, so that whole exchanges can be kept as snapshots.

use serde_json::Value;

use super::placeholder::map_strings;

/// Replaces volatile values by names: `[base]`, `[token]`, the names of captured values, `[id-1]` and so on for
/// other UUIDs in the order of their appearance, `[time]`, and `[version]` for entity tags.
#[derive(Debug, Default)]
pub(crate) struct Stable {
    known: Vec<(String, String)>,
    ids: Vec<String>,
}

impl Stable {
    /// From now on `value` is shown as `[name]`.
    pub(crate) fn know(&mut self, name: &str, value: &str) {
        if !value.is_empty() && !is_time(value) && !self.known.iter().any(|(known, _)| known == value) {
            self.known.push((value.to_owned(), format!("[{name}]")));
            // A longer value may contain a shorter one.
            self.known.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        }
    }

    /// A text with its volatile parts named.
    pub(crate) fn text(&mut self, text: &str) -> String {
        if is_time(text) {
            return "[time]".to_owned();
        }
        if is_entity_tag(text) {
            return "[version]".to_owned();
        }
        let mut shown = text.to_owned();
        for (value, name) in &self.known {
            shown = shown.replace(value, name);
        }
        while let Some(uuid) = find_uuid(&shown).map(str::to_owned) {
            let index = self.ids.iter().position(|id| *id == uuid).unwrap_or_else(|| {
                self.ids.push(uuid.clone());
                self.ids.len() - 1
            });
            shown = shown.replace(&uuid, &format!("[id-{}]", index + 1));
        }
        shown
    }

    /// A document with its volatile parts named.
    pub(crate) fn value(&mut self, value: &Value) -> Value {
        map_strings(value, &mut |text| self.text(text))
    }
}

/// A date and time of RFC 3339, nothing else.
fn is_time(text: &str) -> bool {
    let shape = "dddd-dd-ddTdd:dd:dd";
    let (start, rest) = match (text.get(..shape.len()), text.get(shape.len()..)) {
        (Some(start), Some(rest)) => (start, rest),
        _ => return false,
    };
    let same = start.chars().zip(shape.chars()).all(|(character, expected)| match expected {
        'd' => character.is_ascii_digit(),
        other => character == other,
    });
    same && rest.chars().all(|character| character.is_ascii_digit() || ".:+-Z".contains(character))
}

fn is_entity_tag(text: &str) -> bool {
    text.starts_with("W/\"") && text.ends_with('"')
}

fn find_uuid(text: &str) -> Option<&str> {
    text.char_indices().filter_map(|(start, _)| text.get(start..start + 36)).find(|part| is_uuid(part))
}

fn is_uuid(part: &str) -> bool {
    part.char_indices().all(|(index, character)| match index {
        8 | 13 | 18 | 23 => character == '-',
        _ => character.is_ascii_hexdigit() && !character.is_ascii_uppercase(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Stable;

    const ONE: &str = "0192e4a0-1111-7000-8000-000000000001";
    const TWO: &str = "0192e4a0-1111-7000-8000-000000000002";

    #[test]
    fn volatile_values_get_names_that_stay_the_same() {
        let mut stable = Stable::default();
        stable.know("base", "http://127.0.0.1:4711/scim/v2");
        stable.know("user1", ONE);
        let shown = stable.value(&json!({
            "id": ONE,
            "other": TWO,
            "detail": format!("no {TWO} and no {ONE}"),
            "meta": {
                "created": "2026-11-24T04:00:00.123Z",
                "location": format!("http://127.0.0.1:4711/scim/v2/Users/{ONE}"),
                "version": "W/\"5\""
            },
            "note": "2026-11-24T04:00 is no time"
        }));
        assert_eq!(
            shown,
            json!({
                "id": "[user1]",
                "other": "[id-1]",
                "detail": "no [id-1] and no [user1]",
                "meta": {"created": "[time]", "location": "[base]/Users/[user1]", "version": "[version]"},
                "note": "2026-11-24T04:00 is no time"
            })
        );
    }

    #[test]
    fn letters_outside_ascii_do_no_harm() {
        assert_eq!(
            Stable::default().text("Jürgen Müller, 花子 山田, ليلى, Þóra, Łukasz"),
            "Jürgen Müller, 花子 山田, ليلى, Þóra, Łukasz"
        );
    }
}
