//! A filter literal of the wrong type that has one reading: `"True"` for a boolean, `"5"` for a number.
//!
//! Microsoft's validator sends the path `roles[primary eq "True"].display`, Keycloak's client `active eq "true"`. `strict`
//! answers 400 `invalidFilter`.

use serde_json::Number;

use super::{Dialect, Notes, Quirk};

/// The boolean that `text`, compared with `name`, stands for; `None` when it stands for none or the dialect is strict.
pub(crate) fn boolean(dialect: &Dialect, notes: &mut Notes, name: &str, text: &str) -> Option<bool> {
    if !dialect.allows(Quirk::LenientLiterals) {
        return None;
    }
    let value = [true, false].into_iter().find(|value| text.eq_ignore_ascii_case(&value.to_string()))?;
    notes.quirk(Quirk::LenientLiterals, format!("filter: {name}: {text:?} read as {value}"));
    Some(value)
}

/// The number that `text`, compared with `name`, stands for; `None` when it stands for none or the dialect is strict.
pub(crate) fn number(dialect: &Dialect, notes: &mut Notes, name: &str, text: &str) -> Option<Number> {
    if !dialect.allows(Quirk::LenientLiterals) {
        return None;
    }
    let value = serde_json::from_str(text).ok()?;
    // The number may be personal, so it is not repeated.
    notes.quirk(Quirk::LenientLiterals, format!("filter: {name}: a number in quotes read as a number"));
    Some(value)
}
