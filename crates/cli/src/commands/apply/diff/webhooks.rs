//! The webhooks of the file. Their secrets are not in it: a new one is shown when it is made.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::file::{File, Webhook};
use super::super::step::{Step, Verb};
use super::Difference;
use crate::api::{Api, segment, text};

/// Adds the steps for webhooks.
pub(super) async fn add(
    file: &File,
    api: &Api,
    prune: bool,
    difference: &mut Difference,
) -> anyhow::Result<()> {
    if file.webhooks.is_empty() {
        return Ok(());
    }
    let mut answer = api.get("/webhooks").await?;
    let there = match answer["webhooks"].take() {
        Value::Array(there) => there,
        _ => Vec::new(),
    };
    // Two that are alike may be there: an entry means the older one.
    let mut meant = Vec::new();
    for wanted in &file.webhooks {
        let found = there.iter().find(|there| is(wanted, there));
        meant.extend(found.map(|found| text(found, "id")));
        difference.steps.extend(webhook(wanted, found));
    }
    if prune {
        let surplus = there.iter().filter(|there| !meant.contains(&text(there, "id")));
        difference.steps.extend(surplus.map(|there| Step {
            verb: Verb::Remove,
            what: described(&text(there, "url"), &text(there, "directory"), &text(there, "format")),
            changes: Vec::new(),
            method: Method::DELETE,
            target: format!("/webhooks/{}", segment(&text(there, "id"))),
            body: Value::Null,
        }));
    }
    Ok(())
}

fn is(wanted: &Webhook, there: &Value) -> bool {
    wanted.key() == (text(there, "url"), text(there, "directory"), text(there, "format"))
}

fn webhook(wanted: &Webhook, there: Option<&Value>) -> Option<Step> {
    let (url, directory, format) = wanted.key();
    let what = described(&url, &directory, &format);
    let Some(there) = there else {
        let (types, paused) = (wanted.types.clone().unwrap_or_default(), wanted.paused == Some(true));
        // Somebody else may be applying the file too.
        let mut body =
            json!({"url": url, "types": types, "format": format, "paused": paused, "unlessThere": true});
        if !directory.is_empty() {
            body["directory"] = json!(directory);
        }
        let mut changes = Vec::new();
        if !types.is_empty() {
            changes.push(("types".to_owned(), Value::Null, json!(types)));
        }
        if paused {
            changes.push(("paused".to_owned(), Value::Null, json!(paused)));
        }
        let (verb, method, target) = (Verb::Add, Method::POST, "/webhooks".to_owned());
        return Some(Step { verb, what, changes, method, target, body });
    };
    let now = [
        ("types", there["types"].clone(), wanted.types.as_ref().map(|types| json!(types))),
        ("paused", json!(text(there, "state") == "paused"), wanted.paused.map(|paused| json!(paused))),
    ];
    // What the entry leaves out stays as it is.
    let said = now.into_iter().filter_map(|(member, old, new)| Some((member, old, new?)));
    let (mut changes, mut body) = (Vec::new(), Map::new());
    for (member, old, new) in said.filter(|(member, old, new)| !same(member, old, new)) {
        body.insert(member.to_owned(), new.clone());
        changes.push((member.to_owned(), old, new));
    }
    let target = format!("/webhooks/{}", segment(&text(there, "id")));
    let (verb, method) = (Verb::Change, Method::PATCH);
    (!changes.is_empty()).then(|| Step { verb, what, changes, method, target, body: body.into() })
}

/// Whether a member is as the file says: types have no order, and the server leaves out white space around them.
fn same(member: &str, there: &Value, wanted: &Value) -> bool {
    fn set(types: &Value) -> Option<BTreeSet<&str>> {
        types.as_array().map(|types| types.iter().filter_map(Value::as_str).map(str::trim).collect())
    }
    if member == "types" { set(there) == set(wanted) } else { there == wanted }
}

fn described(url: &str, directory: &str, format: &str) -> String {
    let of = if directory.is_empty() { String::new() } else { format!(" of {directory}") };
    let kind = if format == "events" { String::new() } else { format!(" as {format}") };
    format!("webhook {url}{of}{kind}")
}
