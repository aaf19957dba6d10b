//! The mappings of the file: each with the one that is there already, by the group's present name or by an earlier one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::super::mapping::target;
use super::super::file::{File, Mapping, fold};
use super::super::step::{Step, Verb};
use super::resources::{Known, Resources};
use super::{Difference, ours};
use crate::api::{Api, segment, text};

/// What makes a mapping this one and no other: the directory, the group, and what it is to, an organization or its resource of an
/// id. A resource that is about to be made has no id: its kind and name stand for it.
type Key = (String, String, (String, String));

fn key(mapping: &Value) -> Key {
    let to = (fold(&text(mapping, "organization")), text(mapping, "resourceId"));
    (text(mapping, "directory"), fold(&text(mapping, "group")), to)
}

/// An entry of the file with its key.
struct Wanted<'f> {
    entry: &'f Mapping,
    key: Key,
}

impl<'f> Wanted<'f> {
    fn new(entry: &'f Mapping, known: Option<&Known>) -> Self {
        let on = match (known, &entry.resource) {
            (Some(known), _) => known.id.clone().unwrap_or_else(|| fold(&known.full())),
            (None, Some(unknown)) => fold(unknown),
            (None, None) => String::new(),
        };
        Self { entry, key: (entry.directory.clone(), fold(&entry.group), (fold(&entry.organization), on)) }
    }
}

/// The mappings of the file.
///
/// # Errors
/// When a resource is named as several are, or when two mean the same mapping: which one would count?
fn all<'f>(file: &'f File, resources: &Resources) -> anyhow::Result<Vec<Wanted<'f>>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for entry in &file.mappings {
        let named = entry.resource.as_deref();
        let known = named.map(|named| resources.find(&entry.organization, named)).transpose()?.flatten();
        let wanted = Wanted::new(entry, known);
        if !seen.insert(wanted.key.clone()) {
            let Mapping { directory, group, organization, .. } = entry;
            let target =
                known.map_or_else(|| entry.target(), |known| format!("{organization}/{}", known.full()));
            bail!("the file has the mapping of the group {group:?} of {directory} to {target} twice");
        }
        all.push(wanted);
    }
    Ok(all)
}

/// Adds the steps for mappings. A mapping stays bound to its group when the group is renamed (enrollment.md 3.7), so an entry with
/// the earlier name means that mapping: another one would wait for a group that takes the old name.
pub(super) async fn add(
    file: &File,
    resources: &Resources,
    api: &Api,
    prune: bool,
    difference: &mut Difference,
) -> anyhow::Result<()> {
    let all = all(file, resources)?;
    let there = api.all("/mappings", "mappings").await?;
    let by_key: BTreeMap<Key, &Value> = there.iter().map(|mapping| (key(mapping), mapping)).collect();
    let mut meant: BTreeSet<Key> = all.iter().map(|wanted| wanted.key.clone()).collect();
    for wanted in &all {
        let mut found = by_key.get(&wanted.key).copied();
        if found.is_none()
            && let Some(renamed) = renamed(wanted, &there, &meant, api).await?
        {
            meant.insert(key(renamed));
            difference.notes.push(format!(
                "the group {:?} is called {:?} now, and its mapping to {} holds on to it: write the new name into the file",
                wanted.entry.group,
                text(renamed, "group"),
                wanted.entry.target()
            ));
            found = Some(renamed);
        }
        difference.steps.extend(mapping(wanted.entry, found));
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
    wanted: &Wanted<'_>,
    there: &'t [Value],
    meant: &BTreeSet<Key>,
    api: &Api,
) -> anyhow::Result<Option<&'t Value>> {
    let (directory, name, to) = &wanted.key;
    let bound = there.iter().filter(|mapping| {
        let own = key(mapping);
        mapping.get("groupId").is_some() && own.0 == *directory && own.2 == *to && !meant.contains(&own)
    });
    for mapping in bound {
        if earlier_names(&text(mapping, "id"), api).await?.contains(name) {
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
