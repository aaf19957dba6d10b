//! The direct grants of the file, on organizations and on resources.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use super::super::file::{File, Grant, fold};
use super::super::step::{Step, Verb};
use super::{Difference, of_organization, ours};
use crate::api::{Api, segment, text};

/// Adds the steps for grants.
pub(super) async fn add(
    file: &File,
    api: &Api,
    prune: bool,
    difference: &mut Difference,
) -> anyhow::Result<()> {
    let named = file.grants.iter().map(|grant| grant.organization.as_str());
    let organizations: BTreeSet<&str> =
        named.chain(file.organizations.iter().map(|organization| organization.name.as_str())).collect();
    for organization in organizations {
        let base = format!("/organizations/{}", segment(organization));
        let of_file = file.grants.iter().filter(|grant| grant.organization == organization);
        let (on_resources, own): (Vec<&Grant>, Vec<&Grant>) =
            of_file.partition(|grant| grant.resource.is_some());
        let prune = prune && ours(file, organization);
        on(organization, &base, &own, prune, api, difference).await?;
        for (resource, wanted) in resources(&base, on_resources, prune, api).await? {
            let place = format!("{organization}/{resource}");
            let base = format!("{base}/resources/{}", segment(&resource));
            on(&place, &base, &wanted, prune, api, difference).await?;
        }
    }
    Ok(())
}

/// The resources whose grants have to be looked at, as the file names them, each with what it wants there.
async fn resources<'f>(
    base: &str,
    wanted: Vec<&'f Grant>,
    prune: bool,
    api: &Api,
) -> anyhow::Result<BTreeMap<String, Vec<&'f Grant>>> {
    let mut all: BTreeMap<String, Vec<&Grant>> = BTreeMap::new();
    let mut there = BTreeMap::new();
    if prune {
        for resource in of_organization(api, &format!("{base}/resources"), "resources").await? {
            let (id, name, kind) = (text(&resource, "id"), text(&resource, "name"), text(&resource, "kind"));
            let full = format!("{kind}:{name}");
            all.insert(full.clone(), Vec::new());
            for known in [id, fold(&name), fold(&full)] {
                // A name that two kinds have means neither: the server says so.
                there.entry(known).and_modify(|place| *place = None).or_insert_with(|| Some(full.clone()));
            }
        }
    }
    for grant in wanted {
        let Some(name) = &grant.resource else { continue };
        // One that is not there is about to be made, or there is an end to it with a sentence that says so.
        let place = there.get(&fold(name)).and_then(Option::as_ref).unwrap_or(name);
        all.entry(place.clone()).or_default().push(grant);
    }
    Ok(all)
}

/// The steps for the grants on one organization or resource.
async fn on(
    place: &str,
    base: &str,
    wanted: &[&Grant],
    prune: bool,
    api: &Api,
    difference: &mut Difference,
) -> anyhow::Result<()> {
    let list = format!("{base}/grants");
    let mut there = of_organization(api, &list, "grants").await?;
    // What the first sign-in gave is no business of the file; grants on resources are all direct.
    there.retain(|grant| text(grant, "kind") != "jit");
    let mut kept = BTreeSet::new();
    for grant in wanted {
        let holds = |there: &&Value| {
            // As the server looks for her: in any case.
            ["id", "handle", "userName"]
                .iter()
                .any(|name| fold(&text(&there["user"], name)) == fold(&grant.user))
        };
        let found = there.iter().find(holds);
        kept.extend(found.map(|found| text(found, "id")));
        difference.steps.extend(self::grant(grant, found, place, &list));
    }
    if prune {
        let surplus = there.iter().filter(|there| !kept.contains(&text(there, "id")));
        difference.steps.extend(surplus.map(|there| {
            let what = format!("grant to {} in {place}", text(&there["user"], "userName"));
            let path = format!("{list}/{}", segment(&text(&there["user"], "id")));
            Step::removal(what, there["role"].clone(), path)
        }));
    }
    Ok(())
}

fn grant(wanted: &Grant, there: Option<&Value>, place: &str, list: &str) -> Option<Step> {
    let old = there.map_or(Value::Null, |there| there["role"].clone());
    let new = json!(wanted.role());
    (old != new).then(|| Step {
        verb: if there.is_some() { Verb::Change } else { Verb::Add },
        what: format!("grant to {} in {place}", wanted.user),
        target: format!("{list}/{}", segment(&wanted.user)),
        body: json!({"role": new}),
        changes: vec![("role".to_owned(), old, new)],
        method: Method::PUT,
    })
}
