//! A running server with one token of each kind.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use enroll_api::{HttpConfig, Server};
use enroll_domain::Scope;
use enroll_service::{Clock, NewOrganization, RequestLog, RequestLogOptions, Service};
use enroll_store::{Db, Options, known_version, params};
use enroll_testdb::TestDatabase;
use enroll_testkit::service_options;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::described;

/// What clients are told, which is not where they reach it here.
pub(crate) const PUBLIC_URL: &str = "https://enroll.example.com";

/// Where a site's data is. Deleted with the last server on it.
struct Place {
    folder: tempfile::TempDir,
    /// With `ENROLL_TEST_DATABASE=postgres`.
    database: Option<TestDatabase>,
}

impl Place {
    fn new() -> Self {
        let database = enroll_testdb::wanted().then(|| {
            TestDatabase::migrated(known_version(), |url| {
                drop(Db::open(Options::postgres(url.parse().unwrap()), jiff::Timestamp::UNIX_EPOCH).unwrap());
            })
        });
        Self { folder: tempfile::tempdir().unwrap(), database }
    }

    /// A database of PostgreSQL is a copy of one that was made at another time: as if it had been made now.
    async fn make(clock: &Clock) -> Self {
        let place = Self::new();
        if place.database.is_some() {
            let (db, now) = (place.open(clock), clock.now());
            let made = db.write(move |tx| {
                let sql = "UPDATE schema_migrations SET applied_at = ?1 WHERE version > 0";
                tx.execute(sql, &params![now])
            });
            assert!(made.await.unwrap() > 0);
            db.close().await;
        }
        place
    }

    fn open(&self, clock: &Clock) -> Db {
        let options = match &self.database {
            Some(database) => Options::postgres(database.url().parse().unwrap()),
            None => Options::new(self.folder.path().join("enroll.db")),
        };
        Db::open(options, clock.now()).unwrap()
    }
}

async fn open_service(place: &Place, clock: Clock) -> Service {
    let db = place.open(&clock);
    let options = service_options(PUBLIC_URL, clock);
    let log = RequestLog::open(
        &place.folder.path().join("requests.db"),
        RequestLogOptions::default(),
        db.clone(),
        options.clock.clone(),
    );
    Service::open(db, options).await.unwrap().with_request_log(log.unwrap())
}

/// A server and a client.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    pub(crate) service: Service,
    pub(crate) scim_token: String,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) running: JoinHandle<std::io::Result<()>>,
    /// Shared by the servers beside each other.
    place: Arc<Place>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        Self::with(HttpConfig { rate_limit: None, ..HttpConfig::default() }).await
    }

    pub(crate) async fn with(config: HttpConfig) -> Self {
        Self::at(Clock::system(), config).await
    }

    pub(crate) async fn at(clock: Clock, config: HttpConfig) -> Self {
        let place = Arc::new(Place::make(&clock).await);
        let service = open_service(&place, clock).await;
        let scim_token =
            service.create_scim_token("default", "okta", None).await.unwrap().reveal().to_owned();
        let organization = NewOrganization { name: "acme".to_owned(), ..NewOrganization::default() };
        service.create_organization(&organization).await.unwrap();
        Self::serve(place, service, scim_token, config).await
    }

    /// A second server on the same database, as another process would be: they share nothing in memory.
    pub(crate) async fn beside(&self) -> Self {
        let config = HttpConfig { rate_limit: None, ..HttpConfig::default() };
        let service = open_service(&self.place, self.service.clock().clone()).await;
        Self::serve(Arc::clone(&self.place), service, self.scim_token.clone(), config).await
    }

    async fn serve(place: Arc<Place>, service: Service, scim_token: String, config: HttpConfig) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Server::new(service.clone(), config);
        let running = tokio::spawn(server.serve(listener, async {
            let _ = stopped.await;
        }));
        let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { address, client, service, scim_token, stop: Some(stop), running, place }
    }

    /// The database itself, to be broken.
    pub(crate) fn database(&self) -> Db {
        self.place.open(self.service.clock())
    }

    pub(crate) async fn api_token(&self, scope: Scope) -> String {
        self.service.create_api_token(scope.as_str(), scope, None).await.unwrap().reveal().to_owned()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request without a token.
    pub(crate) fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.url(path))
    }

    /// A request with the SCIM token.
    pub(crate) fn scim(&self, method: &str, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.scim_token)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        reply(self.scim("GET", path)).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        reply(self.scim(method, path).json(body)).await
    }

    /// Makes a user and gives her id.
    pub(crate) async fn user(&self, name: &str) -> String {
        let made = self.send("POST", "/scim/v2/Users", &user(name)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.body()["id"].as_str().unwrap().to_owned()
    }

    /// Makes a group and gives its id.
    pub(crate) async fn group(&self, name: &str) -> String {
        let made = self.send("POST", "/scim/v2/Groups", &group(name)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.body()["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn user(name: &str) -> Value {
    serde_json::json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name })
}

pub(crate) fn group(name: &str) -> Value {
    serde_json::json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name })
}

pub(crate) fn patch(operations: &Value) -> Value {
    serde_json::json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

pub(crate) async fn reply(request: RequestBuilder) -> Reply {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let response = client.execute(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    described::check(&method, &path, status.as_u16(), &headers, &text);
    Reply { status, headers, text }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The values of a header that may be there several times.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    /// Asserts that this is a SCIM error (X1) and gives its detail.
    pub(crate) fn scim_error(&self, status: u16, scim_type: Option<&str>) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/scim+json"));
        let body = self.body();
        assert_eq!(body["schemas"], serde_json::json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
        assert_eq!(body["status"], status.to_string());
        assert_eq!(body.get("scimType").and_then(Value::as_str), scim_type, "{}", self.text);
        let detail = body["detail"].as_str().unwrap().to_owned();
        assert!(!detail.is_empty());
        detail
    }

    /// Asserts that this is problem details (RFC 9457) and gives its detail.
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let body = self.body();
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], "about:blank");
        body["detail"].as_str().unwrap().to_owned()
    }
}
