//! `POST /api/v1/dry-run`: what changes would come to. Each is a request as it would be sent by itself; it goes through the handler
//! that makes it, with a service that rehearses, so that nothing is refused otherwise than by the real request.

use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::{Json, Router};
use enroll_service::{Rehearsal, Service};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower::ServiceExt as _;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::body::{Body, given};
use crate::App;
use crate::openapi::{Routes, op};

/// Most changes in one request: others who write wait while they are tried.
const MOST: usize = 1000;

/// The longest answer of a single request that is read.
const ANSWER_BYTES: usize = 1 << 20;

/// What can be tried: changes of what is set up, each one transaction and nothing beside it.
const PATHS: [&str; 13] = [
    "/organizations",
    "/organizations/{organization}",
    "/organizations/{organization}/grants/{user}",
    "/organizations/{organization}/resources",
    "/organizations/{organization}/resources/{resource}",
    "/organizations/{organization}/resources/{resource}/grants/{user}",
    "/mappings",
    "/mappings/{mapping}",
    "/mappings/{mapping}/rebind",
    "/directories",
    "/directories/{directory}",
    "/webhooks",
    "/webhooks/{webhook}",
];

/// Put into a request that is tried: the service to use, for a sender who has been found to be an administrator.
#[derive(Clone)]
pub(super) struct Rehearsing(pub(super) Service);

/// How something is changed.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(rename = "ChangeMethod")]
pub(crate) enum Verb {
    /// Makes something.
    Post,
    /// Gives something.
    Put,
    /// Changes something.
    Patch,
    /// Removes something.
    Delete,
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Post => Self::POST,
            Verb::Put => Self::PUT,
            Verb::Patch => Self::PATCH,
            Verb::Delete => Self::DELETE,
        }
    }
}

/// A change, as the request that would make it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TriedRequest")]
pub(crate) struct Tried {
    /// The method.
    method: Verb,
    /// The path below `/api/v1`, with its query.
    #[schemars(regex(pattern = "^/"), example = &"/organizations")]
    path: String,
    /// The body, where the request has one.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<std::collections::BTreeMap<String, Value>>")]
    body: Option<Value>,
}

/// What to try.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DryRun")]
pub(crate) struct Wanted {
    /// The changes, in the order in which they would be made.
    #[schemars(length(min = 1, max = MOST))]
    requests: Vec<Tried>,
}

/// What one of them would come to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DryRunOutcome")]
pub(crate) struct Outcome {
    /// Whether the change would be made.
    accepted: bool,
    /// The status of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 400, max = 499))]
    status: Option<u16>,
    /// Why it would be refused, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// What they would come to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DryRunOutcomes")]
pub(crate) struct Outcomes {
    /// One for each request, in their order.
    outcomes: Vec<Outcome>,
}

impl Outcome {
    fn accepted() -> Self {
        Self { accepted: true, status: None, detail: None }
    }

    fn refused(problem: &Problem) -> Self {
        Self {
            accepted: false,
            status: Some(problem.status().as_u16()),
            detail: Some(problem.detail().to_owned()),
        }
    }
}

/// Tries the changes one after the other, each on top of those before it that were not refused, and undoes all of them.
pub(crate) async fn run(
    State(app): State<App>,
    caller: Authenticated<ToAdminister>,
    Body(Wanted { requests }): Body<Wanted>,
) -> Result<Json<Outcomes>, Problem> {
    if !(1..=MOST).contains(&requests.len()) {
        let detail = format!("requests has 1 to {MOST} changes: try the others in another dry run");
        return Err(Problem::bad_request(detail));
    }
    let rehearsal = Rehearsal::default();
    let rehearsing = Rehearsing(caller.service.rehearsing(&rehearsal));
    let router = router(app);
    // Where a request has come to a change, its outcome is told by the rehearsal.
    let (mut answered, mut changes) = (Vec::with_capacity(requests.len()), Vec::new());
    for tried in requests {
        let response = answer(&router, &rehearsing, tried).await;
        match rehearsal.asked() {
            Some(change) => {
                changes.push(change);
                answered.push(None);
            }
            None => answered.push(Some(outcome(response).await?)),
        }
    }
    let mut rehearsed = caller.service.rehearse(changes).await?.into_iter();
    let outcomes = answered.into_iter().map(|answered| match answered {
        Some(outcome) => outcome,
        None => match rehearsed.next() {
            Some(Err(error)) => Outcome::refused(&error.into()),
            _ => Outcome::accepted(),
        },
    });
    Ok(Json(Outcomes { outcomes: outcomes.collect() }))
}

/// The routes of what can be tried.
fn router(app: App) -> Router {
    let mut router = Router::new();
    for (path, methods) in super::routes().below(&PATHS).by_path() {
        router = router.route(path, methods);
    }
    router.fallback(beyond).method_not_allowed_fallback(beyond).with_state(app)
}

async fn beyond(request: Request) -> Problem {
    Problem::bad_request(format!(
        "a dry run takes changes of directories, organizations, resources, mappings, grants and webhooks: {} {} is none",
        request.method(),
        request.uri().path()
    ))
}

async fn answer(
    router: &Router,
    rehearsing: &Rehearsing,
    Tried { method, path, body }: Tried,
) -> Result<Response, Problem> {
    let body = body.map_or_else(HttpBody::empty, |body| HttpBody::from(body.to_string()));
    let request = Request::builder()
        .method(Method::from(method))
        .uri(&path)
        .header(CONTENT_TYPE, "application/json")
        .extension(rehearsing.clone())
        .body(body)
        .map_err(|_| Problem::bad_request(format!("{path:?} is no path")))?;
    match router.clone().oneshot(request).await {
        Ok(response) => Ok(response),
        Err(never) => match never {},
    }
}

/// The outcome of a request that has not come to a change.
async fn outcome(response: Result<Response, Problem>) -> Result<Outcome, Problem> {
    let response = match response {
        Ok(response) => response,
        Err(problem) => return Ok(Outcome::refused(&problem)),
    };
    let status = response.status();
    if status.is_success() {
        return Ok(Outcome::accepted());
    }
    let body = to_bytes(response.into_body(), ANSWER_BYTES).await.unwrap_or_default();
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    let detail = problem.get("detail").and_then(Value::as_str).unwrap_or_default();
    let problem = Problem::new(status, detail);
    if status.is_server_error() { Err(problem) } else { Ok(Outcome::refused(&problem)) }
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Dry run").post(
        "/dry-run",
        run,
        op("dryRun", "Say what changes would come to, without making them")
            .describe(
                "Each is a request as it would be sent by itself. They are tried in their order, each on top of those before it that \
                 would be made, and all are undone. Changes of directories, organizations, resources, mappings, grants and webhooks \
                 can be tried.",
            )
            .ok("One outcome for each, in their order"),
    )
}
