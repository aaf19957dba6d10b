//! A service on a store of its own.

use enroll_service::{Clock, NewOrganization, Service};
use enroll_store::Options;
use enroll_testkit::{open_service, service_options};

/// Opens the service on a folder, as each process does for itself.
pub(crate) async fn service(folder: &tempfile::TempDir, clock: &Clock) -> Service {
    let options = service_options("http://127.0.0.1:8080", clock.clone());
    open_service(Options::new(folder.path().join("enroll.db")), options).await
}

/// Makes an organization: a change with one event.
pub(crate) async fn organization(service: &Service, name: &str) {
    let new = NewOrganization { name: name.to_owned(), ..NewOrganization::default() };
    service.create_organization(&new).await.unwrap();
}
