//! The first page of a large list against its last, by index and by cursor.

use std::time::Duration;

use enroll_testkit::{Connection, TestServer, wire};

use crate::load::{create_users, latency};
use crate::{Scale, report::Report};

/// Users on a page.
const PAGE: usize = 100;

pub(crate) async fn run(scale: Scale, report: &mut Report) {
    let server = TestServer::start().await;
    create_users(&server, scale.large).await;
    let time = Duration::from_millis(scale.milliseconds);
    let token = server.scim_token.clone();
    let list = |query: String| {
        let request = wire::request("GET", &format!("/scim/v2/Users?count={PAGE}&{query}"), &token, "");
        move |_: usize| request.clone()
    };
    let last = scale.large / PAGE;
    let start = (last - 1) * PAGE + 1;
    let cursor = walk(&server, last - 1).await;
    for (way, first_page, last_page) in [
        ("index", "startIndex=1".to_owned(), format!("startIndex={start}")),
        ("cursor", "cursor=".to_owned(), format!("cursor={cursor}")),
    ] {
        let mut rounds = Vec::new();
        for _ in 0..scale.rounds {
            let measured = latency(server.address, time, list(last_page.clone())).await;
            rounds.push((measured, latency(server.address, time, list(first_page.clone())).await));
        }
        report.add(
            format!("page {last} against page 1 of {} users, by {way}", scale.large),
            &rounds,
            "µs",
            "about 1",
        );
    }
    server.stop().await;
}

/// The cursor to the page behind so many.
async fn walk(server: &TestServer, pages: usize) -> String {
    let mut connection = Connection::open(server.address).await.expect("the server is there");
    let mut cursor = String::new();
    for _ in 0..pages {
        let target = format!("/scim/v2/Users?attributes=id&count={PAGE}&cursor={cursor}");
        let request = wire::request("GET", &target, &server.scim_token, "");
        let page = connection.send(&request).await.expect("an answer").json();
        page["nextCursor"].as_str().expect("another page").clone_into(&mut cursor);
    }
    cursor
}
