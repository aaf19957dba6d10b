//! The file of the request log: how much it keeps, and what becomes of one that is damaged.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use enroll_store::request_log::{BodiesRow, FailedRow, NewRequest, RequestFile, RequestQuery, Retention};
use jiff::{SignedDuration, Timestamp};

const NOW: Timestamp = Timestamp::constant(1_772_366_400, 0);

fn request(minutes: i64, authenticated: bool) -> NewRequest {
    NewRequest {
        received: NOW + SignedDuration::from_mins(minutes),
        request_id: format!("r-{minutes}"),
        directory: None,
        token: None,
        authenticated,
        method: "GET".to_owned(),
        path: "/scim/v2/Users".to_owned(),
        operation: "list".to_owned(),
        target_type: None,
        target_id: None,
        target: None,
        status: if authenticated { 200 } else { 401 },
        failed: 0,
        failures: None,
        failed_operations: Vec::new(),
        scim_type: None,
        detail: None,
        explanation: None,
        advice: None,
        duration: 1,
        notes: "[]".to_owned(),
        address: None,
        user_agent: None,
        bodies: BodiesRow { request: Some("{}".to_owned()), request_bytes: 2, ..BodiesRow::default() },
    }
}

fn ids(file: &RequestFile) -> Vec<i64> {
    file.page(&RequestQuery::default(), 1000).unwrap().into_iter().map(|row| row.id).collect()
}

#[test]
fn e7_3_what_is_too_old_or_too_much_goes_with_its_bodies() {
    let folder = tempfile::tempdir().unwrap();
    let file = RequestFile::open(&folder.path().join("requests.db")).unwrap();
    let entries: Vec<NewRequest> = (1..=10).map(|minutes| request(minutes, true)).collect();
    file.append(0, &entries, &[]).unwrap();
    assert_eq!(file.newest().unwrap(), 10);
    let keep = Retention { since: NOW + SignedDuration::from_mins(4), entries: 100, unauthenticated: 10 };
    file.trim(keep).unwrap();
    assert_eq!(ids(&file), [10, 9, 8, 7, 6, 5, 4]);
    file.trim(Retention { entries: 3, ..keep }).unwrap();
    assert_eq!(ids(&file), [10, 9, 8]);
    assert!(file.find("7").unwrap().is_none());
    let (row, bodies) = file.find("r-9").unwrap().unwrap();
    assert_eq!((row.id, bodies.request.as_deref()), (9, Some("{}")));
    file.trim(Retention { since: NOW + SignedDuration::from_hours(9), ..keep }).unwrap();
    assert_eq!(ids(&file), [0_i64; 0]);
}

#[test]
fn e7_3_whoever_has_no_token_cannot_push_out_what_others_need() {
    let folder = tempfile::tempdir().unwrap();
    let file = RequestFile::open(&folder.path().join("requests.db")).unwrap();
    file.append(0, &[request(1, true), request(2, true)], &[]).unwrap();
    let flood: Vec<NewRequest> = (3..=200).map(|minutes| request(minutes, false)).collect();
    file.append(2, &flood, &[]).unwrap();
    file.trim(Retention { since: NOW, entries: 50, unauthenticated: 5 }).unwrap();
    assert_eq!(ids(&file), [200, 199, 198, 197, 196, 2, 1]);
}

#[test]
fn e7_3_a_damaged_file_is_set_aside_and_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.db");
    std::fs::write(&path, "this is no database, and long enough to have a header of one ".repeat(100))
        .unwrap();
    let file = RequestFile::open(&path).unwrap();
    file.append(0, &[request(1, true)], &[]).unwrap();
    assert_eq!(ids(&file), [1]);
    assert!(folder.path().join("requests.db.damaged").exists());
}

#[test]
fn e7_3_the_log_is_read_beside_the_one_who_writes_it_and_found_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.db");
    assert!(RequestFile::read(&path).is_err(), "reading makes no file");
    let file = RequestFile::open(&path).unwrap();
    file.append(0, &[request(1, true)], &[]).unwrap();
    let reader = RequestFile::read(&path).unwrap();
    assert_eq!(ids(&reader), [1]);
    assert!(reader.append(1, &[request(2, true)], &[]).is_err(), "a reader cannot write");
    file.append(1, &[request(2, true)], &[]).unwrap();
    assert_eq!(ids(&reader), [2, 1]);
    drop(file);
    assert_eq!(RequestFile::open(&path).unwrap().newest().unwrap(), 2);
}

#[test]
fn e7_3_a_bulk_request_is_found_by_the_status_and_the_name_of_a_failed_operation() {
    let folder = tempfile::tempdir().unwrap();
    let file = RequestFile::open(&folder.path().join("requests.db")).unwrap();
    let failures = r#"{"count":1,"of":2,"first":[]}"#;
    let operation =
        FailedRow { number: 2, status: 409, target_id: Some("7".to_owned()), target: Some("Ada".to_owned()) };
    let bulk = NewRequest {
        failed: 1,
        failures: Some(failures.to_owned()),
        failed_operations: vec![operation],
        ..request(2, true)
    };
    file.append(0, &[request(1, true), bulk, request(3, false)], &[]).unwrap();
    let found = |status: Option<(u16, u16)>, target: Option<&str>| {
        let query = RequestQuery { status, target: target.map(str::to_owned), ..RequestQuery::default() };
        file.page(&query, 10).unwrap().into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    for (range, ids) in [
        ((400, 599), &[3, 2][..]),
        ((400, 499), &[3, 2]),
        ((409, 409), &[2]),
        ((401, 401), &[3]),
        ((500, 599), &[]),
        ((200, 299), &[2, 1]),
    ] {
        assert_eq!(found(Some(range), None), ids, "{range:?}");
    }
    for (target, ids) in [("ADA", &[2][..]), ("7", &[2]), ("eve", &[])] {
        assert_eq!(found(None, Some(target)), ids, "{target}");
    }
    assert_eq!(file.find("2").unwrap().unwrap().0.failures.as_deref(), Some(failures));
}

#[test]
fn e7_3_a_file_of_an_older_version_is_read_and_gets_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.db");
    let file = RequestFile::open(&path).unwrap();
    file.append(0, &[request(1, true), request(2, false)], &[]).unwrap();
    drop(file);
    let older = rusqlite::Connection::open(&path).unwrap();
    older
        .execute_batch(
            "ALTER TABLE requests DROP COLUMN failures; ALTER TABLE requests DROP COLUMN failed; DROP TABLE failed_operations;
             PRAGMA user_version = 1",
        )
        .unwrap();
    drop(older);
    let errors = RequestQuery { status: Some((400, 599)), ..RequestQuery::default() };
    let reader = RequestFile::read(&path).unwrap();
    assert_eq!((ids(&reader), reader.page(&errors, 10).unwrap().len()), (vec![2, 1], 1));
    let about =
        RequestQuery { target: Some("ada".to_owned()), status: Some((409, 409)), ..RequestQuery::default() };
    assert_eq!(reader.page(&about, 10).unwrap(), []);
    assert!(reader.find("r-1").unwrap().is_some());
    drop(reader);
    let file = RequestFile::open(&path).unwrap();
    file.append(2, &[NewRequest { failed: 1, ..request(3, true) }], &[]).unwrap();
    assert_eq!((ids(&file), file.page(&errors, 10).unwrap().len()), (vec![3, 2, 1], 2));
    assert!(!folder.path().join("requests.db.damaged").exists(), "nothing of it is lost");
}
