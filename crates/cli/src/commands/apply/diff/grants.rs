//! The direct grants of the file, on organizations and on resources.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::file::{File, Grant, fold};
use super::super::step::{Step, Verb};
use super::resources::{Known, Resources};
use super::{Difference, of_organization, ours};
use crate::api::{Api, Refused, segment, text};

/// Adds the steps for grants.
pub(super) async fn add(
    file: &File,
    resources: &Resources,
    api: &Api,
    prune: bool,
    difference: &mut Difference,
) -> anyhow::Result<()> {
    let named = file.grants.iter().map(|grant| grant.organization.as_str());
    let organizations: BTreeSet<&str> =
        named.chain(file.organizations.iter().map(|organization| organization.name.as_str())).collect();
    let mut people = People { api, ids: BTreeMap::new() };
    for organization in organizations {
        let of_file = file.grants.iter().filter(|grant| grant.organization == organization);
        let prune = prune && ours(file, organization);
        for place in places(organization, of_file, resources, prune)? {
            on(&place, prune, &mut people, difference).await?;
        }
    }
    Ok(())
}

/// An organization or a resource whose grants have to be looked at.
struct Place<'f> {
    /// For people, as the file names it.
    name: String,
    /// Where the API has the grants.
    list: String,
    /// What the file wants there.
    wanted: Vec<&'f Grant>,
}

/// An organization and its resources, each with what the file wants there.
fn places<'f>(
    organization: &str,
    grants: impl Iterator<Item = &'f Grant>,
    resources: &Resources,
    prune: bool,
) -> anyhow::Result<impl Iterator<Item = Place<'f>>> {
    let base = format!("/organizations/{}", segment(organization));
    let place = |resource: &str, segment: &str| Place {
        name: format!("{organization}/{resource}"),
        list: format!("{base}/resources/{segment}/grants"),
        wanted: Vec::new(),
    };
    let mut own = Place { name: organization.to_owned(), list: format!("{base}/grants"), wanted: Vec::new() };
    let mut on_resources: BTreeMap<String, Place<'f>> = BTreeMap::new();
    for grant in grants {
        let Some(named) = &grant.resource else {
            own.wanted.push(grant);
            continue;
        };
        // For one that is not there, there is an end to it with a sentence that says so.
        let known = resources.find(organization, named)?;
        let full = known.map_or_else(|| named.clone(), Known::full);
        let segment = known.map_or_else(|| segment(named), Known::segment);
        on_resources.entry(fold(&full)).or_insert_with(|| place(named, &segment)).wanted.push(grant);
    }
    for known in resources.of(organization).iter().filter(|_| prune) {
        let full = known.full();
        on_resources.entry(fold(&full)).or_insert_with(|| place(&full, &known.segment()));
    }
    Ok(std::iter::once(own).chain(on_resources.into_values()))
}

/// Who is who, by what the file calls people.
struct People<'a> {
    api: &'a Api,
    ids: BTreeMap<String, Option<String>>,
}

impl People<'_> {
    /// The id of a person; none where nobody, or more than one, is called so.
    async fn id(&mut self, named: &str) -> anyhow::Result<Option<String>> {
        if let Some(id) = self.ids.get(named) {
            return Ok(id.clone());
        }
        let id = match self.api.get(&format!("/users/{}", segment(named))).await {
            Ok(user) => Some(text(&user, "id")),
            Err(error) => match error.downcast_ref::<Refused>().map(|refused| refused.status) {
                Some(StatusCode::NOT_FOUND | StatusCode::CONFLICT) => None,
                _ => return Err(error),
            },
        };
        self.ids.insert(named.to_owned(), id.clone());
        Ok(id)
    }
}

/// The steps for the grants on one organization or resource.
async fn on(
    place: &Place<'_>,
    prune: bool,
    people: &mut People<'_>,
    difference: &mut Difference,
) -> anyhow::Result<()> {
    let Place { name: at, list, wanted } = place;
    let mut there = of_organization(people.api, list, "grants").await?;
    // What the first sign-in gave is no business of the file; grants on resources are all direct.
    there.retain(|grant| text(grant, "kind") != "jit");
    let found = |wanted: &Grant| {
        let holds = |there: &&Value| {
            // As the server looks for her: in any case.
            ["id", "handle", "userName"]
                .iter()
                .any(|name| fold(&text(&there["user"], name)) == fold(&wanted.user))
        };
        there.iter().find(holds)
    };
    let several_new = wanted.iter().filter(|grant| found(grant).is_none()).count() > 1;
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for grant in wanted {
        let found = found(grant);
        let person = match found {
            Some(found) => Some(text(&found["user"], "id")),
            None if several_new => people.id(&grant.user).await?,
            None => None,
        };
        if let Some(other) = person.and_then(|person| seen.insert(person, &grant.user)) {
            let user = &grant.user;
            if other == user {
                bail!("the file has the grant of {user} in {at} twice");
            }
            bail!("{other:?} and {user:?} are one person: leave one of the grants in {at} out");
        }
        difference.steps.extend(self::grant(grant, found, at, list));
    }
    if prune {
        let surplus = there.iter().filter(|there| !seen.contains_key(&text(&there["user"], "id")));
        difference.steps.extend(surplus.map(|there| {
            let what = format!("grant to {} in {at}", text(&there["user"], "userName"));
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
