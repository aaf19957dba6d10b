//! R5: a byte of the database or its log is not what was written.

use std::fs;

use serde_json::Value;

use crate::load::{Load, next, seed, told, variable};
use crate::support::{Process, enroll, free_address};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r5_a_flipped_byte_is_refused_harmless_or_leaves_a_prefix() {
    let rounds = variable("ENROLL_FAULT_TIMES", 12);
    let seed = seed();
    let mut state = seed;
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let (server, _) = Process::start(folder.path(), address).await;
    let load = Load::prepare(&server).await;
    let writers = load.start("before");
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    server.kill();
    for writer in writers {
        writer.await.unwrap();
    }
    // `kill -9` leaves a log with most of it.
    let whole: Vec<(&str, Vec<u8>)> = ["enroll.db", "enroll.db-wal"]
        .into_iter()
        .map(|name| (name, fs::read(folder.path().join(name)).unwrap()))
        .collect();
    let (mut refused, mut shorter) = (0, 0);
    for round in 0..rounds {
        let copy = tempfile::tempdir().unwrap();
        let which = usize::try_from(next(&mut state) % 2).unwrap();
        let place = usize::try_from(next(&mut state)).unwrap() % whole[which].1.len();
        for (number, (name, bytes)) in whole.iter().enumerate() {
            let mut bytes = bytes.clone();
            if number == which {
                bytes[place] ^= 1 << (next(&mut state) % 8);
            }
            fs::write(copy.path().join(name), bytes).unwrap();
        }
        let context = format!("seed {seed}, round {round}: byte {place} of {}", whole[which].0);
        // The server reads all for damage when it starts; the trail and the state have to agree afterwards.
        let mut serve = crate::support::command(copy.path(), address);
        let log = copy.path().join("log");
        serve.arg("serve").stderr(fs::File::create(&log).unwrap());
        match Process::spawn(copy.path(), address, &mut serve).await {
            Err(code) => {
                let said = fs::read_to_string(&log).unwrap();
                assert!(code == Some(4) && said.contains("restore a backup"), "{context}: {code:?} {said}");
                refused += 1;
            }
            Ok(server) => {
                let trail = server.enroll_ok(&["audit", "export"]);
                let checked = enroll(copy.path(), address, &["audit", "verify"]);
                let verified = enroll(copy.path(), address, &["verify", "--json"]);
                let state: Value = serde_json::from_slice(&verified.stdout).unwrap_or_default();
                let noticed = !checked.status.success() || !verified.status.success();
                let (created, _) = told(&trail);
                assert!(noticed || state["users"] == created.len(), "{context}: silent loss");
                let known = load.ledger.lock().await.users.len();
                shorter += u32::from(created.len() < known);
                assert_eq!(server.terminate(), Some(0), "{context}");
            }
        }
    }
    println!("{rounds} flipped bytes: {refused} refused, {shorter} started with a prefix");
}
