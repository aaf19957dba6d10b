//! The server: slow clients and the way out (R15, R18, R19, S34).

use std::time::{Duration, Instant};

use enroll_api::HttpConfig;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::site::{Site, reply, user};

/// Sends bytes as they are and reads until the server closes the connection.
pub(crate) async fn raw(site: &Site, request: &str) -> String {
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    rest(&mut stream).await
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is reset has said what it had to say.
    let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut answer))
        .await
        .expect("the server closes the connection");
    String::from_utf8(answer).unwrap()
}

fn hasty() -> HttpConfig {
    let time = Duration::from_millis(400);
    HttpConfig {
        head_time: time,
        idle_time: time,
        body_time: time,
        rate_limit: None,
        ..HttpConfig::default()
    }
}

#[tokio::test]
async fn r18_clients_that_send_nothing_or_half_a_head_or_fall_silent_are_closed() {
    let site = Site::with(hasty()).await;
    for start in [
        "",
        "GET / HT",
        "GET /healthz HTTP/1.1\r\nhost: a\r\nx-a: ",
        "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let started = Instant::now();
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        assert!(closed.is_ok(), "{start:?}");
        assert!(started.elapsed() >= Duration::from_millis(350), "{start:?}");
    }
}

#[tokio::test]
async fn r18_a_byte_now_and_then_buys_no_more_time() {
    let site = Site::with(hasty()).await;
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
    let started = Instant::now();
    while stream.write_all(b"a").await.is_ok() && started.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(50)).await;
    }
    assert!(started.elapsed() < Duration::from_secs(3), "the server has closed the connection");
}

#[tokio::test]
async fn r18_a_body_that_does_not_come_is_408() {
    let site = Site::with(hasty()).await;
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{{",
        site.scim_token
    );
    let answer = raw(&site, &head).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"status\":\"408\""), "{answer}");
}

#[tokio::test]
async fn r18_a_client_that_does_not_read_its_answers_is_closed() {
    // The one place tells when it is free: on a busy machine it takes a while until what the client does not read fills all buffers.
    let write_time = Duration::from_millis(400);
    let site = Site::with(HttpConfig { write_time, max_connections: 1, ..hasty() }).await;
    let document = reply(site.bare("GET", "/scim/v2/Schemas")).await.text.len();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stream = socket.connect(site.address).await.unwrap();
    let requests = "GET /scim/v2/Schemas HTTP/1.1\r\nhost: a\r\n\r\n".repeat(1000);
    stream.write_all(requests.as_bytes()).await.unwrap();
    let mut answers = vec![0; 1];
    stream.read_exact(&mut answers).await.unwrap();
    let other = site.bare("GET", "/healthz").timeout(Duration::from_secs(60));
    assert_eq!(reply(other).await.status, 200, "the place is free");
    let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut answers)).await.expect("closed");
    assert!(answers.len() < 900 * document, "the rest was never sent: {} of {document} each", answers.len());
}

#[tokio::test]
async fn s34_length_and_transfer_encoding_together_are_refused() {
    let site = Site::start().await;
    for (first, second) in [
        ("content-length: 3", "transfer-encoding: chunked"),
        ("transfer-encoding: chunked", "content-length: 3"),
    ] {
        let head = format!(
            "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n{first}\r\n{second}\r\nconnection: close\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: a\r\n\r\n",
            site.scim_token
        );
        let answer = raw(&site, &head).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "the second request was never one: {answer}");
    }
}

#[tokio::test]
async fn r18_crowded_out_idle_connections_make_room() {
    let site = Site::with(HttpConfig { max_connections: 3, rate_limit: None, ..HttpConfig::default() }).await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(TcpStream::connect(site.address).await.unwrap());
    }
    sleep(Duration::from_millis(100)).await;
    assert_eq!(reply(site.bare("GET", "/healthz")).await.status, 200, "within the client's 20 seconds");
}

#[tokio::test]
async fn http2_without_upgrade_is_spoken() {
    let site = Site::start().await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let requests =
        (0..20).map(|_| client.get(site.url("/scim/v2/Users")).bearer_auth(&site.scim_token).send());
    for response in futures_util::future::join_all(requests).await {
        let response = response.unwrap();
        assert_eq!((response.version(), response.status().as_u16()), (reqwest::Version::HTTP_2, 200));
    }
}

#[tokio::test]
async fn r15_leaving_finishes_what_runs_and_refuses_what_is_new() {
    let mut site = Site::start().await;
    assert_eq!(reply(site.bare("GET", "/readyz")).await.status, 200);
    // One request whose body is still under way when the server is told to leave.
    let body = user("late").to_string();
    let mut late = TcpStream::connect(site.address).await.unwrap();
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        site.scim_token,
        body.len()
    );
    late.write_all(head.as_bytes()).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    site.stop.take().unwrap().send(()).unwrap();
    sleep(Duration::from_millis(100)).await;

    assert!(TcpStream::connect(site.address).await.is_err(), "the door is closed");
    let not_ready = reply(site.bare("GET", "/readyz")).await;
    assert_eq!(
        (not_ready.status.as_u16(), not_ready.header("connection")),
        (503, Some("close")),
        "an open connection is still served"
    );

    late.write_all(body.as_bytes()).await.unwrap();
    let answer = rest(&mut late).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    timeout(Duration::from_secs(5), site.running).await.expect("the server leaves in time").unwrap().unwrap();
}

#[tokio::test]
async fn r15_readiness_turns_false_before_the_door_closes() {
    let mut site =
        Site::with(HttpConfig { drain_notice: Duration::from_millis(700), ..HttpConfig::default() }).await;
    site.stop.take().unwrap().send(()).unwrap();
    sleep(Duration::from_millis(100)).await;
    let answer = reply(site.bare("GET", "/readyz")).await;
    assert_eq!((answer.status.as_u16(), answer.body()["reason"].as_str()), (503, Some("shutting down")));
    assert_eq!(reply(site.bare("GET", "/healthz")).await.status, 200);
    assert_eq!(site.get("/scim/v2/Users").await.status, 200, "requests are still served");
    timeout(Duration::from_secs(5), site.running).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn r15_a_request_that_does_not_end_does_not_hold_the_server_for_ever() {
    let mut site =
        Site::with(HttpConfig { drain_time: Duration::from_millis(300), ..HttpConfig::default() }).await;
    let mut stuck = TcpStream::connect(site.address).await.unwrap();
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-length: 9\r\n\r\n",
        site.scim_token
    );
    stuck.write_all(head.as_bytes()).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    site.stop.take().unwrap().send(()).unwrap();
    timeout(Duration::from_secs(3), site.running).await.expect("gone after drain_time").unwrap().unwrap();
}

#[tokio::test]
async fn r19_a_request_over_its_time_is_503_in_scim() {
    let site = Site::with(HttpConfig {
        request_time: Duration::from_millis(200),
        rate_limit: None,
        ..HttpConfig::default()
    })
    .await;
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{{",
        site.scim_token
    );
    let answer = raw(&site, &head).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains(&json!("503").to_string()), "{answer}");
}

#[tokio::test]
async fn r15_under_load_no_answer_is_cut() {
    let mut site = Site::start().await;
    let url = site.url("/scim/v2/Users?count=1");
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let request = site.client.get(&url).bearer_auth(&site.scim_token);
            tokio::spawn(async move {
                let mut answered = 0;
                loop {
                    match request.try_clone().unwrap().send().await {
                        Ok(response) => {
                            assert_eq!(response.status(), 200);
                            response.bytes().await.unwrap();
                            answered += 1;
                        }
                        Err(error) if error.is_connect() => return answered,
                        Err(error) => panic!("after {answered} answers: {error:?}"),
                    }
                }
            })
        })
        .collect();
    sleep(Duration::from_millis(300)).await;
    site.stop.take().unwrap().send(()).unwrap();
    for client in clients {
        assert!(client.await.unwrap() > 0, "the load was there");
    }
    timeout(Duration::from_secs(5), site.running).await.unwrap().unwrap().unwrap();
}
