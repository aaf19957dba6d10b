//! Opens a session for a user and prints the value of its cookie, in place of a sign-in at an identity provider: for programs of
//! others that are run against a server (`scripts/test-clients`). It writes to the store beside the server, as commands do, and is
//! no part of the server.
//!
//! `ENROLL_DATA_DIR=DIR ENROLL_PUBLIC_URL=URL open-session USER`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of the tests")]

use std::path::Path;

use enroll_service::{Clock, SessionDetails};
use enroll_store::Options;
use enroll_testkit::{open_service, service_options};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let user = std::env::args().nth(1).unwrap();
    let folder = std::env::var("ENROLL_DATA_DIR").unwrap();
    let options = Options { check: false, ..Options::new(Path::new(&folder).join("enroll.db")) };
    let public_url = std::env::var("ENROLL_PUBLIC_URL").unwrap();
    let service = open_service(options, service_options(&public_url, Clock::system())).await;
    let user = service.user(&user).await.unwrap();
    let directories = service.directories().await.unwrap();
    let directory =
        directories.iter().find(|directory| Some(&directory.name) == user.directory.as_ref()).unwrap().id;
    let session = service.open_session(user.id, directory, SessionDetails::default()).await.unwrap();
    println!("{}", session.reveal());
    service.close().await;
}
