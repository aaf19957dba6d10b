//! `enroll events`: the feed of what has changed.

use clap::Subcommand;
use enroll_domain::event::TypeFilter;
use serde_json::Value;

use crate::api::{Api, segment, text};
use crate::commands::serve::shutdown_signal;
use crate::output::{Output, is_open, raw};

/// Events asked for at a time.
const PAGE: u32 = 1000;

/// Events shown when nobody says from where.
const LAST: usize = 20;

/// How many seconds one question waits for an event.
const PATIENCE: u32 = 20;

/// What to do with events.
#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Print events, oldest first, a line each; with --json a JSON object each
    Tail {
        /// Go on printing what happens until Ctrl-C
        #[arg(long, short)]
        follow: bool,
        /// Only what comes behind this event; 0 is before the first. Without it the last 20 events that fit
        #[arg(long, value_name = "SEQUENCE", value_parser = clap::value_parser!(i64).range(0..))]
        after: Option<i64>,
        /// Only events of this directory
        #[arg(long)]
        directory: Option<String>,
        /// Only these types, with commas between, such as user.created,group.*
        #[arg(long = "type", value_name = "TYPES", default_value = "")]
        types: TypeFilter,
    },
}

pub(crate) async fn run(command: &EventsCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let EventsCommand::Tail { follow, after, directory, types } = command;
    let mut query = format!("/events?limit={PAGE}&type={}", segment(&types.to_string()));
    if let Some(directory) = directory {
        query.push_str(&format!("&directory={}", segment(directory)));
    }
    let mut place = after.map(|after| format!("&after={after}")).unwrap_or_default();
    let mut last = Vec::new();
    loop {
        let page = api.get(&format!("{query}{place}")).await?;
        place = behind(&page);
        if after.is_some() {
            events(&page).for_each(|event| print(event, output));
        } else {
            last.extend(events(&page).cloned());
            last.drain(..last.len().saturating_sub(LAST));
        }
        if page["more"] != true || !is_open() {
            break;
        }
    }
    last.iter().for_each(|event| print(event, output));
    if !follow {
        return Ok(());
    }
    let mut stop = std::pin::pin!(shutdown_signal());
    while is_open() {
        let target = format!("{query}{place}&wait={PATIENCE}");
        let page = tokio::select! {
            page = api.get(&target) => page?,
            () = &mut stop => return Ok(()),
        };
        events(&page).for_each(|event| print(event, output));
        place = behind(&page);
    }
    Ok(())
}

fn events(page: &Value) -> impl Iterator<Item = &Value> {
    page["events"].as_array().into_iter().flatten()
}

/// Where the next question goes on.
fn behind(page: &Value) -> String {
    format!("&after={}", text(page, "next"))
}

/// One line an event: a table waits for its end, and a feed has none.
fn print(event: &Value, output: Output) {
    raw(match output {
        Output::Json => event.to_string(),
        Output::Text => {
            let (time, of) = (text(event, "time"), text(event, "type"));
            let (subject, actor) = (text(&event["subject"], "name"), text(&event["actor"], "name"));
            let (sequence, data) = (text(event, "sequence"), &event["data"]);
            format!("{sequence:>8}  {time}  {of:<32}  {subject} (by {actor})  {data}")
        }
    });
}
