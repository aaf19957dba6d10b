//! `enroll group`: the groups that identity providers have pushed, and who is in them.

use clap::Subcommand;
use enroll_domain::GroupId;
use serde_json::Value;

use super::people::OfDirectory;
use crate::api::{Api, moment, segment, text};
use crate::output::{Output, details, table};

/// What to see of groups. The identity provider changes them.
#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// List the groups of a directory
    List {
        #[command(flatten)]
        of: OfDirectory,
    },
    /// Show a group
    Show {
        /// Name in the identity provider, or id
        group: String,
        /// The directory's name
        #[arg(long, default_value = "default")]
        directory: String,
    },
    /// List the direct members of a group
    Members {
        /// Name in the identity provider, or id
        group: String,
        /// The directory's name
        #[arg(long, default_value = "default")]
        directory: String,
    },
}

pub(crate) async fn run(command: &GroupCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    match command {
        GroupCommand::List { of } => print(&api.all(&of.target("groups"), "groups").await?, output),
        GroupCommand::Show { group, directory } => {
            output.result(&find(api, directory, group).await?, |group| {
                details(&[
                    ("name", text(group, "displayName")),
                    ("directory", text(group, "directory")),
                    ("externalId", text(group, "externalId")),
                    ("created", moment(group, "created")),
                    ("changed", moment(group, "lastModified")),
                    ("id", text(group, "id")),
                ])
            })
        }
        GroupCommand::Members { group, directory } => {
            let found = find(api, directory, group).await?;
            let target = format!("{}/{}/members", groups(directory), segment(&text(&found, "id")));
            output.result(&api.all(&target, "members").await?, |members| {
                let row = |member: &Value| ["display", "type", "id"].map(|column| text(member, column));
                table(["NAME", "TYPE", "ID"], members.iter().map(row).collect(), "Nobody.")
            })
        }
    }
}

fn groups(directory: &str) -> String {
    format!("/directories/{}/groups", segment(directory))
}

/// A group by id, else by name.
async fn find(api: &Api, directory: &str, group: &str) -> anyhow::Result<Value> {
    if group.parse::<GroupId>().is_ok() {
        return api.get(&format!("{}/{}", groups(directory), segment(group))).await;
    }
    let filter = format!("displayName eq {}", Value::from(group));
    let found = api.get(&format!("{}?filter={}", groups(directory), segment(&filter))).await?;
    found["groups"].get(0).cloned().ok_or_else(|| {
        anyhow::anyhow!(
            "the directory {directory} has no group {group:?}: `enroll group list --directory {directory}` shows those it has"
        )
    })
}

fn print(groups: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&groups, |groups| {
        let row = |group: &Value| {
            let [name, external] = ["displayName", "externalId"].map(|column| text(group, column));
            [name, external, moment(group, "lastModified"), text(group, "id")]
        };
        let empty = "No groups. They come from the identity provider, over SCIM or with a sign-in.";
        table(["NAME", "EXTERNAL ID", "CHANGED", "ID"], groups.iter().map(row).collect(), empty)
    })
}
