//! The mappings of the file: each with the one that is there already, by the group's present name or by an earlier one.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::super::access::target;
use super::super::file::{File, Mapping, fold};
use super::super::step::{Step, Verb};
use super::{Difference, ours};
use crate::api::{Api, segment, text};

/// What makes a mapping this one and no other: the directory, the group, and what it is to.
type Key = (String, String, String);

fn key(mapping: &Value) -> Key {
    (text(mapping, "directory"), fold(&text(mapping, "group")), fold(&target(mapping)))
}

/// Adds the steps for mappings. A mapping stays bound to its group when the group is renamed (enrollment.md 3.7), so an entry with
/// the earlier name means that mapping: another one would wait for a group that takes the old name.
pub(super) async fn add(
    file: &File,
    api: &Api,
    prune: bool,
    difference: &mut Difference,
) -> anyhow::Result<()> {
    let there = api.all("/mappings", "mappings").await?;
    let by_key: BTreeMap<Key, &Value> = there.iter().map(|mapping| (key(mapping), mapping)).collect();
    let mut meant: BTreeSet<Key> = file.mappings.iter().map(Mapping::key).collect();
    for wanted in &file.mappings {
        let mut found = by_key.get(&wanted.key()).copied();
        if found.is_none()
            && let Some(renamed) = renamed(wanted, &there, &meant, api).await?
        {
            meant.insert(key(renamed));
            difference.notes.push(format!(
                "the group {:?} is called {:?} now, and its mapping to {} holds on to it: write the new name into the file",
                wanted.group,
                text(renamed, "group"),
                wanted.target()
            ));
            found = Some(renamed);
        }
        difference.steps.extend(mapping(wanted, found));
    }
    if prune {
        let pruned =
            |mapping: &&Value| ours(file, &text(mapping, "organization")) && !meant.contains(&key(mapping));
        difference.steps.extend(there.iter().filter(pruned).map(|mapping| {
            let what = described(&text(mapping, "directory"), &text(mapping, "group"), &target(mapping));
            let path = format!("/mappings/{}", segment(&text(mapping, "id")));
            Step::removal(what, mapping["role"].clone(), path)
        }));
    }
    Ok(())
}

/// The mapping to the same target whose group had the name of the entry, if it is none that another entry means.
async fn renamed<'t>(
    wanted: &Mapping,
    there: &'t [Value],
    meant: &BTreeSet<Key>,
    api: &Api,
) -> anyhow::Result<Option<&'t Value>> {
    let (directory, name, to) = wanted.key();
    let bound = there.iter().filter(|mapping| {
        let own = key(mapping);
        mapping.get("groupId").is_some() && own.0 == directory && own.2 == to && !meant.contains(&own)
    });
    for mapping in bound {
        if earlier_names(&text(mapping, "id"), api).await?.contains(&name) {
            return Ok(Some(mapping));
        }
    }
    Ok(None)
}

/// The names that a mapping's group had, by the audit trail, since an administrator has bound the mapping to it.
async fn earlier_names(mapping: &str, api: &Api) -> anyhow::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in api.all(&format!("/audit?subject={}", segment(mapping)), "entries").await? {
        names.insert(fold(&text(&entry, "subject")));
        // The newest come first; what was before is of another group.
        if text(&entry, "action") == "mapping.rebound" {
            break;
        }
    }
    Ok(names)
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
