//! R16, R17, R29: more than is allowed, one who takes too much, and a long time. `scripts/faults` runs the long forms.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use enroll_testkit::{Connection, wire};
use serde_json::json;

use crate::load::variable;
use crate::support::{Process, command, free_address};

/// What a token may send in a second, and at once after a pause (docs/guides/operate.md).
const ALLOWED: (u64, u64) = (100, 200);

/// From so many seconds on, times are judged, too: a run of a few seconds beside a hundred other tests says nothing about them.
const LONG: Duration = Duration::from_secs(30);

/// What was answered, and how long after it was due.
#[derive(Debug, Default)]
struct Answers {
    accepted: Vec<Duration>,
    refused: Vec<Duration>,
    wrong: Vec<String>,
    /// How long it took to send all of them: longer than planned on a machine that is too busy.
    lasted: Duration,
}

impl Answers {
    fn p99(times: &[Duration]) -> Duration {
        let mut times = times.to_vec();
        times.sort();
        times.get(times.len() * 99 / 100).or(times.last()).copied().unwrap_or_default()
    }

    /// How many of them the limit lets through in the time that they took.
    fn allowed(&self) -> usize {
        usize::try_from(ALLOWED.0 * (self.lasted.as_secs() + 1) + ALLOWED.1).unwrap()
    }

    fn told(&self) -> String {
        let (accepted, refused) = (Self::p99(&self.accepted), Self::p99(&self.refused));
        format!(
            "{} accepted (p99 {accepted:.1?}), {} refused (p99 {refused:.1?})",
            self.accepted.len(),
            self.refused.len()
        )
    }
}

/// Sends `rate` requests a second, each when it is due, whatever has become of those before it (an open loop); the time of an answer is
/// counted from then.
async fn offer(address: SocketAddr, token: &str, rate: u64, time: Duration) -> Answers {
    let (next, answers) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Answers::default())));
    let count = rate * time.as_secs();
    let start = tokio::time::Instant::now();
    let connections: Vec<_> = (0..rate.clamp(2, 48))
        .map(|_| {
            let (next, answers, token) = (Arc::clone(&next), Arc::clone(&answers), token.to_owned());
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await.unwrap();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let due = start + Duration::from_micros(number * 1_000_000 / rate);
                    tokio::time::sleep_until(due).await;
                    let target = format!("/scim/v2/Users?filter=userName+eq+%22nobody-{number}%22");
                    let answer = connection.send(&wire::request("GET", &target, &token, "")).await.unwrap();
                    let took = due.elapsed();
                    let again = answer.header("retry-after").and_then(|seconds| seconds.parse::<u64>().ok());
                    let mut answers = answers.lock().unwrap();
                    match (answer.status, again) {
                        (200, _) => answers.accepted.push(took),
                        (429 | 503, Some(1..=30)) => answers.refused.push(took),
                        (status, again) => answers.wrong.push(format!("{status}, retry-after {again:?}")),
                    }
                }
            })
        })
        .collect();
    for connection in connections {
        connection.await.unwrap();
    }
    let mut answers = std::mem::take(&mut *answers.lock().unwrap());
    answers.lasted = start.elapsed();
    assert!(answers.wrong.is_empty(), "{:?}", answers.wrong);
    answers
}

/// A server with the limit that it has by default.
async fn limited(folder: &std::path::Path) -> Process {
    let address = free_address();
    let mut command = command(folder, address);
    command.env("ENROLL_RATE_LIMIT", "on").arg("serve").stdout(Stdio::null()).stderr(Stdio::null());
    Process::spawn(folder, address, &mut command).await.unwrap()
}

fn token(server: &Process, label: &str) -> String {
    server.enroll_ok(&["token", "create", "--label", label, "--print"])
}

/// Megabytes of memory and open files of a process.
fn size(server: &Process) -> (f64, usize) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    let files = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count();
    (kilobytes / 1024.0, files)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r16_four_times_what_is_allowed_is_refused_and_what_is_allowed_is_not() {
    let time = Duration::from_secs(variable("ENROLL_FAULT_TIMES", 4));
    let folder = tempfile::tempdir().unwrap();
    let server = limited(folder.path()).await;
    let (greedy, modest) = ([token(&server, "a"), token(&server, "b")], token(&server, "c"));
    let address = server.address;
    let (first, second, allowed) = tokio::join!(
        offer(address, &greedy[0], 4 * ALLOWED.0, time),
        offer(address, &greedy[1], 4 * ALLOWED.0, time),
        offer(address, &modest, ALLOWED.0 / 2, time),
    );
    println!("offered four times as much: {}; {}", first.told(), second.told());
    println!("offered half of what is allowed: {}", allowed.told());
    for answers in [&first, &second] {
        assert!(
            answers.accepted.len() <= answers.allowed() && !answers.refused.is_empty(),
            "{}",
            answers.told()
        );
        assert!(
            time < LONG || Answers::p99(&answers.accepted) < Duration::from_secs(1),
            "{}",
            answers.told()
        );
    }
    assert!(allowed.refused.is_empty(), "{}", allowed.told());
    let (memory, _) = size(&server);
    assert!(memory < 256.0, "{memory} MiB");
    println!("{memory:.0} MiB of memory");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = offer(address, &greedy[0], ALLOWED.0 / 2, Duration::from_secs(2)).await;
    assert!(after.refused.is_empty(), "it is good again: {}", after.told());
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r17_a_token_that_sends_too_much_leaves_the_others_alone() {
    let time = Duration::from_secs(variable("ENROLL_FAULT_TIMES", 4));
    let folder = tempfile::tempdir().unwrap();
    let server = limited(folder.path()).await;
    let (noisy, quiet) = (token(&server, "noisy"), token(&server, "quiet"));
    let alone = offer(server.address, &quiet, 10, time).await;
    let (noise, beside) = tokio::join!(
        offer(server.address, &noisy, 10 * ALLOWED.0, time),
        offer(server.address, &quiet, 10, time),
    );
    println!("quiet alone: {}; beside the noisy one: {}", alone.told(), beside.told());
    println!("noisy: {}", noise.told());
    // The limit is by time: on a machine that takes long to send all of it, more is allowed, and less is noise.
    assert!(noise.accepted.len() <= noise.allowed(), "{} in {:?}", noise.told(), noise.lasted);
    if noise.lasted < 2 * time {
        assert!(noise.refused.len() > noise.accepted.len(), "{}", noise.told());
    }
    assert!(beside.refused.is_empty() && beside.accepted.len() == alone.accepted.len());
    // The noise is made on the same machine: what that costs its processors is no fault of the server.
    let most = (2 * Answers::p99(&alone.accepted)).max(Duration::from_millis(100));
    assert!(
        time < LONG || Answers::p99(&beside.accepted) <= most,
        "{} against {}",
        beside.told(),
        alone.told()
    );
    assert_eq!(server.terminate(), Some(0));
}

/// Creates, reads, changes and deletes, over and over: what is there in the end is what was there in the beginning.
async fn turn(connection: &mut Connection, token: &str, name: &str, times: &Mutex<Vec<Duration>>) {
    let user =
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}).to_string();
    let change = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": name}],
    })
    .to_string();
    let mut id = String::new();
    for (method, body, wanted) in
        [("POST", user.as_str(), 201), ("GET", "", 200), ("PATCH", change.as_str(), 200), ("DELETE", "", 204)]
    {
        let target = if id.is_empty() { "/scim/v2/Users".to_owned() } else { format!("/scim/v2/Users/{id}") };
        let begun = Instant::now();
        let answer = connection.send(&wire::request(method, &target, token, body)).await.unwrap();
        times.lock().unwrap().push(begun.elapsed());
        assert_eq!(answer.status, wanted, "{method} {}", answer.json());
        if method == "POST" {
            id = answer.json()["id"].as_str().unwrap().to_owned();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r29_under_a_steady_load_nothing_grows() {
    let seconds = variable("ENROLL_FAULT_TIMES", 10);
    let folder = tempfile::tempdir().unwrap();
    let (server, _) = Process::start(folder.path(), free_address()).await;
    let token = token(&server, "soak");
    let start = Instant::now();
    let end = Duration::from_secs(seconds);
    let times = Arc::new(Mutex::new(Vec::new()));
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let (token, times, address) = (token.clone(), Arc::clone(&times), server.address);
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await.unwrap();
                for number in 0.. {
                    if start.elapsed() >= end {
                        return;
                    }
                    turn(&mut connection, &token, &format!("soak-{client}-{number}@example.com"), &times)
                        .await;
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
            })
        })
        .collect();
    // A tenth is for warming up: caches fill, the log grows to its size.
    tokio::time::sleep(end / 10).await;
    let (warm, files) = size(&server);
    tokio::time::sleep(end.saturating_sub(start.elapsed() + Duration::from_millis(200))).await;
    let (later, files_later) = size(&server);
    for client in clients {
        client.await.unwrap();
    }
    let times = std::mem::take(&mut *times.lock().unwrap());
    let tenth = times.len() / 10;
    let (first, last) = (Answers::p99(&times[tenth..2 * tenth]), Answers::p99(&times[times.len() - tenth..]));
    println!(
        "{} requests in {seconds} s; memory {warm:.1} to {later:.1} MiB; files {files} to {files_later}; p99 {first:.1?} in the second \
         tenth, {last:.1?} in the last",
        times.len()
    );
    // The database is opened by up to four readers, each with its log and its index, as they are needed.
    assert!(files_later <= files + 12, "{files} files, later {files_later}");
    assert!(later < warm + 24.0, "{warm} MiB, later {later}");
    let state: serde_json::Value = serde_json::from_str(&server.enroll_ok(&["verify", "--json"])).unwrap();
    assert_eq!(state["users"], 0, "all that was created was deleted");
    server.enroll_ok(&["audit", "verify"]);
    assert_eq!(server.terminate(), Some(0));
}
