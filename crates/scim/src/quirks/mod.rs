//! Dialects: what is accepted beyond the RFCs because real identity providers send it.
//!
//! Each leniency is a [`Quirk`] with a file of its own. A [`Dialect`] is a set of quirks: `strict` has none, `compat` has
//! all. Whatever a quirk has changed in a request is written into [`Notes`], so that an administrator can see it.

pub(crate) mod bare_values;
pub(crate) mod create_on_filter;
pub(crate) mod dotted_urn;
pub(crate) mod empty_strings;
pub(crate) mod json_string_value;
pub(crate) mod lenient_literals;
pub(crate) mod lenient_schemas;
pub(crate) mod manager_id;
pub(crate) mod manager_string;
pub(crate) mod missing_filter_space;
pub(crate) mod operation_case;
pub(crate) mod path_keys;
pub(crate) mod read_only_in_patch;
pub(crate) mod remove_by_value;
pub(crate) mod single_values;
pub(crate) mod string_booleans;
pub(crate) mod unqualified_extension;
pub(crate) mod value_path_comparison;

use std::fmt;

/// One named leniency towards what identity providers really send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Quirk {
    /// `"True"` and `"False"`, in any case, for a boolean (Entra ID, OneLogin, Keycloak).
    StringBooleans,
    /// `add` or `replace` on `emails[type eq "work"].value` creates the element that is not there (Entra ID).
    CreateOnFilter,
    /// `remove` with path `members` and a value removes only those members (Entra ID, JumpCloud, authentik).
    RemoveByValue,
    /// A member, or another complex element, given as a bare string means its `value`.
    BareValues,
    /// `manager` as a string, or as an array of one object; `""` removes it (Entra ID).
    ManagerString,
    /// `manager` or another attribute of an extension without its URI in a PATCH path or a filter (Microsoft's samples).
    UnqualifiedExtension,
    /// `urn:…:enterprise:2.0:User.manager`: a dot where a colon belongs (older Entra jobs).
    DottedUrn,
    /// Keys of a path-less PATCH value that are paths: `"name.givenName"`, `"emails[type eq \"work\"].value"` (Entra ID).
    PathKeys,
    /// The value of a path-less PATCH operation as JSON inside a string (scim-for-keycloak).
    JsonStringValue,
    /// A request body without `schemas`, or with URIs that do not belong (Okta, Entra ID, OneLogin).
    LenientSchemas,
    /// `value eq"x"`: no space before a quoted literal in a filter (an example of RFC 7644 itself).
    MissingFilterSpace,
    /// A filter literal of the wrong type that has one reading: `"true"` for a boolean.
    LenientLiterals,
    /// `""` for an optional attribute means unassigned (Okta's test suite, Entra ID).
    EmptyStrings,
    /// `Add`, `Replace`, `Remove`: an `op` in another case (Entra ID).
    OperationCase,
    /// One value where a multi-valued attribute has a list, in POST and PUT (templates, Microsoft's samples).
    SingleValues,
    /// A readOnly attribute in a path-less PATCH value is ignored (Okta, authentik).
    ReadOnlyInPatch,
    /// `emails[type eq "work"].value eq "x"` in a filter (Entra ID).
    ValuePathComparison,
    /// `manager.managerId` means `manager.value` (OneLogin).
    ManagerId,
}

impl Quirk {
    /// Every quirk.
    pub const ALL: [Self; 18] = [
        Self::StringBooleans,
        Self::CreateOnFilter,
        Self::RemoveByValue,
        Self::BareValues,
        Self::ManagerString,
        Self::UnqualifiedExtension,
        Self::DottedUrn,
        Self::PathKeys,
        Self::JsonStringValue,
        Self::LenientSchemas,
        Self::MissingFilterSpace,
        Self::LenientLiterals,
        Self::EmptyStrings,
        Self::OperationCase,
        Self::SingleValues,
        Self::ReadOnlyInPatch,
        Self::ValuePathComparison,
        Self::ManagerId,
    ];

    const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// The quirk's name in configuration, documentation and the request log, for example `string-booleans`.
    pub fn name(self) -> &'static str {
        match self {
            Self::StringBooleans => "string-booleans",
            Self::CreateOnFilter => "create-on-filter",
            Self::RemoveByValue => "remove-by-value",
            Self::BareValues => "bare-values",
            Self::ManagerString => "manager-string",
            Self::UnqualifiedExtension => "unqualified-extension",
            Self::DottedUrn => "dotted-urn",
            Self::PathKeys => "path-keys",
            Self::JsonStringValue => "json-string-value",
            Self::LenientSchemas => "lenient-schemas",
            Self::MissingFilterSpace => "missing-filter-space",
            Self::LenientLiterals => "lenient-literals",
            Self::EmptyStrings => "empty-strings",
            Self::OperationCase => "operation-case",
            Self::SingleValues => "single-values",
            Self::ReadOnlyInPatch => "read-only-in-patch",
            Self::ValuePathComparison => "value-path-comparison",
            Self::ManagerId => "manager-id",
        }
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which quirks are accepted.
///
/// ```
/// use enroll_scim::{Dialect, Quirk};
///
/// assert!(Dialect::compat().allows(Quirk::StringBooleans));
/// assert!(!Dialect::strict().allows(Quirk::StringBooleans));
/// assert!(!Dialect::compat().without(Quirk::StringBooleans).allows(Quirk::StringBooleans));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect(u32);

impl Dialect {
    /// The RFCs to the letter.
    pub fn strict() -> Self {
        Self(0)
    }

    /// What real identity providers send.
    pub fn compat() -> Self {
        Quirk::ALL.into_iter().fold(Self::strict(), Self::with)
    }

    /// The same dialect with one more quirk.
    #[must_use]
    pub fn with(mut self, quirk: Quirk) -> Self {
        self.0 |= quirk.bit();
        self
    }

    /// The same dialect with one quirk less.
    #[must_use]
    pub fn without(mut self, quirk: Quirk) -> Self {
        self.0 &= !quirk.bit();
        self
    }

    /// Whether the quirk is accepted.
    pub fn allows(&self, quirk: Quirk) -> bool {
        self.0 & quirk.bit() != 0
    }
}

impl Default for Dialect {
    /// `compat`.
    fn default() -> Self {
        Self::compat()
    }
}

/// Most notes that are kept of one request: what comes after them repeats what they say.
const MOST_NOTES: usize = 64;

/// What was read differently from how it was written, for the request log. Keeps each note once, and 64 at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(Vec<Note>);

/// One thing that was read differently from how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The quirk that allowed it; `None` for what the RFCs themselves tell a server to ignore.
    pub quirk: Option<Quirk>,
    /// What was done, for people, for example `active: "True" read as true`. Never holds a value that may be a secret.
    pub text: String,
}

impl Notes {
    /// Notes what a quirk has changed.
    pub fn quirk(&mut self, quirk: Quirk, text: impl Into<String>) {
        self.push(Note { quirk: Some(quirk), text: text.into() });
    }

    /// Notes what was ignored.
    pub fn ignored(&mut self, text: impl Into<String>) {
        self.push(Note { quirk: None, text: text.into() });
    }

    /// Keeps a note, unless it is there already or there are [`MOST_NOTES`].
    fn push(&mut self, note: Note) {
        if self.0.len() < MOST_NOTES && !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    /// The notes, in the order they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Note> {
        self.0.iter()
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Notes> for Vec<Note> {
    fn from(notes: Notes) -> Self {
        notes.0
    }
}
