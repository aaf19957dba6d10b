//! What the file may say. A key that is not known is an error: a misspelt setting must not be left out in silence.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{anyhow, bail};
use enroll_domain::delivery::WebhookFormat;
use reqwest::Url;
use serde::{Deserialize, Serialize};

/// The lists that a file may have.
const LISTS: [&str; 6] = ["directory", "organization", "resource", "mapping", "grant", "webhook"];

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default, rename = "directory")]
    pub(super) directories: Vec<Directory>,
    #[serde(default, rename = "organization")]
    pub(super) organizations: Vec<Organization>,
    #[serde(default, rename = "resource")]
    pub(super) resources: Vec<Resource>,
    #[serde(default, rename = "mapping")]
    pub(super) mappings: Vec<Mapping>,
    #[serde(default, rename = "grant")]
    pub(super) grants: Vec<Grant>,
    #[serde(default, rename = "webhook")]
    pub(super) webhooks: Vec<Webhook>,
}

/// A directory; what is left out stays as it is.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Directory {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dialect: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rebind: Option<String>,
    #[serde(rename(serialize = "unknownExtensions"), skip_serializing_if = "Option::is_none")]
    pub(super) unknown_extensions: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) idp: Option<String>,
    /// `true` and `false`; quirks that are not named are left to the dialect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) quirks: Option<BTreeMap<String, bool>>,
}

/// An organization; what is left out stays as it is.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organization {
    pub(super) name: String,
    #[serde(rename(serialize = "displayName"), skip_serializing_if = "Option::is_none")]
    pub(super) display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(rename(serialize = "baseResourceRole"), skip_serializing_if = "Option::is_none")]
    pub(super) base_resource_role: Option<String>,
    /// The directories that it is reserved to; an empty list opens it to all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) directories: Option<Vec<String>>,
}

/// A resource of an organization.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resource {
    pub(super) organization: String,
    pub(super) name: String,
    #[serde(default = "repository")]
    pub(super) kind: String,
    #[serde(default = "private")]
    pub(super) visibility: String,
}

/// A mapping: what group gives what role where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    #[serde(default = "default_directory")]
    pub(super) directory: String,
    pub(super) group: String,
    pub(super) organization: String,
    /// Name, KIND:NAME or id of a resource of the organization; the mapping is to the organization without it.
    pub(super) resource: Option<String>,
    /// `member` on an organization and `read` on a resource when it is left out.
    pub(super) role: Option<String>,
    #[serde(default)]
    pub(super) paused: bool,
    #[serde(default)]
    pub(super) allow_privileged: bool,
}

/// A direct grant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grant {
    pub(super) organization: String,
    /// Name, KIND:NAME or id of a resource of the organization; the grant is on the organization without it.
    pub(super) resource: Option<String>,
    pub(super) user: String,
    /// `member` on an organization and `read` on a resource when it is left out.
    pub(super) role: Option<String>,
}

/// A webhook. Its secret is never in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Webhook {
    pub(super) url: String,
    /// Of the directory of this name or id alone; of all when it is left out.
    pub(super) directory: Option<String>,
    #[serde(default = "events")]
    pub(super) format: WebhookFormat,
    /// Which types; of a new one all when it is left out.
    pub(super) types: Option<Vec<String>>,
    pub(super) paused: Option<bool>,
}

fn default_directory() -> String {
    "default".to_owned()
}

fn repository() -> String {
    "repository".to_owned()
}

fn events() -> WebhookFormat {
    WebhookFormat::Events
}

fn private() -> String {
    "private".to_owned()
}

impl Mapping {
    /// `ORG` or `ORG/NAME`, as the file has it.
    pub(super) fn target(&self) -> String {
        match &self.resource {
            None => self.organization.clone(),
            Some(resource) => format!("{}/{resource}", self.organization),
        }
    }

    pub(super) fn role(&self) -> &str {
        role(self.role.as_deref(), self.resource.as_deref())
    }
}

impl Grant {
    pub(super) fn role(&self) -> &str {
        role(self.role.as_deref(), self.resource.as_deref())
    }
}

impl Webhook {
    /// What makes it this webhook and no other: the URL, the directory or nothing, and the form.
    pub(super) fn key(&self) -> (String, String, String) {
        // As the server writes it: with a slash behind the host.
        let url = Url::parse(&self.url).map_or_else(|_| self.url.clone(), String::from);
        (url, self.directory.clone().unwrap_or_default(), self.format.to_string())
    }
}

/// The lowest role on a resource or an organization where none is named.
fn role<'r>(role: Option<&'r str>, resource: Option<&str>) -> &'r str {
    role.unwrap_or(if resource.is_some() { "read" } else { "member" })
}

/// Group names compare in any case and without white space around them (enrollment.md 3.7).
pub(super) fn fold(name: &str) -> String {
    enroll_domain::GroupNameKey::new(name).as_str().to_owned()
}

/// Puts a name where an id of the list is.
fn put_names<'n>(names: impl Iterator<Item = &'n mut String>, of: &BTreeMap<String, String>) {
    for name in names {
        if let Some(known) = of.get(name.as_str()) {
            known.clone_into(name);
        }
    }
}

impl File {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is no TOML, or says what no file may say.
    pub(super) fn read(text: &str) -> anyhow::Result<Self> {
        toml::from_str(text).map_err(|error| {
            let table: toml::Table = toml::from_str(text).unwrap_or_default();
            let single = |name: &str| table.get(name).is_some_and(toml::Value::is_table);
            match LISTS.into_iter().find(|name| single(name)) {
                Some(name) => anyhow!("write [[{name}]] instead of [{name}], because there may be several"),
                None => error.into(),
            }
        })
    }

    /// Puts names where entries name a directory or an organization by its id: the API answers with names.
    pub(super) fn use_names(
        &mut self,
        directories: &BTreeMap<String, String>,
        organizations: &BTreeMap<String, String>,
    ) {
        let reserved = self.organizations.iter_mut().filter_map(|ours| ours.directories.as_mut()).flatten();
        let of_webhooks = self.webhooks.iter_mut().filter_map(|webhook| webhook.directory.as_mut());
        put_names(reserved.chain(of_webhooks), directories);
        for mapping in &mut self.mappings {
            put_names([&mut mapping.directory].into_iter(), directories);
            put_names([&mut mapping.organization].into_iter(), organizations);
        }
        put_names(self.resources.iter_mut().map(|resource| &mut resource.organization), organizations);
        put_names(self.grants.iter_mut().map(|grant| &mut grant.organization), organizations);
    }

    /// Refuses what is there twice, as far as the names tell: which one would count? Of mappings and grants more is known once the
    /// resources and people are.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let mut seen = BTreeSet::new();
        let directories =
            self.directories.iter().map(|directory| format!("the directory {}", directory.name));
        let organizations =
            self.organizations.iter().map(|organization| format!("the organization {}", organization.name));
        let resources = self.resources.iter().map(|resource| {
            let (name, kind) = (fold(&resource.name), fold(&resource.kind));
            format!("the resource {}/{name} of the kind {kind}", resource.organization)
        });
        let grants = self.grants.iter().map(|grant| {
            let on =
                grant.resource.as_ref().map(|resource| format!("/{}", fold(resource))).unwrap_or_default();
            format!("the grant of {} in {}{on}", grant.user, grant.organization)
        });
        let webhooks = self.webhooks.iter().map(|webhook| {
            let (url, directory, format) = webhook.key();
            let of = if directory.is_empty() { "all directories" } else { &directory };
            format!("the webhook to {url} of {of} as {format}")
        });
        let all = directories.chain(organizations).chain(resources).chain(grants).chain(webhooks);
        for what in all {
            if !seen.insert(what.clone()) {
                bail!("the file has {what} twice");
            }
        }
        Ok(())
    }
}
