//! Every write leaves its entry in the audit trail, and nothing else does (enrollment.md §6.3, §6.4; reliability R25).

mod admin;
mod people;
mod scim;
mod sessions;

use std::path::Path;

use enroll_domain::audit::Action;
use enroll_service::{AuditQuery, ChainedEntry, DirectorySettings, Service};
use serde_json::{Value, json};

use crate::site::{Site, group, user};

/// What has been written since somebody last asked.
struct Trail {
    service: Service,
    seen: i64,
}

impl Trail {
    async fn begin(service: &Service) -> Self {
        let mut trail = Self { service: service.clone(), seen: 0 };
        trail.news().await;
        trail
    }

    async fn news(&mut self) -> Vec<ChainedEntry> {
        let news = self.service.audit_page(self.seen, 1000).await.unwrap();
        self.seen = news.last().map_or(self.seen, |last| last.entry.sequence);
        news
    }

    /// The one new entry; gives who did it, and what has changed.
    async fn one(&mut self, action: &str, subject: &str) -> (String, Value) {
        let news = self.news().await;
        let [only] = news.as_slice() else { panic!("{action} {subject}: {news:#?}") };
        let entry = &only.entry;
        assert_eq!((entry.action.as_str(), entry.subject.as_str()), (action, subject));
        (entry.actor.clone(), serde_json::from_str(&entry.changes).unwrap())
    }

    async fn none(&mut self) {
        assert_eq!(self.news().await, []);
    }

    async fn actions(&mut self) -> Vec<String> {
        self.news().await.into_iter().map(|found| found.entry.action).collect()
    }
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

#[tokio::test]
async fn the_trail_is_asked_by_user_and_by_directory() {
    let site = Site::start().await;
    let (ada, _) = (site.user("ada").await, site.user("bob").await);
    let made = with(group("Web"), "members", json!([{"value": ada}]));
    assert_eq!(site.send("POST", "/scim/v2/Groups", &made).await.status, 201);
    site.service.create_directory("entra", &DirectorySettings::default()).await.unwrap();
    let ask = async |query: AuditQuery| {
        let found = site.service.audit_entries(query, 100).await.unwrap();
        found.into_iter().map(|found| found.entry.action).collect::<Vec<_>>()
    };
    let of_user = |name: &str| AuditQuery { user: Some(name.to_owned()), ..AuditQuery::default() };
    assert_eq!(ask(of_user("ada")).await, ["group.created", "user.created"]);
    let of_entra = AuditQuery { directory: Some("entra".to_owned()), ..AuditQuery::default() };
    assert_eq!(ask(of_entra).await, ["directory.created"]);
    assert_eq!(crate::site::reply(site.scim("DELETE", &format!("/scim/v2/Users/{ada}"))).await.status, 204);
    assert_eq!(ask(of_user(&ada)).await, ["user.deleted", "group.created", "user.created"]);
    assert_eq!(ask(of_user("ada")).await, ["user.deleted", "user.created"]);
}

#[tokio::test]
async fn reliability_r25_two_servers_at_once_leave_one_entry_for_each_change_and_no_gap() {
    let one = std::sync::Arc::new(Site::start().await);
    let other = std::sync::Arc::new(one.beside().await);
    let before = one.service.verify_audit(None).await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..40 {
        let site = std::sync::Arc::clone(if number % 2 == 0 { &one } else { &other });
        // Ten names, each asked for four times: one wins.
        tasks.push(tokio::spawn(async move {
            site.send("POST", "/scim/v2/Users", &user(&format!("user{}", number / 4))).await.status.as_u16()
        }));
    }
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    let made = statuses.iter().filter(|status| **status == 201).count();
    assert_eq!(made, 10, "{statuses:?}");
    let after = other.service.verify_audit(Some((before.sequence, before.hash))).await.unwrap();
    assert_eq!(after.broken, None);
    assert_eq!((after.entries - before.entries, after.sequence - before.sequence), (10, 10));
    let all = one.service.audit_page(before.sequence, 1000).await.unwrap();
    let mut names: Vec<_> = all.into_iter().map(|found| found.entry.subject).collect();
    names.sort();
    assert_eq!(names, (0..10).map(|number| format!("user{number}")).collect::<Vec<_>>());
}

#[test]
fn e6_3_each_action_of_the_trail_is_brought_about_by_a_test_here() {
    let tests = [
        include_str!("audit/admin.rs"),
        include_str!("audit/people.rs"),
        include_str!("audit/scim.rs"),
        include_str!("audit/sessions.rs"),
    ];
    let told = |action: &Action| tests.iter().any(|tests| tests.contains(&format!("\"{action}\"")));
    let missing: Vec<_> = Action::ALL.iter().filter(|action| !told(action)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Transactions that change nothing that an administrator would ask about, by the file and the reason.
const UNTOLD: [(&str, &str); 13] = [
    ("events.rs", "events are deleted after their time; the trail stays"),
    ("idempotency.rs", "what was answered to a request with a key"),
    ("leases.rs", "whose turn it is"),
    ("oidc/authorize.rs", "a code, which is told when it is used"),
    ("oidc/logout.rs", "what was sent to a client"),
    ("oidc/returns.rs", "where somebody wanted to go before signing in"),
    ("roles/retell.rs", "what follows from changes that are told"),
    ("scim/cursor.rs", "the key of cursors, made once"),
    ("session.rs", "the time of a token's last use"),
    ("sessions/authenticate.rs", "the time of a session's last use"),
    ("sign_in/begin.rs", "a begun sign-in, which is told when it ends"),
    ("sign_in/finish.rs", "Finishing tells; a response of a stranger is only kept in the log of sign-ins"),
    ("webhooks/deliver.rs", "how far a webhook has come; a pause is told"),
];

#[test]
fn e6_4_each_transaction_that_changes_something_writes_an_entry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../service/src");
    let (mut folders, mut transactions, mut untold) = (vec![root.clone()], 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            // What a method does up to the next one is its transaction.
            for method in source.split("fn ") {
                let begins = ["db().write(", "db.write(", ".write(move |tx|"];
                if begins.iter().any(|begin| method.contains(begin)) {
                    transactions += 1;
                    let told = ["scribe", "creation.link(tx)", "patch.", "replacement.", "by_code(tx"];
                    if !told.iter().any(|word| method.contains(word)) {
                        untold.push(name.clone());
                    }
                }
            }
        }
    }
    untold.sort();
    untold.dedup();
    assert!(transactions > 15, "only {transactions} transactions were found: does the test still read them?");
    let allowed: Vec<_> = UNTOLD.iter().map(|(name, _)| *name).collect();
    assert_eq!(untold, allowed, "a transaction without an entry");
}
