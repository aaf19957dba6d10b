//! Three replicas against one, on one machine and one database: with as many clients in all, and with as many for each replica.

use std::net::SocketAddr;
use std::time::Duration;

use enroll_testdb::OwnServer;
use enroll_testkit::{TestServer, wire};

use crate::load::{CLIENTS, create_users, throughput_of, user_body};
use crate::{Scale, database, report::Report};

pub(crate) async fn run(postgres: &OwnServer, scale: Scale, report: &mut Report) {
    let url = database(postgres, "replicas");
    let servers = [
        TestServer::start_on(&url).await,
        TestServer::start_on(&url).await,
        TestServer::start_on(&url).await,
    ];
    let all: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
    let token = servers[0].scim_token.clone();
    let ids = create_users(&servers[0], 1_000).await;
    let reads: Vec<Vec<u8>> =
        ids.iter().map(|id| wire::request("GET", &format!("/scim/v2/Users/{id}"), &token, "")).collect();
    let time = Duration::from_millis(scale.milliseconds);
    for clients in [CLIENTS, CLIENTS * all.len()] {
        let (mut creating, mut reading) = (Vec::new(), Vec::new());
        for round in 0..scale.rounds {
            let create = |half: usize| {
                let first = (clients * 100 + 2 * round + half) * 1_000_000;
                let token = token.clone();
                move |number: usize| {
                    wire::request("POST", "/scim/v2/Users", &token, &user_body(first + number))
                }
            };
            let measured = throughput_of(clients, &all, time, 201, create(0)).await;
            creating.push((measured, throughput_of(clients, &all[..1], time, 201, create(1)).await));
            let read = |reads: Vec<Vec<u8>>| move |number: usize| reads[number % reads.len()].clone();
            let measured = throughput_of(clients, &all, time, 200, read(reads.clone())).await;
            reading.push((measured, throughput_of(clients, &all[..1], time, 200, read(reads.clone())).await));
        }
        let what = |request: &str| format!("{request}, {clients} clients, three replicas against one");
        report.add(what("POST /Users"), &creating, "users/s", ">= 1");
        report.add(what("GET /Users/{id}"), &reading, "requests/s", ">= 1");
    }
    for server in servers {
        server.stop().await;
    }
}
