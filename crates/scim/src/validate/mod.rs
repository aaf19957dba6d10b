//! Validation and coercion of what a client sends, by schema.
//!
//! Three layers: one value of one attribute (`attribute_value`, `element_value`), the rules for a resource as a whole
//! (`finish`), and the bodies of POST and PUT ([`create()`], [`replace()`]). PATCH uses the first two.

mod adopt;
mod body;
mod compare;
mod create;
mod finish;
mod replace;
mod schemas;
mod text;
mod value;

use serde_json::Value;

use crate::{Dialect, Notes, Object, ResourceModel, ScimError};

pub use adopt::adopt;
pub(crate) use compare::comparable;
pub use create::create;
pub(crate) use finish::finish;
pub use replace::replace;
pub(crate) use value::{attribute_value, element_value};

/// What reading a value asks and tells: the resource type it belongs to, the dialect it is read in, and the notes on what
/// was read differently from how it was written.
pub struct Reading<'a> {
    /// The resource type.
    pub model: &'a ResourceModel,
    /// What is accepted beyond the RFCs.
    pub dialect: &'a Dialect,
    /// Where it is noted.
    pub notes: &'a mut Notes,
}

/// A name that a client has made up, short enough for a message.
pub(crate) fn shown(name: &str) -> String {
    const LONGEST: usize = 64;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// Takes out the member of that name, in any case.
///
/// # Errors
/// 400 `invalidSyntax` when there are two.
pub(crate) fn member(object: &mut Object, name: &str) -> Result<Option<Value>, ScimError> {
    let names: Vec<String> = object.keys().filter(|key| key.eq_ignore_ascii_case(name)).cloned().collect();
    match names.as_slice() {
        [] => Ok(None),
        [only] => Ok(object.shift_remove(only)),
        _ => Err(ScimError::invalid_syntax(format!("{name} is given more than once"))),
    }
}
