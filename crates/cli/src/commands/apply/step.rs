//! One change of what is there.

use std::fmt;

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::api::Api;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Add,
    Change,
    Remove,
}

/// One change.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) verb: Verb,
    /// For people: `mapping "Engineering" to acme`.
    pub(super) what: String,
    /// Each member that changes, with its value now and then.
    pub(super) changes: Vec<(String, Value, Value)>,
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) body: Value,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.verb {
            Verb::Add => '+',
            Verb::Change => '~',
            Verb::Remove => '-',
        };
        write!(f, "{sign} {}", self.what)?;
        let shown = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        for (number, (member, old, new)) in self.changes.iter().enumerate() {
            f.write_str(if number == 0 { ": " } else { ", " })?;
            match self.verb {
                Verb::Add => write!(f, "{member} {}", shown(new))?,
                Verb::Change => write!(f, "{member} {} -> {}", shown(old), shown(new))?,
                Verb::Remove => write!(f, "{member} {}", shown(old))?,
            }
        }
        Ok(())
    }
}

impl Step {
    /// Something that the file does not have.
    pub(super) fn removal(what: String, role: Value, target: String) -> Self {
        let changes = vec![("role".to_owned(), role, Value::Null)];
        Self { verb: Verb::Remove, what, changes, method: Method::DELETE, target, body: Value::Null }
    }

    pub(super) fn to_json(&self) -> Value {
        let verb = match self.verb {
            Verb::Add => "add",
            Verb::Change => "change",
            Verb::Remove => "remove",
        };
        let members =
            self.changes.iter().map(|(member, old, new)| (member.clone(), json!({"old": old, "new": new})));
        json!({"change": verb, "what": self.what, "members": members.collect::<Map<_, _>>()})
    }

    /// The request that makes the change, for a dry run.
    pub(super) fn request(&self) -> Value {
        let mut request = json!({"method": self.method.as_str(), "path": self.target});
        if self.verb != Verb::Remove {
            request["body"] = self.body.clone();
        }
        request
    }

    /// Why the change would be refused, with what to do in the file about it.
    pub(super) fn refusal(&self, detail: &str) -> String {
        // What the API says of a switch of its own; in the file it has another name.
        let unconfirmed = self.body.get("allowPrivileged") == Some(&Value::Bool(false));
        match detail.split_once(": confirm with --allow-privileged") {
            Some((why, _)) if unconfirmed => {
                format!("{why}: confirm with allow_privileged = true in its entry")
            }
            _ => detail.to_owned(),
        }
    }

    /// Makes the change; gives the secret of what was made, where it has one.
    pub(super) async fn make(&self, api: &Api) -> anyhow::Result<Option<String>> {
        match self.verb {
            Verb::Remove => api.delete(&self.target).await.map(|()| None),
            Verb::Add | Verb::Change => {
                let made = api.send(self.method.clone(), &self.target, &self.body).await?;
                Ok(made.get("secret").and_then(Value::as_str).map(str::to_owned))
            }
        }
    }
}
