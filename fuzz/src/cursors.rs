//! Cursors: nothing but what the server has made opens a page.

use std::sync::LazyLock;

use enroll_scim::{Limits, ScimType};
use enroll_service::{Clock, Error, ListRequest, ResourceKind, ScimSession, Service, ServiceOptions};
use enroll_store::{Db, Options};
use tokio::runtime::{Builder, Runtime};

/// A service with an empty store, opened once.
struct World {
    runtime: Runtime,
    service: Service,
    session: ScimSession,
    _folder: tempfile::TempDir,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
    let db = Db::open(Options::new(folder.path().join("enroll.db")), clock.now()).unwrap();
    let options = ServiceOptions {
        public_url: "https://enroll.example.com".parse().unwrap(),
        limits: Limits::default(),
        default_page_size: 100,
        max_page_size: 1000,
        clock,
    };
    let (service, session) = runtime.block_on(async {
        let service = Service::open(db, options).await.unwrap();
        let token = service.create_scim_token("default", "fuzz", None).await.unwrap();
        let session = service.authenticate_scim(token.reveal(), None).await.unwrap();
        (service, session)
    });
    World { runtime, service, session, _folder: folder }
});

/// Every text but the empty one is refused as `invalidCursor`: none of them was made by this server.
pub fn cursor(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let World { runtime, service, session, .. } = &*WORLD;
    let request = ListRequest { cursor: Some(text.to_owned()), ..ListRequest::default() };
    let page = runtime.block_on(service.list(session, &ResourceKind::User, &request)).result;
    match page {
        Ok(_) => assert!(text.is_empty(), "{text:?} opened a page"),
        Err(Error::Scim(error)) => assert_eq!(error.scim_type(), Some(ScimType::InvalidCursor), "{text:?}"),
        Err(error) => panic!("{text:?}: {error}"),
    }
}
