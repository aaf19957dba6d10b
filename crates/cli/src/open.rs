//! Opening the store and the service for a command.

use anyhow::Context as _;
use enroll_scim::Limits;
use enroll_service::{Clock, Service, ServiceOptions};
use enroll_store::{Db, Options};

use crate::settings::Settings;

/// File name of the embedded database inside the data folder.
const DATABASE: &str = "enroll.db";

/// Opens (and makes, when it is not there) the embedded database and the service on it.
pub(crate) async fn service(settings: &Settings) -> anyhow::Result<Service> {
    let clock = Clock::system();
    let path = settings.data_dir.join(DATABASE);
    let db = Db::open(Options::new(&path), clock.now())
        .with_context(|| format!("cannot open the database {}", path.display()))?;
    let options = ServiceOptions {
        public_url: settings.public_url.clone(),
        limits: Limits::default(),
        default_page_size: 100,
        max_page_size: 1000,
        clock,
    };
    Ok(Service::open(db, options).await?)
}

/// Runs `work` with the service and closes the store afterwards, whatever came of it.
pub(crate) async fn with_service<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Service) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let service = service(settings).await?;
    let result = work(&service).await;
    service.close().await;
    result
}
