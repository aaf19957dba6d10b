//! A real server on a free loopback port, with a SQLite store in a temporary folder, or on PostgreSQL with
//! `ENROLL_TEST_DATABASE=postgres`.

use std::net::SocketAddr;
use std::path::Path;

use enroll_api::{HttpConfig, Server};
use enroll_domain::Scope;
use enroll_scim::Limits;
use enroll_service::{Clock, Service, ServiceOptions};
use enroll_store::{Db, Options, known_version};
use enroll_testdb::TestDatabase;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running server. Dropping it ends the server and deletes its store.
#[derive(Debug)]
pub struct TestServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// The service behind it, for set-up that tests do not do over HTTP.
    pub service: Service,
    /// A SCIM token of the directory `default`.
    pub scim_token: String,
    /// An API token with the scope `admin`.
    pub api_token: String,
    /// The clock, when it is a manual one.
    pub clock: Clock,
    folder: TempDir,
    /// Dropped with the server.
    database: Option<TestDatabase>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<std::io::Result<()>>>,
}

impl TestServer {
    /// A server without rate limit, on the system's clock.
    pub async fn start() -> Self {
        Self::start_with(
            HttpConfig { rate_limit: None, address_limit: None, ..HttpConfig::default() },
            Limits::default(),
            Clock::system(),
        )
        .await
    }

    /// A server with the given configuration.
    ///
    /// # Panics
    /// When the server cannot be started: a test cannot go on then.
    pub async fn start_with(http: HttpConfig, limits: Limits, clock: Clock) -> Self {
        let database = database();
        let url = database.as_ref().map(TestDatabase::url);
        Self { database, ..Self::open(url.as_deref(), http, limits, clock).await }
    }

    /// As [`TestServer::start`], on the PostgreSQL database at `url`. Several are replicas.
    ///
    /// # Panics
    /// When the server cannot be started.
    pub async fn start_on(url: &str) -> Self {
        Self::start_on_at(url, Clock::system()).await
    }

    /// As [`TestServer::start_on`], by another clock.
    ///
    /// # Panics
    /// When the server cannot be started.
    pub async fn start_on_at(url: &str, clock: Clock) -> Self {
        let http = HttpConfig { rate_limit: None, address_limit: None, ..HttpConfig::default() };
        Self::open(Some(url), http, Limits::default(), clock).await
    }

    #[expect(clippy::unwrap_used, reason = "a test cannot go on without its server")]
    async fn open(url: Option<&str>, http: HttpConfig, limits: Limits, clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let options = match url {
            Some(url) => Options::postgres(url.parse().unwrap()),
            None => Options::new(folder.path().join("enroll.db")),
        };
        let told = service_options(&format!("http://{address}"), clock.clone());
        let service = open_service(options, ServiceOptions { limits, ..told }).await;
        let scim_token =
            service.create_scim_token("default", "test", None).await.unwrap().reveal().to_owned();
        let api_token =
            service.create_api_token("test", Scope::Admin, None).await.unwrap().reveal().to_owned();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Server::new(service.clone(), http);
        let task = tokio::spawn(server.serve(listener, async move {
            let _ = stopped.await;
        }));
        Self {
            address,
            service,
            scim_token,
            api_token,
            clock,
            folder,
            database: None,
            stop: Some(stop),
            task: Some(task),
        }
    }

    /// The SCIM base URL.
    pub fn scim_url(&self) -> String {
        format!("http://{}/scim/v2", self.address)
    }

    /// The database of the store, on PostgreSQL.
    pub fn database(&self) -> Option<&TestDatabase> {
        self.database.as_ref()
    }

    /// The folder of the store.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the server as SIGTERM would, and waits until it has.
    ///
    /// # Panics
    /// When the server ended with an error.
    #[expect(clippy::unwrap_used, reason = "a server that cannot stop is a failed test")]
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(task) = self.task.take() {
            task.await.unwrap().unwrap();
        }
        self.service.close().await;
    }
}

/// A database on PostgreSQL, if the tests are to run there (`ENROLL_TEST_DATABASE=postgres`).
///
/// # Panics
/// When there is no PostgreSQL.
#[expect(clippy::unwrap_used, reason = "a test cannot go on without its store")]
pub fn database() -> Option<TestDatabase> {
    enroll_testdb::wanted().then(|| {
        TestDatabase::migrated(known_version(), |url| {
            drop(Db::open(Options::postgres(url.parse().unwrap()), Clock::system().now()).unwrap());
        })
    })
}

/// What a service is told where a test does not care.
///
/// # Panics
/// When the URL is none.
#[expect(clippy::unwrap_used, reason = "a test knows the URL that it gives")]
pub fn service_options(public_url: &str, clock: Clock) -> ServiceOptions {
    ServiceOptions {
        public_url: public_url.parse().unwrap(),
        limits: Limits::default(),
        default_page_size: 100,
        max_page_size: 1000,
        clock,
    }
}

/// Opens the service on a store, as each process does for itself.
///
/// # Panics
/// When the store cannot be opened.
#[expect(clippy::unwrap_used, reason = "a test cannot go on without its store")]
pub async fn open_service(store: Options, options: ServiceOptions) -> Service {
    let db = Db::open(store, options.clock.now()).unwrap();
    Service::open(db, options).await.unwrap()
}
