//! The ServiceProviderConfig as authentik reads it: strictly, and what is missing counts as not supported.

use serde_json::Value;

use crate::answer::Answer;

/// What the server says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Config {
    /// How many members one PATCH may change; 0 for all of them.
    pub(crate) operations: usize,
}

impl Config {
    /// Checks the document and takes what the rest of the run depends on.
    pub(crate) fn read(answer: &Answer<'_>) -> Self {
        let Some(document) = answer.document(&[200]) else { return Self { operations: 1 } };
        let at = |pointer: &str| document.pointer(pointer).unwrap_or(&Value::Null);
        for feature in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
            let pointer = format!("/{feature}/supported");
            answer.require(at(&pointer).is_boolean(), || format!("{feature}.supported must be a boolean"));
        }
        for pointer in ["/bulk/maxOperations", "/bulk/maxPayloadSize", "/filter/maxResults"] {
            answer.require(at(pointer).is_u64(), || format!("{pointer} must be a JSON integer"));
        }
        answer.require(at("/authenticationSchemes").is_array(), || {
            "authenticationSchemes must be an array".to_owned()
        });
        for feature in ["patch", "filter"] {
            let supported = at(&format!("/{feature}/supported")) == &Value::Bool(true);
            answer.require(supported, || format!("without {feature} groups cannot be kept in step"));
        }
        let operations = at("/bulk/maxOperations").as_u64().unwrap_or(1);
        Self { operations: usize::try_from(operations).unwrap_or(usize::MAX) }
    }

    /// How many operations one PATCH gets.
    pub(crate) fn chunk(self) -> usize {
        if self.operations == 0 { usize::MAX } else { self.operations }
    }
}
