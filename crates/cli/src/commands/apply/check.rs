//! Whether the steps would be made: the server tries them one after the other and undoes them, so that it refuses here what it would
//! refuse then.

use reqwest::Method;
use serde_json::{Value, json};

use super::step::Step;
use crate::api::Api;

/// Most steps that one dry run of the server takes.
const MOST: usize = 1000;

/// Why each step would be refused; `None` for one that would be made. Steps beyond the first thousand are not tried: they may
/// follow from the others.
pub(super) async fn check(steps: &[Step], api: &Api) -> anyhow::Result<Vec<Option<String>>> {
    let mut refusals = vec![None; steps.len()];
    let tried: Vec<Value> = steps.iter().take(MOST).map(Step::request).collect();
    if tried.is_empty() {
        return Ok(refusals);
    }
    let answer = api.send(Method::POST, "/dry-run", &json!({"requests": tried})).await?;
    let outcomes = answer["outcomes"].as_array().into_iter().flatten();
    for ((step, refusal), outcome) in steps.iter().zip(&mut refusals).zip(outcomes) {
        if outcome["accepted"] == Value::Bool(false) {
            let detail = outcome["detail"].as_str().unwrap_or("the server does not say why");
            *refusal = Some(step.refusal(detail));
        }
    }
    Ok(refusals)
}
