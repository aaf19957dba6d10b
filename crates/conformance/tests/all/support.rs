//! A proxy before our own server that makes its answers wrong on demand, and a run against it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use enroll_conformance::{CheckResult, Outcome, Plan, Report, Silent};
use enroll_service::DirectorySettings;
use enroll_testkit::{Connection, TestServer};
use serde_json::Value;

/// An answer on its way back, to be made wrong.
pub(crate) struct Answer {
    pub(crate) method: Method,
    /// Below the base URL, with its query.
    pub(crate) path: String,
    pub(crate) sent: Value,
    /// The credentials of the request.
    pub(crate) authorization: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn is(&self, method: &Method, path: &str) -> bool {
        self.method == *method && self.path.starts_with(path)
    }

    /// Changes each resource of the answer: the one, or those of a list.
    pub(crate) fn each_resource(&mut self, change: impl Fn(&mut Value)) {
        if let Some(resources) = self.body.get_mut("Resources").and_then(Value::as_array_mut) {
            resources.iter_mut().for_each(change);
        } else if self.body.get("id").is_some() {
            change(&mut self.body);
        }
    }
}

/// What makes a request wrong before it is carried out: the path and the body.
pub(crate) type OnRequest = fn(&Method, &mut String, &mut Value);
/// What makes an answer wrong.
pub(crate) type OnAnswer = fn(&mut Answer);

/// What a fault does to requests, to answers, or to both.
#[derive(Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) on_request: OnRequest,
    pub(crate) on_answer: OnAnswer,
}

impl Fault {
    pub(crate) const NONE: Self = Self { on_request: |_, _, _| {}, on_answer: |_| {} };

    pub(crate) fn in_requests(on_request: OnRequest) -> Self {
        Self { on_request, ..Self::NONE }
    }

    pub(crate) fn in_answers(on_answer: OnAnswer) -> Self {
        Self { on_answer, ..Self::NONE }
    }
}

/// Our server behind the proxy.
pub(crate) struct Front {
    pub(crate) base_url: String,
    proxy: Arc<Proxy>,
}

struct Proxy {
    server: TestServer,
    fault: Fault,
    arrived: Mutex<Vec<String>>,
}

impl Front {
    /// Our server, whose directory follows the RFCs to the letter, with this fault before it.
    pub(crate) async fn start(fault: Fault) -> Self {
        let proxy = Arc::new(Proxy { server: strict_server().await, fault, arrived: Mutex::default() });
        let router = Router::new().fallback(forward).with_state(Arc::clone(&proxy));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/scim/v2", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base_url, proxy }
    }

    pub(crate) fn plan(&self, only: &[&str]) -> Plan {
        let mut plan = Plan::new(&self.base_url, "t1").token(self.token());
        plan.only = only.iter().map(|word| (*word).to_owned()).collect();
        plan
    }

    pub(crate) fn token(&self) -> &str {
        &self.proxy.server.scim_token
    }

    pub(crate) async fn run(&self, only: &[&str]) -> Report {
        enroll_conformance::run(&self.plan(only), &Silent, std::future::pending()).await.unwrap()
    }

    /// The requests that have arrived, such as `GET /scim/v2/Users`.
    pub(crate) fn arrived(&self) -> Vec<String> {
        self.proxy.arrived.lock().unwrap().clone()
    }

    /// One request to the server itself, past the fault.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let request = enroll_testkit::wire::request(method, path, self.token(), body);
        Connection::open(self.proxy.server.address).await.unwrap().send(&request).await.unwrap().json()
    }
}

/// Our server, whose directory follows the RFCs to the letter.
pub(crate) async fn strict_server() -> TestServer {
    let server = TestServer::start().await;
    let settings = DirectorySettings { strict: Some(true), ..DirectorySettings::default() };
    server.service.set_directory("default", &settings).await.unwrap();
    server
}

async fn forward(State(proxy): State<Arc<Proxy>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let sent = to_bytes(body, usize::MAX).await.unwrap();
    let mut target = parts.uri.to_string();
    proxy.arrived.lock().unwrap().push(format!("{} {target}", parts.method));
    let mut json: Value = serde_json::from_slice(&sent).unwrap_or_default();
    let before = json.clone();
    (proxy.fault.on_request)(&parts.method, &mut target, &mut json);
    // What is no JSON has to arrive as it is.
    let sent = if json == before { sent.to_vec() } else { json.to_string().into_bytes() };

    let mut text = format!("{} {target} HTTP/1.1\r\n", parts.method);
    for (name, value) in &parts.headers {
        if name != "content-length" {
            text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", sent.len()));
    let bytes = [text.into_bytes(), sent].concat();
    let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let inside = format!("http://{}/", proxy.server.address);
    let outside = format!("http://{host}/");
    let mut connection = Connection::open(proxy.server.address).await.unwrap();
    let given = connection.send(&bytes).await.unwrap();
    let text = String::from_utf8(given.body.clone()).unwrap().replace(&inside, &outside);

    let mut answer = Answer {
        method: parts.method,
        path: target.trim_start_matches("/scim/v2").to_owned(),
        sent: json,
        authorization: parts
            .headers
            .get("authorization")
            .map_or_else(String::new, |value| value.to_str().unwrap().to_owned()),
        status: given.status,
        headers: HeaderMap::new(),
        body: serde_json::from_str(&text).unwrap_or_default(),
    };
    for name in ["content-type", "location", "etag", "www-authenticate"] {
        if let Some(value) = given.header(name) {
            answer.headers.insert(name, HeaderValue::from_str(&value.replace(&inside, &outside)).unwrap());
        }
    }
    (proxy.fault.on_answer)(&mut answer);
    let body = if answer.body.is_null() { Body::empty() } else { Body::from(answer.body.to_string()) };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    *response.headers_mut() = answer.headers;
    response
}

/// Ids of the checks that failed.
pub(crate) fn failed(report: &Report) -> Vec<&'static str> {
    let failed = report.results.iter().filter(|result| result.outcome == Outcome::Failed);
    failed.map(|result| result.info.id).collect()
}

/// The result of one check.
pub(crate) fn result<'r>(report: &'r Report, id: &str) -> &'r CheckResult {
    report.results.iter().find(|result| result.info.id == id).unwrap()
}
