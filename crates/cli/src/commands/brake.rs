//! `enroll directory brake`, `pause` and `resume`: how many people may lose access in a while.

use clap::Subcommand;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Api, segment, text};
use crate::output::Output;

/// What to do with the brake of a directory.
#[derive(Debug, Subcommand)]
pub(crate) enum BrakeCommand {
    /// Hold requests over SCIM by which more people would lose access than this, within the window
    Set {
        /// The directory's name
        #[arg(long, default_value = "default")]
        directory: String,
        /// So many people at most ...
        #[arg(long, default_value_t = 20)]
        people: u32,
        /// ... or so many of a hundred users of the directory, whichever are more
        #[arg(long, default_value_t = 20)]
        percent: u32,
        /// The window, in minutes
        #[arg(long, default_value_t = 60)]
        window: u32,
    },
    /// Hold nothing any more
    Off {
        /// The directory's name
        #[arg(long, default_value = "default")]
        directory: String,
    },
    /// Show the limits and what is held
    Status {
        /// Only this directory; all of them by default
        #[arg(long)]
        directory: Option<String>,
    },
    /// Let through what is held, and everything for two hours
    Approve {
        /// The directory's name
        #[arg(long, default_value = "default")]
        directory: String,
    },
}

pub(crate) async fn run(command: &BrakeCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let of = |directory: &str| format!("/directories/{}/brake", segment(directory));
    let brake = match command {
        BrakeCommand::Set { directory, people, percent, window } => {
            let limits = json!({"people": people, "percent": percent, "windowMinutes": window});
            api.send(Method::PUT, &of(directory), &limits).await?
        }
        BrakeCommand::Off { directory } => api.send(Method::DELETE, &of(directory), &json!({})).await?,
        BrakeCommand::Status { directory: Some(directory) } => api.get(&of(directory)).await?,
        BrakeCommand::Status { directory: None } => {
            let mut all = Vec::new();
            for directory in api.all("/directories", "directories").await? {
                all.push(api.get(&of(&text(&directory, "name"))).await?);
            }
            return output.result(&all, |all| all.iter().map(told).collect::<Vec<_>>().join("\n"));
        }
        BrakeCommand::Approve { directory } => {
            api.send(Method::POST, &format!("{}/approve", of(directory)), &json!({})).await?
        }
    };
    print(&brake, output)
}

pub(crate) async fn pause(api: &Api, directory: &str, paused: bool, output: Output) -> anyhow::Result<()> {
    let verb = if paused { "pause" } else { "resume" };
    let target = format!("/directories/{}/{verb}", segment(directory));
    print(&api.send(Method::POST, &target, &json!({})).await?, output)
}

fn print(brake: &Value, output: Output) -> anyhow::Result<()> {
    output.result(brake, told)
}

fn told(brake: &Value) -> String {
    let time = |member| text(brake, member).parse::<Timestamp>();
    let name = text(brake, "directory");
    let mut lines = vec![format!("{name}: {}", text(brake, "state"))];
    let limits = &brake["limits"];
    if limits.is_object() {
        lines.push(format!(
            "limit: {} people or {} %, whichever are more, within {} minutes",
            limits["people"], limits["percent"], limits["windowMinutes"]
        ));
    }
    if let Ok(since) = time("held") {
        lines.push(format!("held since {since:.0}: {}", text(brake, "heldRequest")));
        lines.push(format!(
            "let it pass: enroll directory brake approve --directory {name}; or stop all changes: enroll directory pause {name}"
        ));
    }
    if brake["paused"] == true {
        lines.push(format!("take changes again: enroll directory resume {name}"));
    }
    if let Ok(until) = time("approvedUntil") {
        lines.push(format!("everything passes until {until:.0}"));
    }
    lines.join("\n")
}
