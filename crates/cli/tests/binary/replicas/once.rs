//! Work that waits when three replicas start, or that one has left behind when it died: it is done, and once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use enroll_domain::ClientKind;
use enroll_domain::privilege::AllowPrivileged;
use enroll_service::{
    ClientSettings, Clock, DirectorySettings, NewMapping, NewOrganization, NewWebhook, Service, SsoSettings,
};
use enroll_store::Options;
use enroll_testdb::TestDatabase;
use enroll_testkit::idp::{self, KeyKind, SigningKey};
use enroll_testkit::{Connection, TestServer, open_service, service_options};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::background::Receiver;
use super::{BULK, GROUP, Replicas, USER, send};

/// Members of a group whose mapping is told of in slices.
const MEMBERS: usize = 450;

/// Ends of sessions that a client has to be told of.
const LOGOUTS: u32 = 30;

/// Directories whose metadata is due.
const DIRECTORIES: [&str; 3] = ["default", "second", "third"];

/// The jobs that take a lease, and how long it lasts.
const JOBS: [&str; 4] = ["retell", "retention", "sso-metadata", "webhooks"];
const LEASE: SignedDuration = SignedDuration::from_secs(20);

/// A database with work of every kind, and who sees it done.
struct Work {
    database: Arc<TestDatabase>,
    receiver: Receiver,
    /// How many events are too old.
    old: i64,
    /// What is in the queue of logout tokens.
    client: String,
}

impl Work {
    async fn prepare() -> Self {
        let (database, receiver) =
            (Arc::new(tokio::task::block_in_place(TestDatabase::empty)), Receiver::start().await);
        let past = Clock::system().now().checked_sub(SignedDuration::from_hours(40 * 24)).unwrap();
        let server = TestServer::start_on_at(&database.url(), Clock::manual(past)).await;
        people(&server).await;
        connections(&server.service, &receiver).await;
        server.stop().await;
        let old = number(&database, "SELECT max(sequence) FROM events");
        let store = Options::postgres(database.url().parse().unwrap());
        let service = open_service(store, service_options("http://127.0.0.1:8080", Clock::system())).await;
        let organization = NewOrganization { name: "acme".to_owned(), ..NewOrganization::default() };
        service.create_organization(&organization).await.unwrap();
        let webhook = NewWebhook {
            paused: false,
            url: receiver.url("/webhook"),
            types: "organization.member_added".parse().unwrap(),
            directory: None,
            format: enroll_domain::delivery::WebhookFormat::Events,
            unless_there: false,
        };
        service.create_webhook(&webhook).await.unwrap();
        let mapping = NewMapping {
            directory: "default".to_owned(),
            group: "Everyone".to_owned(),
            organization: "acme".to_owned(),
            role: None,
            allow_privileged: AllowPrivileged::No,
            paused: false,
        };
        service.add_mapping(&mapping).await.unwrap();
        let settings = ClientSettings {
            name: Some("app".to_owned()),
            redirect_uris: Some(vec!["https://app.example.com/".to_owned()]),
            logout_uri: Some(receiver.url("/logout")),
            ..ClientSettings::default()
        };
        let client = service.create_client(ClientKind::Public, &settings).await.unwrap().info.id.to_string();
        service.close().await;
        Self { database, receiver, old, client }
    }

    /// Sessions have ended; whoever has taken the messages has them until `until`.
    fn log_out(&self, until: i64) {
        let ids = (0..LOGOUTS).map(|number| format!("0199f000-0000-7000-8000-{number:012}"));
        let rows = ids.map(|id| format!("('{id}', '{}', '{id}', '{id}', 0, {until})", self.client));
        let rows = rows.collect::<Vec<_>>().join(", ");
        self.database.run(&format!("INSERT INTO client_logouts VALUES {rows}"));
    }

    fn is_done(&self) -> bool {
        let seen = self.receiver.times();
        let left = "SELECT (SELECT count(*) FROM retells) + (SELECT count(*) FROM client_logouts) \
                    + (SELECT count(*) FROM events WHERE sequence <= $OLD)";
        let left = left.replace("$OLD", &self.old.to_string());
        number(&self.database, &left) == 0
            && seen.len() == MEMBERS + 1 + DIRECTORIES.len()
            && seen.get("/logout") == Some(&LOGOUTS)
    }

    /// Waits until all of it is done, and a while longer; then nothing is done twice.
    async fn done_once(&self) -> Duration {
        let begun = Instant::now();
        while !self.is_done() {
            let waited = begun.elapsed();
            assert!(
                waited < Duration::from_secs(90),
                "{} requests in {waited:?}",
                self.receiver.times().len()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let took = begun.elapsed();
        tokio::time::sleep(Duration::from_secs(6)).await;
        let mut seen = self.receiver.times();
        assert_eq!(seen.remove("/logout"), Some(LOGOUTS), "each end of a session is told once");
        assert!(seen.values().all(|times| *times == 1), "each event, and each metadata: {seen:?}");
        let told = "SELECT count(*) || ' ' || count(DISTINCT data) FROM events WHERE type = 'organization.member_added'";
        assert_eq!(self.database.run(told), format!("{MEMBERS} {MEMBERS}"), "each member once");
        let gaps = "SELECT max(sequence) - min(sequence) + 1 - count(*) FROM events";
        assert_eq!(number(&self.database, gaps), 0);
        assert_eq!(number(&self.database, "SELECT min(sequence) FROM events"), self.old + 1);
        took
    }
}

fn number(database: &TestDatabase, sql: &str) -> i64 {
    database.run(sql).parse().unwrap()
}

/// The people of a group.
async fn people(server: &TestServer) {
    let mut connection = Connection::open(server.address).await.unwrap();
    let mut operations: Vec<Value> = (0..MEMBERS)
        .map(|number| {
            let data = json!({"schemas": [USER], "userName": format!("user-{number}@example.com")});
            json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": data})
        })
        .collect();
    let members: Vec<Value> =
        (0..MEMBERS).map(|number| json!({"value": format!("bulkId:{number}")})).collect();
    let group = json!({"schemas": [GROUP], "displayName": "Everyone", "members": members});
    operations.push(json!({"method": "POST", "path": "/Groups", "bulkId": "group", "data": group}));
    let bulk = json!({"schemas": [BULK], "Operations": operations});
    let answer = send(&mut connection, "POST", "/scim/v2/Bulk", &server.scim_token, &bulk).await;
    let done = answer.json();
    assert_eq!(answer.status, 200, "{done}");
    assert!(done["Operations"].as_array().unwrap().iter().all(|one| one["status"] == "201"), "{done}");
}

/// Connections whose metadata is fetched every day.
async fn connections(service: &Service, receiver: &Receiver) {
    let key = SigningKey::generate(KeyKind::P256);
    for directory in DIRECTORIES {
        if directory != "default" {
            service.create_directory(directory, &DirectorySettings::default()).await.unwrap();
        }
        let entity = format!("https://idp.example/{directory}");
        let settings = SsoSettings {
            metadata_url: Some(Some(receiver.url(&format!("/metadata/{directory}")))),
            metadata: Some(idp::metadata(&entity, "https://idp.example/sso", &[&key])),
            ..SsoSettings::default()
        };
        service.set_sso(directory, settings).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r24_work_that_waits_for_three_replicas_is_done_once() {
    let work = Work::prepare().await;
    work.log_out(0);
    let replicas = Replicas::on(Arc::clone(&work.database)).await;
    let took = work.done_once().await;
    println!("done after {took:?}");
    // Keys that are missing are made by the first who asks, who may be three.
    let mut connections = replicas.connect().await;
    work.database.run("DELETE FROM signing_keys");
    let [one, two, three] = &mut connections[..] else { panic!("three replicas") };
    let (one, two, three) = tokio::join!(keys(one), keys(two), keys(three));
    assert!(one == two && two == three && one["keys"].as_array().unwrap().len() == 2, "{one} {two} {three}");
    assert_eq!(number(&work.database, "SELECT count(*) FROM signing_keys"), 2);
    replicas.stop();
}

async fn keys(connection: &mut Connection) -> Value {
    send(connection, "GET", "/oidc/jwks", "", &Value::Null).await.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r24_what_a_dead_replica_has_taken_is_done_once_by_the_others_within_30_s() {
    let work = Work::prepare().await;
    let died = Instant::now();
    let until = Clock::system().now().checked_add(LEASE).unwrap().as_millisecond();
    for job in JOBS {
        work.database.run(&format!("INSERT INTO leases VALUES ('{job}', 'dead', {until})"));
    }
    work.log_out(until);
    let replicas = Replicas::on(Arc::clone(&work.database)).await;
    assert!(!work.is_done() && died.elapsed() < Duration::from_secs(18), "{:?}", died.elapsed());
    assert!(work.receiver.times().is_empty(), "it is the turn of the dead one still");
    let begun = died.elapsed();
    let took = begun + work.done_once().await;
    println!("done {took:?} after the death");
    assert!(took < Duration::from_secs(30), "{took:?}");
    replicas.stop();
}
