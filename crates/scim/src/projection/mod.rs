//! Projection: `attributes` and `excludedAttributes` (RFC 7644 §3.4.2.5, §3.9).

mod apply;
mod list;
mod names;
mod written;

use crate::{ResourceModel, ScimError};

pub use list::split_list;
use names::Names;
pub use written::written;

/// Which attributes a client wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection(Choice);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Choice {
    /// Those with `returned` always and default.
    #[default]
    Default,
    /// Those with `returned` always, and these.
    Only(Names),
    /// Those with `returned` always and default, without these.
    Without(Names),
    /// All of them, for the server itself.
    Everything,
}

impl Projection {
    /// What a client sees that asks for nothing in particular.
    pub fn none() -> Self {
        Self::default()
    }

    /// Nothing is left out, not even what no client ever sees: what filters and orders look at.
    pub fn everything() -> Self {
        Self(Choice::Everything)
    }

    /// Reads the two parameters for the resource type of `model`. Names may carry their schema; a name that the type does not
    /// have is ignored, and so is a filter in brackets behind a name (Microsoft's `attributes=emails[type eq "work"]`). A
    /// parameter without any name counts as absent.
    ///
    /// The query parameters hold a list in one text, which [`split_list`] takes apart.
    ///
    /// ```
    /// use enroll_scim::Registry;
    /// use enroll_scim::projection::{Projection, split_list};
    ///
    /// let user = Registry::core().model("User").unwrap();
    /// let projection = Projection::parse(&user, Some(&split_list("userName, emails.value")), None).unwrap();
    /// let full = serde_json::json!({"id": "1", "userName": "a", "title": "b", "emails": [{"value": "c", "type": "work"}]});
    /// let shown = projection.apply(&user, full.as_object().unwrap().clone());
    /// assert_eq!(serde_json::json!(shown), serde_json::json!({"id": "1", "userName": "a", "emails": [{"value": "c"}]}));
    /// ```
    ///
    /// # Errors
    /// 400 `invalidValue` when both parameters are given: they exclude each other (RFC 7644 §3.9).
    pub fn parse<S: AsRef<str>>(
        model: &ResourceModel,
        attributes: Option<&[S]>,
        excluded: Option<&[S]>,
    ) -> Result<Self, ScimError> {
        let given = |list: Option<&[S]>| {
            list.is_some_and(|list| list.iter().any(|name| !name.as_ref().trim().is_empty()))
        };
        match (given(attributes), given(excluded)) {
            (true, true) => Err(ScimError::invalid_value(
                "attributes and excludedAttributes exclude each other: send one of them",
            )),
            (true, false) => Ok(Self(Choice::Only(Names::read(model, attributes.unwrap_or_default())))),
            (false, true) => Ok(Self(Choice::Without(Names::read(model, excluded.unwrap_or_default())))),
            (false, false) => Ok(Self::none()),
        }
    }

    /// Whether the client has asked for anything in particular.
    pub fn is_explicit(&self) -> bool {
        self.0 != Choice::Default
    }

    /// Whether any part of a top-level attribute with `returned` default is shown, so that a caller need not read what is not
    /// (`members`, `groups`). `name` is one of the base schema or a common attribute.
    pub fn wants(&self, name: &str) -> bool {
        match &self.0 {
            Choice::Default | Choice::Everything => true,
            Choice::Only(names) => names.whole(None, name) || names.any_part(None, name),
            Choice::Without(names) => !names.whole(None, name),
        }
    }
}
