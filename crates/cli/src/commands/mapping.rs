//! `enroll mapping`: which group gives which role in which organization or on which resource.

use clap::{ArgGroup, Args, Subcommand};
use enroll_domain::RoleWord;
use enroll_service::{Preview, PreviewVersion};
use reqwest::Method;
use serde_json::{Value, json};

use super::resource::ResourcePath;
use crate::api::{Api, ForceArguments, ServerArguments, segment, text};
use crate::output::{Output, table};

/// What to do with mappings, and where.
#[derive(Debug, Args)]
pub(crate) struct MappingArguments {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) force: ForceArguments,
    #[command(subcommand)]
    pub(crate) command: MappingCommand,
    /// Make the change only if this preview still holds: the version that `enroll mapping preview` has printed
    #[arg(long, global = true, value_name = "VERSION")]
    preview_version: Option<PreviewVersion>,
}

/// What to do with mappings.
#[derive(Debug, Subcommand)]
pub(crate) enum MappingCommand {
    /// List the mappings and what each is bound to
    List,
    /// Show who would gain, lose or change a role by a change, without making it
    Preview {
        #[command(subcommand)]
        edit: EditCommand,
    },
    #[command(flatten)]
    Edit(EditCommand),
}

/// A change of a mapping.
#[derive(Debug, Subcommand)]
pub(crate) enum EditCommand {
    /// Map a group to a role in an organization or on a resource; in force at once, or as soon as the group appears
    Add(AddMapping),
    /// Let a mapping give another role
    Set {
        /// The mapping's id, as `enroll mapping list` shows it
        id: String,
        /// In an organization member, writer, admin or owner; on a resource read, limited-write, write or admin
        #[arg(long)]
        role: RoleWord,
        /// Needed for the roles admin and owner: whoever can edit the group in the identity provider can then make admins
        #[arg(long)]
        allow_privileged: bool,
    },
    /// Stop a mapping's effect without removing it
    Pause {
        /// The mapping's id, as `enroll mapping list` shows it
        id: String,
    },
    /// Let a paused mapping have effect again
    Resume {
        /// The mapping's id
        id: String,
    },
    /// Bind a mapping to the group that has its name now, for example after the group was deleted and made anew
    Rebind {
        /// The mapping's id
        id: String,
        /// Another group's name
        #[arg(long)]
        group: Option<String>,
    },
    /// Remove a mapping; the access it gave ends at once
    Remove {
        /// The mapping's id
        id: String,
    },
}

/// A new mapping.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("target").args(["org", "resource"]).required(true)))]
pub(crate) struct AddMapping {
    /// Name of the group in the identity provider; it need not exist yet
    #[arg(long)]
    group: String,
    /// Name or id of the organization
    #[arg(long)]
    org: Option<String>,
    /// A resource, by its organization and its name, KIND:NAME or id
    #[arg(long, value_name = "ORG/NAME")]
    resource: Option<ResourcePath>,
    /// In an organization member (the default), writer, admin or owner; on a resource read (the default), limited-write, write
    /// or admin
    #[arg(long)]
    role: Option<RoleWord>,
    /// The directory's name
    #[arg(long, default_value = "default")]
    directory: String,
    /// Needed for the roles admin and owner: whoever can edit the group in the identity provider can then make admins
    #[arg(long)]
    allow_privileged: bool,
    /// Make it without effect; `enroll mapping resume` lets it have effect
    #[arg(long)]
    paused: bool,
}

impl AddMapping {
    /// What the API is to make.
    fn to_json(&self) -> Value {
        let mut new = json!({
            "directory": self.directory,
            "group": self.group,
            "allowPrivileged": self.allow_privileged,
            "paused": self.paused,
        });
        match &self.resource {
            None => new["organization"] = json!(self.org),
            Some(ResourcePath { org, name }) => {
                new["organization"] = json!(org);
                new["resource"] = json!(name);
            }
        }
        if let Some(role) = self.role {
            new["role"] = json!(role);
        }
        new
    }
}

impl EditCommand {
    /// The request that makes the change: the method, what follows `/mappings` in the path, and the body.
    fn request(&self) -> (Method, String, Value) {
        let one = |id: &String| format!("/{}", segment(id));
        match self {
            Self::Add(add) => (Method::POST, String::new(), add.to_json()),
            Self::Set { id, role, allow_privileged } => {
                (Method::PATCH, one(id), json!({"role": role, "allowPrivileged": allow_privileged}))
            }
            Self::Pause { id } => (Method::PATCH, one(id), json!({"paused": true})),
            Self::Resume { id } => (Method::PATCH, one(id), json!({"paused": false})),
            Self::Rebind { id, group } => {
                let to = group.as_ref().map_or_else(|| json!({}), |group| json!({"group": group}));
                (Method::POST, format!("{}/rebind", one(id)), to)
            }
            Self::Remove { id } => (Method::DELETE, one(id), json!({})),
        }
    }

    /// The same change, for a preview.
    fn previewed(&self) -> Value {
        let (_, _, mut body) = self.request();
        let (kind, id) = match self {
            Self::Add(_) => return json!({"add": body}),
            Self::Set { id, .. } | Self::Pause { id } | Self::Resume { id } => ("change", id),
            Self::Rebind { id, .. } => ("rebind", id),
            Self::Remove { id } => ("remove", id),
        };
        body["mapping"] = json!(id);
        json!({kind: body})
    }
}

pub(crate) async fn run(arguments: &MappingArguments, api: &Api, output: Output) -> anyhow::Result<()> {
    let version = arguments.preview_version.as_ref();
    match &arguments.command {
        MappingCommand::List => print(&api.all("/mappings", "mappings").await?, output),
        MappingCommand::Preview { edit } => {
            anyhow::ensure!(version.is_none(), "a preview changes nothing: leave --preview-version out");
            output.result(&preview(&edit.previewed(), api).await?, shown)
        }
        MappingCommand::Edit(edit) => {
            let (method, rest, mut body) = edit.request();
            let mut target = format!("/mappings{rest}");
            if method == Method::DELETE {
                if let Some(version) = version {
                    target.push_str(&format!("?previewVersion={version}"));
                }
                api.delete(&target).await?;
                return output.done("Removed. The access it gave has ended.");
            }
            if let Some(version) = version {
                body["previewVersion"] = json!(version);
            }
            print(&[api.send(method, &target, &body).await?], output)
        }
    }
}

/// The whole preview, page by page.
async fn preview(edit: &Value, api: &Api) -> anyhow::Result<Preview> {
    let mut whole: Option<Preview> = None;
    let mut after = String::new();
    loop {
        let target = format!("/mappings:preview?limit=1000{after}");
        let page: Preview = serde_json::from_value(api.send(Method::POST, &target, edit).await?)?;
        let next = page.next.clone();
        match &mut whole {
            None => whole = Some(page),
            // The version stays that of the first page: whatever has happened since is found when the change is made.
            Some(whole) => whole.users.extend(page.users),
        }
        match (next, whole.take()) {
            (Some(next), kept) => {
                after = format!("&after={}", segment(&next));
                whole = kept;
            }
            (None, Some(whole)) => return Ok(Preview { next: None, ..whole }),
            (None, None) => anyhow::bail!("the server has shown no preview"),
        }
    }
}

/// The counts, a row for each user, and how to make the change.
fn shown(preview: &Preview) -> String {
    let role = |role: Option<RoleWord>| role.map_or("-", RoleWord::as_str).to_owned();
    let rows = preview
        .users
        .iter()
        .map(|found| {
            [
                found.user.handle.clone(),
                found.user.user_name.clone(),
                role(found.before),
                role(found.after),
                found.on_resources.map_or_else(String::new, |on| {
                    format!("{} -> {}", role(on.before.map(Into::into)), role(on.after.map(Into::into)))
                }),
            ]
        })
        .collect();
    let resource = preview.resource.as_ref().map(|resource| format!("/{resource}")).unwrap_or_default();
    let table =
        table(["HANDLE", "USERNAME", "NOW", "THEN", "ON ITS RESOURCES"], rows, "Nobody's role would differ.");
    format!(
        "{}{resource}: {} would gain a role, {} would lose it, {} would have another.\n{table}\n\
         To make this change if nothing has happened in between: add --preview-version {}",
        preview.organization, preview.gained, preview.lost, preview.changed, preview.version
    )
}

/// `ORG` or `ORG/KIND:NAME`: two resources of one name differ in their kind.
pub(super) fn target(mapping: &Value) -> String {
    let [organization, kind, resource] =
        ["organization", "resourceKind", "resource"].map(|member| text(mapping, member));
    if resource.is_empty() { organization } else { format!("{organization}/{kind}:{resource}") }
}

fn print(mappings: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&mappings, |mappings| {
        let row = |mapping| {
            let [group, role, state, directory, id] =
                ["group", "role", "state", "directory", "id"].map(|column| text(mapping, column));
            [group, target(mapping), role, state, directory, id]
        };
        let empty = "No mappings yet. Make one: enroll mapping add --group GROUP --org ORG --role ROLE";
        table(
            ["GROUP", "TARGET", "ROLE", "STATE", "DIRECTORY", "ID"],
            mappings.iter().map(row).collect(),
            empty,
        )
    })
}
