//! Work beside the requests, with three that could do it.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::Replicas;

/// Takes webhooks and other requests: how often each event has come, or where it has none, each path; and which process sent the last one.
#[derive(Clone)]
pub(super) struct Receiver {
    address: SocketAddr,
    pids: Arc<Mutex<Vec<u32>>>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    times: HashMap<String, u32>,
    sender: Option<u32>,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver =
            Self { address: listener.local_addr().unwrap(), pids: Arc::default(), seen: Arc::default() };
        let taking = receiver.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(taking.clone().take(stream));
            }
        });
        receiver
    }

    /// One request on one connection.
    async fn take(self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let (head, length) = loop {
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                let length =
                    header(head, "content-length").map_or(0, |length| length.parse::<usize>().unwrap());
                break (head.to_owned(), length);
            }
        };
        while bytes.len() < head.len() + 4 + length {
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let pids = self.pids.lock().unwrap().clone();
        let sender = owner(stream.peer_addr().unwrap().port(), &pids);
        {
            let mut seen = self.seen.lock().unwrap();
            let path = head.split(' ').nth(1).unwrap();
            *seen.times.entry(header(&head, "webhook-id").unwrap_or(path).to_owned()).or_default() += 1;
            seen.sender = sender.or(seen.sender);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.ok();
    }

    /// A URL of it.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn times(&self) -> HashMap<String, u32> {
        self.seen.lock().unwrap().times.clone()
    }

    /// Waits until so many different events have come; gives how long that took.
    async fn wait_for(&self, events: usize) -> Duration {
        let begun = Instant::now();
        while self.times().len() < events {
            let waited = begun.elapsed();
            assert!(waited < Duration::from_secs(60), "{} of {events} events have come", self.times().len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begun.elapsed()
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// Which of the processes has the socket with this local port.
fn owner(port: u16, pids: &[u32]) -> Option<u32> {
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let local = format!(":{port:04X}");
    let line =
        table.lines().find(|line| line.split_whitespace().nth(1).is_some_and(|at| at.ends_with(&local)))?;
    let socket = format!("socket:[{}]", line.split_whitespace().nth(9)?);
    pids.iter().copied().find(|pid| {
        let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        files.filter_map(|file| fs::read_link(file.path()).ok()).any(|to| to.to_string_lossy() == socket)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r24_three_replicas_send_each_event_once_and_go_on_when_the_sender_is_killed() {
    let mut replicas = Replicas::start().await;
    let receiver = Receiver::start().await;
    *receiver.pids.lock().unwrap() = replicas.processes.iter().map(crate::support::Process::id).collect();
    let url = receiver.url("/");
    replicas.processes[2].enroll_ok(&["webhook", "add", &url, "--type", "user.created"]);
    let mut connections = replicas.connect().await;
    for number in 0..30 {
        let place = number % 3;
        replicas.create(&mut connections[place], &format!("user-{number}@example.com")).await;
    }
    receiver.wait_for(30).await;
    // Whatever would send a second time has looked by then.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(receiver.times().values().all(|times| *times == 1), "{:?}", receiver.times());

    let sender = receiver.seen.lock().unwrap().sender.unwrap();
    let place = replicas.processes.iter().position(|process| process.id() == sender).unwrap();
    replicas.create(&mut connections[place], "last@example.com").await;
    replicas.processes.remove(place).kill();
    connections.remove(place);
    let killed = Instant::now();
    for number in 0..10 {
        let place = number % 2;
        replicas.create(&mut connections[place], &format!("later-{number}@example.com")).await;
    }
    receiver.wait_for(41).await;
    println!("another replica went on after {:?}", killed.elapsed());
    assert!(killed.elapsed() < Duration::from_secs(30), "{:?}", killed.elapsed());
    tokio::time::sleep(Duration::from_secs(1)).await;
    // Only what was under way when it was killed may come again, with its id.
    let again = receiver.times().values().filter(|times| **times > 1).count();
    assert!(again <= 1 && receiver.times().len() == 41, "{:?}", receiver.times());
    replicas.stop();
}
