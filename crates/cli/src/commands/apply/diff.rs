//! The difference between the file and what is there.

mod grants;
mod mappings;
mod resources;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Map, Value};

use super::file::File;
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
///
/// # Errors
/// When the file has something twice, or names a resource as several are named; when the API refuses or does not answer.
pub(super) async fn difference(mut file: File, api: &Api, prune: bool) -> anyhow::Result<Difference> {
    let mut difference = Difference::default();
    let directories = api.all("/directories", "directories").await?;
    let organizations = api.all("/organizations", "organizations").await?;
    file.use_names(&names(&directories), &names(&organizations));
    file.check()?;
    let file = &file;
    for (kind, list, there, wanted) in [
        ("directory", "directories", directories, objects(&file.directories)?),
        ("organization", "organizations", organizations, objects(&file.organizations)?),
    ] {
        let there = by_name(there);
        difference.steps.extend(wanted.iter().filter_map(|wanted| {
            let name = text(wanted, "name");
            settings(kind, list, wanted, there.get(&name))
        }));
    }
    let resources = resources::add(file, api, prune, &mut difference.steps).await?;
    mappings::add(file, &resources, api, prune, &mut difference).await?;
    grants::add(file, &resources, api, prune, &mut difference).await?;
    webhooks::add(file, api, prune, &mut difference).await?;
    Ok(difference)
}

fn objects(wanted: &[impl serde::Serialize]) -> serde_json::Result<Vec<Value>> {
    wanted.iter().map(serde_json::to_value).collect()
}

/// The names by the ids.
fn names(objects: &[Value]) -> BTreeMap<String, String> {
    objects.iter().map(|object| (text(object, "id"), text(object, "name"))).collect()
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
    for (member, new) in members.filter(|(member, new)| !same(member, &there[member.as_str()], new)) {
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

/// Whether a member is as the file says. What is compared otherwise than it is written is what the server keeps otherwise than it is
/// sent.
fn same(member: &str, there: &Value, wanted: &Value) -> bool {
    let set = |list: &Value| -> Option<BTreeSet<String>> {
        list.as_array().map(|items| items.iter().map(Value::to_string).collect())
    };
    match (member, there, wanted) {
        // It keeps no order.
        ("directories", ..) => set(there) == set(wanted),
        // It trims the names for people.
        ("displayName", Value::String(there), Value::String(wanted)) => there == wanted.trim(),
        // It does not show an identity provider that it guesses.
        ("idp", Value::Null, Value::String(wanted)) => wanted == "guess",
        _ => there == wanted,
    }
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::same;

    #[test]
    fn a_member_is_the_same_as_what_the_server_makes_of_it() {
        for (member, there, wanted, expected) in [
            ("directories", json!(["a", "b"]), json!(["b", "a", "b"]), true),
            ("directories", json!(["a", "b"]), json!(["a"]), false),
            ("directories", json!([]), json!([]), true),
            ("displayName", json!("Gamma"), json!(" Gamma "), true),
            ("displayName", json!("Gamma"), json!("gamma"), false),
            ("description", json!("x"), json!(" x"), false),
            ("idp", Value::Null, json!("guess"), true),
            ("idp", json!("okta"), json!("guess"), false),
            ("idp", Value::Null, json!("okta"), false),
            ("quirks", json!({"a": true}), json!({"a": true}), true),
        ] {
            assert_eq!(same(member, &there, &wanted), expected, "{member}: {there} {wanted}");
        }
    }
}
