//! A service on a store of its own.

use enroll_scim::Limits;
use enroll_service::{Clock, NewOrganization, PublicUrl, Service, ServiceOptions};
use enroll_store::{Db, Options};

/// Opens the service on a folder, as each process does for itself.
pub(crate) async fn service(folder: &tempfile::TempDir, clock: &Clock) -> Service {
    let db = Db::open(Options::new(folder.path().join("enroll.db")), clock.now()).unwrap();
    let options = ServiceOptions {
        public_url: "http://127.0.0.1:8080".parse::<PublicUrl>().unwrap(),
        limits: Limits::default(),
        default_page_size: 100,
        max_page_size: 1000,
        clock: clock.clone(),
    };
    Service::open(db, options).await.unwrap()
}

/// Makes an organization: a change with one event.
pub(crate) async fn organization(service: &Service, name: &str) {
    let new = NewOrganization { name: name.to_owned(), ..NewOrganization::default() };
    service.create_organization(&new).await.unwrap();
}
