//! `enroll webhook`: where events are sent.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use enroll_domain::delivery::{DeliveryStatus, WebhookFormat};
use enroll_domain::event::TypeFilter;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::api::{Api, segment, text};
use crate::output::{Output, table};

/// How long the outcome of a test is waited for: a receiver has 10 seconds to answer.
const TEST: Duration = Duration::from_secs(15);

/// What to do with webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Send events to a URL from now on; prints the secret that they are signed with, once
    Add {
        /// Where to: https://...
        url: String,
        /// Only these types, with commas between, such as user.created,organization.*
        #[arg(long = "type", value_name = "TYPES", default_value = "", hide_default_value = true)]
        types: TypeFilter,
        /// Only events of this directory
        #[arg(long)]
        directory: Option<String>,
        /// events (signed by Standard Webhooks) or set (security event tokens, RFC 9967)
        #[arg(long, default_value = "events")]
        format: WebhookFormat,
    },
    /// List the webhooks and whether they work
    List,
    /// Change a webhook; what is not named stays
    Set {
        /// The webhook's id, as `enroll webhook list` shows it
        id: String,
        /// Where to
        #[arg(long)]
        url: Option<String>,
        /// Only these types; an empty text for all
        #[arg(long = "type", value_name = "TYPES")]
        types: Option<TypeFilter>,
        /// Send nothing (true), or go on where it was (false)
        #[arg(long, value_name = "true|false")]
        paused: Option<bool>,
    },
    /// Remove a webhook
    Remove {
        /// The webhook's id
        id: String,
    },
    /// Have the running server send a test message, and say what came of it
    Test {
        /// The webhook's id
        id: String,
    },
    /// Send events anew, with the ids that they had
    Replay {
        /// The webhook's id
        id: String,
        /// The sequence of the first event to be sent, as `enroll events tail` shows it
        #[arg(long, value_name = "SEQUENCE")]
        from: i64,
    },
    /// Give a webhook another secret and print it; the one before signs too for 24 hours, unless an older one still does
    Rotate {
        /// The webhook's id
        id: String,
    },
    /// What became of the events, the newest first
    Deliveries {
        /// The webhook's id
        id: String,
        /// Only delivered, retrying or dead ones
        #[arg(long)]
        status: Option<DeliveryStatus>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

pub(crate) async fn run(command: &WebhookCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    match command {
        WebhookCommand::Add { url, types, directory, format } => {
            let mut new = json!({"url": url, "types": types.patterns(), "format": format});
            if let Some(directory) = directory {
                new["directory"] = json!(directory);
            }
            secret(&api.send(Method::POST, "/webhooks", &new).await?, output)
        }
        WebhookCommand::Rotate { id } => {
            let target = format!("{}/rotate-secret", path(id));
            secret(&api.send(Method::POST, &target, &json!({})).await?, output)
        }
        WebhookCommand::List => {
            let mut answer = api.get("/webhooks").await?;
            let webhooks = match answer["webhooks"].take() {
                Value::Array(webhooks) => webhooks,
                _ => Vec::new(),
            };
            print(&webhooks, output)
        }
        WebhookCommand::Set { id, url, types, paused } => {
            let mut change = Map::new();
            change.extend(url.iter().map(|url| ("url".to_owned(), json!(url))));
            change.extend(types.iter().map(|types| ("types".to_owned(), json!(types.patterns()))));
            change.extend(paused.iter().map(|paused| ("paused".to_owned(), json!(paused))));
            print(&[api.send(Method::PATCH, &path(id), &Value::Object(change)).await?], output)
        }
        WebhookCommand::Replay { id, from } => {
            let target = format!("{}/replay", path(id));
            print(&[api.send(Method::POST, &target, &json!({"from": from})).await?], output)
        }
        WebhookCommand::Remove { id } => {
            api.delete(&path(id)).await?;
            output.done("Removed. Nothing is sent there any more.")
        }
        WebhookCommand::Test { id } => test(id, api, output).await,
        WebhookCommand::Deliveries { id, status, limit } => {
            let status = status.map(|status| format!("&status={status}")).unwrap_or_default();
            deliveries(&recent(id, &format!("limit={limit}{status}"), api).await?, output)
        }
    }
}

fn path(id: &str) -> String {
    format!("/webhooks/{}", segment(id))
}

async fn recent(id: &str, query: &str, api: &Api) -> anyhow::Result<Vec<Value>> {
    let mut answer = api.get(&format!("{}/deliveries?{query}", path(id))).await?;
    Ok(match answer["deliveries"].take() {
        Value::Array(deliveries) => deliveries,
        _ => Vec::new(),
    })
}

fn secret(made: &Value, output: Output) -> anyhow::Result<()> {
    output.result(made, |made| {
        format!(
            "Webhook {} to {}.\nIts secret, which is not shown again:\n{}",
            text(made, "id"),
            text(made, "url"),
            text(made, "secret")
        )
    })
}

/// The server sends, not this process: what is tested is the way that events take.
async fn test(id: &str, api: &Api, output: Output) -> anyhow::Result<()> {
    let asked = api.send(Method::POST, &format!("{}/test", path(id)), &json!({})).await?;
    let asked: Timestamp = text(&asked, "asked").parse().context("the server says not when it was asked")?;
    let begun = Instant::now();
    while begun.elapsed() < TEST {
        tokio::time::sleep(Duration::from_millis(100)).await;
        // A test is the delivery of sequence 0: the only one before 1.
        let last = recent(id, "limit=1&after=1", api).await?;
        // Its id ends with the time at which it was asked for: one of somebody else's may be there before.
        let of = |outcome: &Value| text(outcome, "eventId").rsplit('_').next()?.parse::<i64>().ok();
        let asked = asked.as_millisecond();
        let outcome = last.first().filter(|outcome| of(outcome).is_some_and(|time| time >= asked));
        if let Some(outcome) = outcome {
            if text(outcome, "status") != DeliveryStatus::Delivered.as_str() {
                bail!("the receiver has not taken the test message: {}", text(outcome, "detail"));
            }
            return output.result(outcome, |_| "The receiver has taken the test message.".to_owned());
        }
    }
    bail!(
        "the test message was not sent within {} s: is `enroll serve` running on this database? If it is, the receiver takes its time \
         over the events before: enroll webhook list shows how far it is, enroll webhook deliveries {id} what becomes of the test",
        TEST.as_secs()
    )
}

fn print(webhooks: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&webhooks, |webhooks| {
        let all = |text: String| if text.is_empty() { "all".to_owned() } else { text };
        let rows = webhooks
            .iter()
            .map(|webhook| {
                let types = webhook["types"].as_array().into_iter().flatten().filter_map(Value::as_str);
                [
                    text(webhook, "url"),
                    all(types.collect::<Vec<_>>().join(",")),
                    all(text(webhook, "directory")),
                    text(webhook, "format"),
                    text(webhook, "state"),
                    text(webhook, "acknowledged"),
                    text(webhook, "id"),
                ]
            })
            .collect();
        let header = ["URL", "TYPES", "DIRECTORY", "FORMAT", "STATE", "DONE UP TO", "ID"];
        table(header, rows, "No webhooks yet. Make one: enroll webhook add https://...")
    })
}

fn deliveries(deliveries: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&deliveries, |deliveries| {
        let rows = deliveries
            .iter()
            .map(|delivery| {
                ["sequence", "type", "status", "attempts", "attempted", "answer", "detail"]
                    .map(|member| text(delivery, member))
            })
            .collect();
        table(["#", "TYPE", "STATUS", "ATTEMPTS", "TIME", "ANSWER", "DETAIL"], rows, "Nothing was sent yet.")
    })
}
