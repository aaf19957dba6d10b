//! Opening the store and the service for a command.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use enroll_domain::audit::Actor;
use enroll_scim::Limits;
use enroll_service::{Clock, RequestLog, RequestLogOptions, Service, ServiceOptions};
use enroll_store::moving::Place;
use enroll_store::{Db, Options};

use crate::os_user;
use crate::settings::Settings;

/// File name of the embedded database inside the data folder.
const DATABASE: &str = "enroll.db";

/// File name of the request log beside it.
pub(crate) const REQUEST_LOG: &str = "requests.db";

/// What a command does when there is no database, and how thoroughly it looks at one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The server: makes the database if there is none, and reads all of it for damage once.
    Serve,
    /// A command that sets something up, perhaps before the server first runs: makes the database if there is none.
    SetUp,
    /// A command about what is there: a database that is not there is a mistyped folder, not an empty company.
    Existing,
}

/// The folder holds no database, and the command is about one that is there.
#[derive(Debug)]
pub(crate) struct NoDatabase(PathBuf);

impl fmt::Display for NoDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.display();
        write!(
            f,
            "there is no database {path}: name the server's folder with --data-dir or ENROLL_DATA_DIR, or start with \
             `enroll serve`"
        )
    }
}

impl std::error::Error for NoDatabase {}

/// The file of the embedded database.
fn database(settings: &Settings) -> PathBuf {
    settings.data_dir.join(DATABASE)
}

/// Where the database is that the settings name.
pub(crate) fn place(settings: &Settings) -> Place {
    settings
        .database_url
        .clone()
        .map_or_else(|| Place::Sqlite(database(settings)), |url| Place::Postgres(Box::new(url)))
}

/// The same for a command about what is there.
pub(crate) fn existing_place(settings: &Settings) -> anyhow::Result<Place> {
    match place(settings) {
        Place::Sqlite(path) if !path.exists() => Err(NoDatabase(path).into()),
        place => Ok(place),
    }
}

/// Opens the database of the settings and the service on it.
pub(crate) async fn service(settings: &Settings, opening: Opening) -> anyhow::Result<Service> {
    service_at(&place(settings), settings, opening).await
}

/// Opens this database and the service on it.
pub(crate) async fn service_at(
    place: &Place,
    settings: &Settings,
    opening: Opening,
) -> anyhow::Result<Service> {
    let clock = Clock::system();
    let db = match place {
        Place::Postgres(url) => Db::open(Options::postgres(url.as_ref().clone()), clock.now())?,
        Place::Sqlite(path) => embedded(path, opening, &clock)?,
    };
    let options = ServiceOptions {
        public_url: settings.public_url.clone(),
        limits: Limits::default(),
        default_page_size: 100,
        max_page_size: 1000,
        clock,
    };
    let log = settings.data_dir.join(REQUEST_LOG);
    let kept = RequestLogOptions { days: settings.request_log_days, entries: settings.request_log_entries };
    let clock = options.clock.clone();
    let service = Service::open(db.clone(), options).await?.with_session_limits(settings.session_limits);
    let service = match opening {
        _ if kept.days == 0 => service,
        Opening::Serve => with_log(service, &log, kept, db, clock),
        Opening::SetUp | Opening::Existing => service.with_request_log_of(&log),
    };
    Ok(service.acting_as(Actor::command_line(os_user::name().as_deref())))
}

/// The service with its request log. A log that cannot be opened is no reason not to serve.
pub(crate) fn with_log(
    service: Service,
    path: &Path,
    kept: RequestLogOptions,
    db: Db,
    clock: Clock,
) -> Service {
    match RequestLog::open(path, kept, db, clock) {
        Ok(log) => service.with_request_log(log),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "requests are served, but no request log is kept");
            service
        }
    }
}

fn embedded(path: &Path, opening: Opening, clock: &Clock) -> anyhow::Result<Db> {
    if opening == Opening::Existing && !path.exists() {
        return Err(NoDatabase(path.to_owned()).into());
    }
    let options = Options { check: opening == Opening::Serve, ..Options::new(path) };
    Db::open(options, clock.now()).with_context(|| format!("cannot open the database {}", path.display()))
}

/// Runs `work` with the service and closes the store afterwards, whatever came of it.
pub(crate) async fn with_service<T>(
    settings: &Settings,
    opening: Opening,
    work: impl AsyncFnOnce(&Service) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let service = service(settings, opening).await?;
    let result = work(&service).await;
    service.close().await;
    result
}
