//! A tiny SCIM server in this process, right by default and wrong on demand.

mod patch;
mod store;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};

use store::Store;

/// What the server does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Errors are text/plain (O-8).
    PlainTextErrors,
    /// PATCH answers 200 with nothing.
    EmptyPatchAnswers,
    /// Removing members by a value list removes all of them (lessons.md 4).
    RemoveByValueEmptiesGroup,
    /// `active` comes back as a string.
    QuotedBooleans,
    /// `totalResults` comes back as a string.
    QuotedNumbers,
    /// Filters do not find inactive users (E-10).
    HidesInactive,
    /// Deactivation answers well and does nothing (lessons.md 2).
    IgnoresDeactivation,
    /// A path-less value with dotted keys is stored literally (E-4).
    StoresDottedKeys,
    /// The page order depends on the page size (O-2).
    UnstableOrder,
    /// Every fifth request is throttled, with this header.
    Throttles(Option<&'static str>),
    /// Everything is refused as unauthorized.
    RefusesToken,
    /// The token is part of every error.
    EchoesToken,
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Value>,
}

/// The server with its evidence.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) base_url: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    fault: Fault,
    store: Mutex<Store>,
    arrived: Mutex<Vec<Arrived>>,
    counter: AtomicUsize,
}

pub(crate) const TOKEN: &str = "scim-secret-0123456789";

impl Server {
    pub(crate) async fn start(fault: Fault) -> Self {
        let shared = Arc::new(Shared {
            fault,
            store: Mutex::new(Store::new(fault)),
            arrived: Mutex::default(),
            counter: AtomicUsize::new(0),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/scim/v2", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base_url, shared }
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.shared.arrived.lock().unwrap().clone()
    }

    pub(crate) fn users(&self) -> Vec<Value> {
        self.shared.store.lock().unwrap().users.clone()
    }

    /// Each group's name with the sorted userNames of its members.
    pub(crate) fn memberships(&self) -> Vec<(String, Vec<String>)> {
        self.shared.store.lock().unwrap().memberships()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let body: Option<Value> = serde_json::from_slice(&bytes).ok();
    shared.arrived.lock().unwrap().push(Arrived {
        method: parts.method.to_string(),
        url: parts.uri.to_string(),
        headers: parts.headers.clone(),
        body: body.clone(),
    });
    if let Fault::Throttles(retry_after) = shared.fault
        && shared.counter.fetch_add(1, Ordering::Relaxed) % 5 == 3
    {
        let mut response = reply(429, Some(error(429, None, "slow down")), shared.fault);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert("retry-after", seconds.parse().unwrap());
        }
        return response;
    }
    let authorized = parts.headers.get("authorization").is_some_and(|v| *v == format!("Bearer {TOKEN}"));
    if !authorized || shared.fault == Fault::RefusesToken {
        return reply(401, Some(error(401, None, "unknown token")), shared.fault);
    }
    let path = parts.uri.path().trim_start_matches("/scim/v2").to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let (status, body) =
        shared.store.lock().unwrap().handle(parts.method.as_str(), &path, &query, body.unwrap_or_default());
    if shared.fault == Fault::EmptyPatchAnswers && parts.method == "PATCH" && status < 300 {
        return reply(200, None, shared.fault);
    }
    reply(status, body, shared.fault)
}

fn error(status: u16, scim_type: Option<&str>, detail: &str) -> Value {
    let mut error = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(), "detail": detail
    });
    if let Some(scim_type) = scim_type {
        error["scimType"] = json!(scim_type);
    }
    error
}

fn reply(status: u16, body: Option<Value>, fault: Fault) -> Response<Body> {
    let response = Response::builder().status(status);
    let Some(mut body) = body else { return response.body(Body::empty()).unwrap() };
    if fault == Fault::PlainTextErrors && status >= 400 {
        return response.header("content-type", "text/plain").body(Body::from("Not found")).unwrap();
    }
    if fault == Fault::EchoesToken && status >= 400 {
        body["detail"] = json!(format!("you sent {TOKEN}"));
        body["status"] = json!(status);
    }
    if fault == Fault::QuotedBooleans
        && let Some(active) = body.get("active").and_then(Value::as_bool)
    {
        body["active"] = json!(active.to_string());
    }
    if fault == Fault::QuotedNumbers
        && let Some(total) = body.get("totalResults").and_then(Value::as_u64)
    {
        body["totalResults"] = json!(total.to_string());
    }
    response.header("content-type", "application/scim+json").body(Body::from(body.to_string())).unwrap()
}
