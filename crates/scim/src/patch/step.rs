//! What one operation of a PATCH request does, read and checked, ready to be applied to any resource of its type.

use serde_json::Value;

use super::selection::Selection;

/// What an operation asks for (RFC 7644 §3.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// `add`
    Add,
    /// `remove`
    Remove,
    /// `replace`
    Replace,
}

/// One effect on one place of the resource. An operation without a path becomes one step for each of its attributes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    /// The number of the operation in the request, from 1.
    pub(super) operation: usize,
    /// Where.
    pub(super) place: Place,
    /// What.
    pub(super) effect: Effect,
}

/// A top-level attribute, by the names the schemas spell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The path as it was written, for messages.
    pub(super) path: String,
    /// The URI of the extension the attribute belongs to; `None` for base and common attributes.
    pub(super) extension: Option<String>,
    /// The attribute; `None` for an extension as a whole.
    pub(super) attribute: Option<String>,
}

/// What happens at a place. Values are in canonical form already.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// The attribute, or the extension as a whole, becomes unassigned.
    Unassign,
    /// What happens to an attribute with one value.
    One(OneValue),
    /// What happens to a multi-valued attribute.
    List(ListEffect),
}

/// What happens to an attribute with one value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OneValue {
    /// It gets this value.
    Assign(Value),
    /// Being complex, it gets or loses sub-attributes.
    Merge(Vec<Part>),
}

/// What happens to a multi-valued attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ListEffect {
    /// It gets more elements.
    Append(Vec<Value>),
    /// It gets these elements instead of those it has.
    Overwrite(Vec<Value>),
    /// It loses the elements that equal one of these.
    RemoveEqual(Vec<Value>),
    /// It loses the elements that are selected.
    RemoveSelected(Selection),
    /// Some elements get or lose sub-attributes.
    MergeSelected {
        /// Which.
        selected: Selected,
        /// What they get or lose.
        parts: Vec<Part>,
        /// What happens when there is no such element.
        otherwise: Otherwise,
    },
    /// Some elements are replaced by this one.
    ReplaceSelected {
        /// Which.
        selection: Selection,
        /// By what.
        element: Value,
        /// What happens when there is no such element.
        otherwise: Otherwise,
    },
}

/// Which elements of a multi-valued attribute are meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Selected {
    /// `emails.type`: every element.
    All,
    /// `emails[type eq "work"].value`: those that meet the filter.
    Matching(Selection),
}

/// What happens when no element is selected.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Otherwise {
    /// Nothing: there is nothing to be removed.
    Nothing,
    /// The request is refused with `noTarget`.
    Refuse,
    /// A first element comes into being: the path has no filter that it would have to meet.
    Begin,
    /// An element comes into being from the filter; these are its sub-attributes besides those the operation sets.
    Create(Vec<(String, Value)>),
}

/// What happens to one sub-attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// The sub-attribute, as the schema spells it.
    pub(super) name: String,
    /// What happens.
    pub(super) change: PartChange,
}

/// What happens to one sub-attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PartChange {
    /// It becomes unassigned.
    Unset,
    /// It gets a value.
    Set(Value),
    /// A multi-valued sub-attribute gets more values.
    Extend(Vec<Value>),
}
