//! `GET /Users/{id}` against a bare handler that gives the same JSON.

use enroll_testkit::{Connection, TestServer, wire};

use crate::bare::against_bare_handler;
use crate::load::create_users;
use crate::{Scale, report::Report};

pub(crate) async fn run(scale: Scale, report: &mut Report) {
    let server = TestServer::start().await;
    let ids = create_users(&server, 1_000).await;
    let token = server.scim_token.clone();
    let user = {
        let bytes = wire::request("GET", &format!("/scim/v2/Users/{}", ids[0]), &token, "");
        let mut connection = Connection::open(server.address).await.expect("the server is there");
        connection.send(&bytes).await.expect("an answer").json()
    };
    let requests: Vec<Vec<u8>> =
        ids.iter().map(|id| wire::request("GET", &format!("/scim/v2/Users/{id}"), &token, "")).collect();
    let rounds = against_bare_handler(&server, ("/scim/v2/Users/{id}", user), &requests, scale).await;
    report.add("GET /Users/{id} against a bare JSON handler", &rounds, "requests/s", ">= 0.60");
    server.stop().await;
}
