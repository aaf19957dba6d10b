//! The resources of the file's organizations: the steps that make them so, and which one an entry means.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::file::{File, Resource, fold};
use super::super::step::{Step, Verb};
use super::of_organization;
use crate::api::{Api, segment, text};

/// The resources that are there when the file is applied, by organization.
#[derive(Debug, Default)]
pub(super) struct Resources(BTreeMap<String, Vec<Known>>);

/// A resource that is there or about to be made.
#[derive(Debug)]
pub(super) struct Known {
    /// None of one that is about to be made.
    pub(super) id: Option<String>,
    kind: String,
    name: String,
}

impl Known {
    fn there(resource: &Value) -> Self {
        Self { id: Some(text(resource, "id")), kind: text(resource, "kind"), name: text(resource, "name") }
    }

    fn new(resource: &Resource) -> Self {
        Self { id: None, kind: resource.kind.trim().to_owned(), name: resource.name.clone() }
    }

    /// `KIND:NAME`, which no other of the organization has.
    pub(super) fn full(&self) -> String {
        format!("{}:{}", self.kind, self.name)
    }

    /// What stands for it in a path.
    pub(super) fn segment(&self) -> String {
        segment(&self.id.clone().unwrap_or_else(|| self.full()))
    }
}

impl Resources {
    /// Those of an organization.
    pub(super) fn of(&self, organization: &str) -> &[Known] {
        self.0.get(organization).map_or(&[], Vec::as_slice)
    }

    /// The one that an entry means by id, name or `KIND:NAME`, as the server finds it; none where there is none.
    ///
    /// # Errors
    /// When several have the name.
    pub(super) fn find(&self, organization: &str, named: &str) -> anyhow::Result<Option<&Known>> {
        let all = self.of(organization);
        if let Some(known) = all.iter().find(|known| known.id.as_deref() == Some(named)) {
            return Ok(Some(known));
        }
        let (kind, name) = match named.split_once(':') {
            Some((kind, name)) => (Some(kind), name),
            None => (None, named),
        };
        let meant = |known: &&Known| {
            fold(&known.name) == fold(name) && kind.is_none_or(|kind| fold(&known.kind) == fold(kind))
        };
        let found: Vec<&Known> = all.iter().filter(meant).collect();
        if found.len() > 1 {
            let all: Vec<String> =
                found.iter().map(|known| format!("resource = {:?}", known.full())).collect();
            bail!("{organization} has several resources named {named:?}: write {}", all.join(" or "));
        }
        Ok(found.first().copied())
    }
}

/// Adds the steps for resources; gives those of the organizations on whose resources the file says something, and with `prune` of
/// its own.
pub(super) async fn add(
    file: &File,
    api: &Api,
    prune: bool,
    steps: &mut Vec<Step>,
) -> anyhow::Result<Resources> {
    let own = file.resources.iter().map(|resource| &resource.organization);
    let mapped = file.mappings.iter().filter(|mapping| mapping.resource.is_some());
    let granted = file.grants.iter().filter(|grant| grant.resource.is_some());
    let pruned = file.organizations.iter().map(|ours| &ours.name).filter(|_| prune);
    let organizations: BTreeSet<&String> = own
        .chain(mapped.map(|mapping| &mapping.organization))
        .chain(granted.map(|grant| &grant.organization))
        .chain(pruned)
        .collect();
    let mut resources = Resources::default();
    for organization in organizations {
        let list = format!("/organizations/{}/resources", segment(organization));
        let there = of_organization(api, &list, "resources").await?;
        let mut known: Vec<Known> = there.iter().map(Known::there).collect();
        for wanted in file.resources.iter().filter(|wanted| wanted.organization == *organization) {
            let found = there.iter().find(|there| {
                fold(&text(there, "name")) == fold(&wanted.name)
                    && fold(&text(there, "kind")) == fold(&wanted.kind)
            });
            if found.is_none() {
                known.push(Known::new(wanted));
            }
            let twins = there.iter().filter(|there| fold(&text(there, "name")) == fold(&wanted.name)).count();
            steps.extend(resource(wanted, found, twins > 1, &list));
        }
        resources.0.insert(organization.clone(), known);
    }
    Ok(resources)
}

/// The step for a resource; `twins` where several that are there have its name.
fn resource(wanted: &Resource, there: Option<&Value>, twins: bool, list: &str) -> Option<Step> {
    let named = |name: &str| format!("resource {}/{name}", wanted.organization);
    let what = match there {
        Some(there) if twins => named(&Known::there(there).full()),
        _ => named(&wanted.name),
    };
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Known, Resources};

    #[test]
    fn a_resource_is_found_by_id_name_and_kind_in_any_case_and_a_name_of_two_is_refused() {
        let there =
            |id: &str, kind: &str, name: &str| Known::there(&json!({"id": id, "kind": kind, "name": name}));
        let new = Known { id: None, kind: "board".to_owned(), name: "plan".to_owned() };
        let known = vec![there("1", "repository", "Web"), there("2", "Wiki", "web"), new];
        let resources = Resources([("acme".to_owned(), known)].into());
        let find = |named| resources.find("acme", named).map(|found| found.map(Known::full));
        for (named, full) in [
            ("1", Some("repository:Web")),
            ("WIKI:web", Some("Wiki:web")),
            ("Repository:WEB", Some("repository:Web")),
            ("plan", Some("board:plan")),
            ("Board:plan", Some("board:plan")),
            ("wiki:plan", None),
            ("none", None),
        ] {
            assert_eq!(find(named).unwrap().as_deref(), full, "{named}");
        }
        assert_eq!(
            find("web").unwrap_err().to_string(),
            "acme has several resources named \"web\": write resource = \"repository:Web\" or resource = \"Wiki:web\""
        );
        assert!(resources.find("lab", "web").unwrap().is_none());
    }
}
