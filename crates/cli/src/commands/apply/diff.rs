//! The difference between the file and what is there.

mod grants;
mod mappings;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::file::{File, Resource, fold};
use super::step::{Step, Verb};
use crate::api::{Api, Refused, segment, text};

/// What leads from what is there to what the file says.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// The changes, in the order in which they can be made.
    pub(super) steps: Vec<Step>,
    /// What somebody should know who keeps the file.
    pub(super) notes: Vec<String>,
}

/// Compares the file with what is there.
pub(super) async fn difference(file: &File, api: &Api, prune: bool) -> anyhow::Result<Difference> {
    let mut difference = Difference::default();
    for (kind, list, wanted) in [
        ("directory", "directories", objects(&file.directories)?),
        ("organization", "organizations", objects(&file.organizations)?),
    ] {
        let there = by_name(api.all(&format!("/{list}"), list).await?);
        difference.steps.extend(wanted.iter().filter_map(|wanted| {
            let name = text(wanted, "name");
            settings(kind, list, wanted, there.get(&name))
        }));
    }
    resources(file, api, &mut difference.steps).await?;
    mappings::add(file, api, prune, &mut difference).await?;
    grants::add(file, api, prune, &mut difference).await?;
    webhooks::add(file, api, prune, &mut difference).await?;
    Ok(difference)
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
