//! The difference between the file and what is there, as steps in the order in which they can be made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::access::target;
use super::file::{File, Grant, Mapping, Resource, fold};
use crate::api::{Api, Refused, segment, text};

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
    /// For people: `mapping "Engineering" -> acme`.
    what: String,
    /// Each member that changes, with its value now and then.
    changes: Vec<(String, Value, Value)>,
    method: Method,
    target: String,
    body: Value,
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

    /// Makes the change.
    pub(super) async fn make(&self, api: &Api) -> anyhow::Result<()> {
        match self.verb {
            Verb::Remove => api.delete(&self.target).await,
            Verb::Add | Verb::Change => {
                api.send(self.method.clone(), &self.target, &self.body).await.map(drop)
            }
        }
    }
}

/// The steps that lead from what is there to what the file says.
pub(super) async fn steps(file: &File, api: &Api, prune: bool) -> anyhow::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for (kind, list, wanted) in [
        ("directory", "directories", objects(&file.directories)?),
        ("organization", "organizations", objects(&file.organizations)?),
    ] {
        let there = by_name(api.all(&format!("/{list}"), list).await?);
        steps.extend(wanted.iter().filter_map(|wanted| {
            let name = text(wanted, "name");
            settings(kind, list, wanted, there.get(&name))
        }));
    }
    resources(file, api, &mut steps).await?;
    let there = api.all("/mappings", "mappings").await?;
    steps.extend(mappings(file, &there, prune));
    grants(file, api, prune, &mut steps).await?;
    Ok(steps)
}

fn objects(wanted: &[impl serde::Serialize]) -> serde_json::Result<Vec<Value>> {
    wanted.iter().map(serde_json::to_value).collect()
}

fn by_name(objects: Vec<Value>) -> BTreeMap<String, Value> {
    objects.into_iter().map(|object| (text(&object, "name"), object)).collect()
}

/// Something with a name and settings: added whole, or changed in what differs.
fn settings(kind: &str, list: &str, wanted: &Value, there: Option<&Value>) -> Option<Step> {
    let name = text(wanted, "name");
    let what = format!("{kind} {name}");
    let members = wanted.as_object().into_iter().flatten().filter(|(member, _)| *member != "name");
    let Some(there) = there else {
        let changes = members.map(|(member, new)| (member.clone(), Value::Null, new.clone())).collect();
        let target = format!("/{list}");
        return Some(Step {
            verb: Verb::Add,
            what,
            changes,
            method: Method::POST,
            target,
            body: wanted.clone(),
        });
    };
    let (mut changes, mut body) = (Vec::new(), Map::new());
    for (member, new) in members.filter(|(member, new)| there.get(*member) != Some(*new)) {
        changes.push((member.clone(), there[member].clone(), new.clone()));
        body.insert(member.clone(), changed(&there[member], new));
    }
    let target = format!("/{list}/{}", segment(&name));
    (!changes.is_empty()).then(|| Step {
        verb: Verb::Change,
        what,
        changes,
        method: Method::PATCH,
        target,
        body: body.into(),
    })
}

/// What to send for a member: of a table of switches also what is switched off again.
fn changed(old: &Value, new: &Value) -> Value {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return new.clone() };
    let gone = old.keys().filter(|key| !new.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    gone.chain(new.clone()).collect::<Map<_, _>>().into()
}

fn mappings(file: &File, there: &[Value], prune: bool) -> Vec<Step> {
    let key = |mapping: &Value| (text(mapping, "directory"), fold(&text(mapping, "group")), target(mapping));
    let of_file: BTreeSet<_> = file.mappings.iter().map(Mapping::key).collect();
    let by_key: BTreeMap<_, &Value> = there.iter().map(|mapping| (key(mapping), mapping)).collect();
    let mut steps = Vec::new();
    for wanted in &file.mappings {
        steps.extend(mapping(wanted, by_key.get(&wanted.key()).copied()));
    }
    if prune {
        let pruned =
            |mapping: &&Value| ours(file, &text(mapping, "organization")) && !of_file.contains(&key(mapping));
        steps.extend(there.iter().filter(pruned).map(|mapping| Step {
            verb: Verb::Remove,
            what: described(
                &text(mapping, "directory"),
                &text(mapping, "group"),
                &text(mapping, "organization"),
            ),
            changes: vec![("role".to_owned(), mapping["role"].clone(), Value::Null)],
            method: Method::DELETE,
            target: format!("/mappings/{}", segment(&text(mapping, "id"))),
            body: Value::Null,
        }));
    }
    steps
}

fn mapping(wanted: &Mapping, there: Option<&Value>) -> Vec<Step> {
    let what = described(&wanted.directory, &wanted.group, &wanted.target());
    let role = json!(wanted.role());
    let privileged = json!(wanted.allow_privileged);
    let Some(there) = there else {
        let mut body = json!({
            "directory": wanted.directory,
            "group": wanted.group,
            "organization": wanted.organization,
            "role": role,
            "allowPrivileged": privileged,
            "paused": wanted.paused,
        });
        if let Some(resource) = &wanted.resource {
            body["resource"] = json!(resource);
        }
        let mut changes = vec![("role".to_owned(), Value::Null, role)];
        if wanted.paused {
            changes.push(("paused".to_owned(), Value::Null, Value::Bool(true)));
        }
        let (verb, method, target) = (Verb::Add, Method::POST, "/mappings".to_owned());
        return vec![Step { verb, what, changes, method, target, body }];
    };
    let (mut changes, mut body) = (Vec::new(), Map::new());
    if there["role"] != role {
        changes.push(("role".to_owned(), there["role"].clone(), role.clone()));
        body.insert("role".to_owned(), role);
        body.insert("allowPrivileged".to_owned(), privileged);
    }
    let paused = text(there, "state") == "paused";
    if paused != wanted.paused {
        changes.push(("paused".to_owned(), json!(paused), json!(wanted.paused)));
        body.insert("paused".to_owned(), json!(wanted.paused));
    }
    if changes.is_empty() {
        return Vec::new();
    }
    let target = format!("/mappings/{}", segment(&text(there, "id")));
    vec![Step { verb: Verb::Change, what, changes, method: Method::PATCH, target, body: body.into() }]
}

fn described(directory: &str, group: &str, target: &str) -> String {
    let of = if directory == "default" { String::new() } else { format!(" of {directory}") };
    format!("mapping {group:?}{of} to {target}")
}

/// Whether the file speaks of an organization; those of others are left alone.
fn ours(file: &File, organization: &str) -> bool {
    file.organizations.iter().any(|ours| ours.name == organization)
}

/// The objects of an organization; none of one that is about to be made.
async fn of_organization(api: &Api, list: &str, name: &str) -> anyhow::Result<Vec<Value>> {
    match api.all(list, name).await {
        Err(error) if error.downcast_ref::<Refused>().is_some_and(Refused::is_not_found) => Ok(Vec::new()),
        other => other,
    }
}

async fn resources(file: &File, api: &Api, steps: &mut Vec<Step>) -> anyhow::Result<()> {
    let organizations: BTreeSet<&str> =
        file.resources.iter().map(|resource| resource.organization.as_str()).collect();
    for organization in organizations {
        let list = format!("/organizations/{}/resources", segment(organization));
        let there = of_organization(api, &list, "resources").await?;
        for wanted in file.resources.iter().filter(|wanted| wanted.organization == organization) {
            let found = there.iter().find(|there| {
                fold(&text(there, "name")) == fold(&wanted.name)
                    && fold(&text(there, "kind")) == fold(&wanted.kind)
            });
            steps.extend(resource(wanted, found, &list));
        }
    }
    Ok(())
}

fn resource(wanted: &Resource, there: Option<&Value>, list: &str) -> Option<Step> {
    let what = format!("resource {}/{}", wanted.organization, wanted.name);
    let (kind, visibility) = (json!(wanted.kind), json!(wanted.visibility));
    let Some(there) = there else {
        let body = json!({"name": wanted.name, "kind": kind, "visibility": visibility});
        let changes =
            vec![("kind".to_owned(), Value::Null, kind), ("visibility".to_owned(), Value::Null, visibility)];
        let (verb, method, target) = (Verb::Add, Method::POST, list.to_owned());
        return Some(Step { verb, what, changes, method, target, body });
    };
    (there["visibility"] != visibility).then(|| Step {
        verb: Verb::Change,
        what,
        method: Method::PATCH,
        target: format!("{list}/{}", segment(&text(there, "id"))),
        body: json!({"visibility": visibility}),
        changes: vec![("visibility".to_owned(), there["visibility"].clone(), visibility)],
    })
}

async fn grants(file: &File, api: &Api, prune: bool, steps: &mut Vec<Step>) -> anyhow::Result<()> {
    let named = file.grants.iter().map(|grant| grant.organization.as_str());
    let organizations: BTreeSet<&str> =
        named.chain(file.organizations.iter().map(|organization| organization.name.as_str())).collect();
    for organization in organizations {
        let list = format!("/organizations/{}/grants", segment(organization));
        let there = of_organization(api, &list, "grants").await?;
        let wanted: Vec<&Grant> =
            file.grants.iter().filter(|grant| grant.organization == organization).collect();
        let mut kept = BTreeSet::new();
        for grant in wanted {
            let holds = |there: &&Value| {
                ["id", "handle", "userName"].iter().any(|name| text(&there["user"], name) == grant.user)
            };
            let found = there.iter().find(holds);
            kept.extend(found.map(|found| text(found, "id")));
            steps.extend(self::grant(grant, found, &list));
        }
        if prune && ours(file, organization) {
            steps.extend(there.iter().filter(|there| !kept.contains(&text(there, "id"))).map(|there| Step {
                verb: Verb::Remove,
                what: format!("grant to {} in {organization}", text(&there["user"], "userName")),
                changes: vec![("role".to_owned(), there["role"].clone(), Value::Null)],
                method: Method::DELETE,
                target: format!("{list}/{}", segment(&text(&there["user"], "id"))),
                body: Value::Null,
            }));
        }
    }
    Ok(())
}

fn grant(wanted: &Grant, there: Option<&Value>, list: &str) -> Option<Step> {
    let old = there.map_or(Value::Null, |there| there["role"].clone());
    let new = json!(wanted.role);
    (old != new).then(|| Step {
        verb: if there.is_some() { Verb::Change } else { Verb::Add },
        what: format!("grant to {} in {}", wanted.user, wanted.organization),
        target: format!("{list}/{}", segment(&wanted.user)),
        body: json!({"role": new}),
        changes: vec![("role".to_owned(), old, new)],
        method: Method::PUT,
    })
}
