//! R31: little memory and few files.

use std::process::{Command, Stdio};

use enroll_testkit::{Connection, wire};

use crate::load::{Load, seed, variable};
use crate::support::{Process, command, free_address};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r31_with_256_mib_and_64_files_the_server_refuses_and_lives() {
    let seed = seed();
    let rounds = variable("ENROLL_FAULT_TIMES", 1);
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let plain = command(folder.path(), address);
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "ulimit -d 262144 -n 64; exec \"$0\" serve"])
        .arg(plain.get_program())
        .env_clear()
        .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stdout(Stdio::null());
    let mut server = Process::spawn(folder.path(), address, &mut limited).await.unwrap();
    let load = Load::prepare(&server).await;
    for round in 0..rounds {
        let writers = load.start(&format!("round{round}"));
        // More connections than there are files.
        let mut idle = Vec::new();
        for _ in 0..200 {
            idle.extend(tokio::net::TcpStream::connect(address).await);
        }
        // As large as a request may be, and larger, all at once.
        let large: Vec<_> = (0..16)
            .map(|number| {
                let (token, nested) = (load.token.clone(), "[".repeat(1_000_000 + number));
                tokio::spawn(async move {
                    let mut connection = Connection::open(address).await.ok()?;
                    connection.send(&wire::request("POST", "/scim/v2/Users", &token, &nested)).await.ok()
                })
            })
            .collect();
        for answer in large {
            if let Some(answer) = answer.await.unwrap() {
                assert!(answer.status >= 400, "{}", answer.status);
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        drop(idle);
        assert!(server.lives(), "seed {seed}");
        for writer in writers {
            writer.abort();
        }
    }
    // It serves again as soon as the crowd is gone.
    let begun = std::time::Instant::now();
    loop {
        if let Ok(mut connection) = Connection::open(address).await
            && load.create(&mut connection, "later@example.com").await.is_some()
        {
            break;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "it does not serve again");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    load.check(&server, seed).await;
    assert_eq!(server.terminate(), Some(0));
}
