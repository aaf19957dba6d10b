//! What an entry tells of a change: attributes by name, old and new.
//!
//! Values are shown of the attributes that decide who somebody is and what they may do. Of all others the name alone is kept, so
//! that nothing gets into the trail, which is never deleted, that nobody has thought about: no password, no secret of an extension.

use enroll_domain::audit::Action;
use enroll_scim::{Object, Resource};
use enroll_store::member::Member;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::models::ResourceKind;

/// Longest text that is kept, in characters.
const CHARACTERS: usize = 200;

/// Most elements of a list that are kept.
const ELEMENTS: usize = 20;

/// Members that have come and gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Moved {
    /// Those who were no members before.
    pub(crate) added: Vec<Member>,
    /// Those who are no members any more.
    pub(crate) removed: Vec<Member>,
}

impl Moved {
    /// Whether nobody has come or gone.
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// What has moved after this.
    pub(crate) fn extend(&mut self, later: Self) {
        self.added.extend(later.added);
        self.removed.extend(later.removed);
    }
}

/// What has changed, under the names of attributes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Changes(Object);

impl Changes {
    /// A value that something new has.
    pub(crate) fn with(mut self, name: &str, new: impl Serialize) -> Self {
        self.change(name, None::<()>, Some(new));
        self
    }

    /// A value that something deleted had.
    pub(crate) fn without(mut self, name: &str, old: impl Serialize) -> Self {
        self.change(name, Some(old), None::<()>);
        self
    }

    /// Notes a value that has changed; does nothing when it has not.
    pub(crate) fn change(&mut self, name: &str, old: Option<impl Serialize>, new: Option<impl Serialize>) {
        let (old, new) = (old.and_then(value), new.and_then(value));
        if old == new {
            return;
        }
        let mut change = Map::new();
        change.extend(old.map(|old| ("old".to_owned(), bounded(old))));
        change.extend(new.map(|new| ("new".to_owned(), bounded(new))));
        self.0.insert(name.to_owned(), Value::Object(change));
    }

    /// Notes what helps to read the entry and has not changed.
    pub(crate) fn note(&mut self, name: &str, text: impl Serialize) {
        self.0.extend(value(text).map(|text| (name.to_owned(), bounded(text))));
    }

    /// Notes members that have come and gone; how many is told, and the ids of the first.
    pub(crate) fn members(&mut self, added: &[Member], removed: &[Member]) {
        let mut members = Map::new();
        for (what, list) in [("added", added), ("removed", removed)] {
            if !list.is_empty() {
                let ids: Vec<String> =
                    list.iter().take(ELEMENTS).map(|member| member.uuid().to_string()).collect();
                members.insert(what.to_owned(), json!({"count": list.len(), "ids": ids}));
            }
        }
        if !members.is_empty() {
            self.0.insert("members".to_owned(), Value::Object(members));
        }
    }

    /// Whether nothing has changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON text.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

/// What a write did to the document of a resource, and what that is called. `None` stands for a resource that is not there.
pub(super) fn of_resource(
    kind: &ResourceKind,
    before: Option<&Resource>,
    after: Option<&Resource>,
) -> (Action, Changes) {
    let mut changes = Changes::default();
    let shown: &[&str] = match kind {
        ResourceKind::User => &["userName", "externalId", "displayName", "active", "emails"],
        ResourceKind::Group => &["displayName", "externalId"],
        ResourceKind::Custom(_) => &["externalId"],
    };
    for name in shown {
        changes.change(name, before.and_then(|old| show(old, name)), after.and_then(|new| show(new, name)));
    }
    if let Some(after) = after {
        let nothing = Object::default();
        let (before, after) = (before.map_or(&nothing, Resource::as_object), after.as_object());
        let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(name.as_str())));
        let others = names.filter(|name| {
            !shown.contains(&name.as_str())
                && name.as_str() != "schemas"
                && before.get(*name) != after.get(*name)
        });
        let others: Vec<&String> = others.collect();
        if !others.is_empty() {
            changes.0.insert("otherAttributes".to_owned(), bounded(json!(others)));
        }
    }
    (action(kind, before, after), changes)
}

/// Whether a user is active, as one without the attribute is.
pub(super) fn is_active(user: &Resource) -> bool {
    user.get("active") != Some(&Value::Bool(false))
}

fn action(kind: &ResourceKind, before: Option<&Resource>, after: Option<&Resource>) -> Action {
    match (kind, before, after) {
        (ResourceKind::User, None, _) => Action::UserCreated,
        (ResourceKind::User, _, None) => Action::UserDeleted,
        (ResourceKind::User, Some(before), Some(after)) => match (is_active(before), is_active(after)) {
            (true, false) => Action::UserDeactivated,
            (false, true) => Action::UserReactivated,
            _ => Action::UserUpdated,
        },
        (ResourceKind::Group, None, _) => Action::GroupCreated,
        (ResourceKind::Group, _, None) => Action::GroupDeleted,
        (ResourceKind::Group, Some(before), Some(after)) => {
            if before.get("displayName") == after.get("displayName") {
                Action::GroupUpdated
            } else {
                Action::GroupRenamed
            }
        }
        (ResourceKind::Custom(_), None, _) => Action::CustomResourceCreated,
        (ResourceKind::Custom(_), _, None) => Action::CustomResourceDeleted,
        (ResourceKind::Custom(_), Some(_), Some(_)) => Action::CustomResourceUpdated,
    }
}

/// An attribute as the trail shows it: of e-mail addresses, the addresses.
fn show(resource: &Resource, name: &str) -> Option<Value> {
    let value = resource.get(name)?;
    match value {
        Value::Array(elements) => {
            Some(elements.iter().filter_map(|element| element.get("value")).cloned().collect())
        }
        other => Some(other.clone()),
    }
}

fn value(of: impl Serialize) -> Option<Value> {
    serde_json::to_value(of).ok().filter(|value| !value.is_null())
}

/// The value, cut where it is longer than an entry needs.
fn bounded(value: Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > CHARACTERS => {
            Value::String(text.chars().take(CHARACTERS).chain(['…']).collect())
        }
        Value::Array(elements) => {
            let more = elements.len().saturating_sub(ELEMENTS);
            let mut kept: Vec<Value> = elements.into_iter().take(ELEMENTS).map(bounded).collect();
            if more > 0 {
                kept.push(Value::String(format!("… and {more} more")));
            }
            Value::Array(kept)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use enroll_domain::audit::Action;
    use enroll_scim::Resource;
    use serde_json::{Value, json};

    use super::{Changes, of_resource};
    use crate::models::ResourceKind;

    fn resource(value: Value) -> Resource {
        Resource::from_stored(serde_json::from_value(value).unwrap())
    }

    #[test]
    fn e6_3_values_are_kept_of_known_attributes_and_names_of_all_others() {
        let before = resource(json!({
            "userName": "ada", "active": true, "password": "old", "emails": [{"value": "a@example.com"}],
            "urn:example:secrets": {"key": "hidden"},
        }));
        let after = resource(json!({
            "userName": "ada", "active": false, "password": "new", "title": "Dr.",
            "emails": [{"value": "a@example.com"}], "urn:example:secrets": {"key": "other"},
        }));
        let (action, changes) = of_resource(&ResourceKind::User, Some(&before), Some(&after));
        assert_eq!(action, Action::UserDeactivated);
        let told: Value = serde_json::from_str(&changes.text()).unwrap();
        assert_eq!(
            told,
            json!({
                "active": {"old": true, "new": false},
                "otherAttributes": ["password", "urn:example:secrets", "title"],
            })
        );
    }

    #[test]
    fn e6_3_of_a_new_user_the_password_is_not_told() {
        let new = resource(json!({"userName": "ada", "password": "secret", "title": "Dr."}));
        let (action, changes) = of_resource(&ResourceKind::User, None, Some(&new));
        let told = r#"{"userName":{"new":"ada"},"otherAttributes":["password","title"]}"#;
        assert_eq!((action, changes.text().as_str()), (Action::UserCreated, told));
    }

    #[test]
    fn an_entry_is_short_whatever_the_values_are() {
        let long = "x".repeat(5_000);
        let many: Vec<Value> = (0..500).map(|n| json!({"value": format!("{n}@example.com")})).collect();
        let new = resource(json!({"userName": long, "emails": many}));
        let text = of_resource(&ResourceKind::User, None, Some(&new)).1.text();
        assert!(text.len() < 1_500 && text.contains("… and 480 more"), "{text}");
        let mut same = Changes::default();
        same.change("role", Some("owner"), Some("owner"));
        assert!(same.is_empty());
    }
}
