//! Whole runs against a small server that is right.

use std::sync::Mutex;

use crate::support::{Fault, Server, TOKEN};
use enroll_simulate::demo::{Target, week};
use enroll_simulate::{ExpectedState, Idp, Plan, Progress, Silent, Summary, run};

fn plan(idp: Idp, server: &Server, users: usize, groups: usize) -> Plan {
    let mut plan = Plan::new(idp, &*server.base_url, TOKEN);
    (plan.users, plan.groups) = (users, groups);
    plan
}

fn memberships(expected: &ExpectedState) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<_> =
        expected.groups.iter().map(|group| (group.display_name.clone(), group.members.clone())).collect();
    all.sort();
    all
}

fn held(server: &Server) -> Vec<(String, Vec<String>)> {
    let mut all = server.memberships();
    all.sort();
    all
}

fn active(server: &Server) -> Vec<(String, bool)> {
    let users = server.users();
    let pair = |user: &serde_json::Value| {
        (user["userName"].as_str().unwrap().to_owned(), user["active"].as_bool().unwrap())
    };
    let mut all: Vec<_> = users.iter().map(pair).collect();
    all.sort();
    all
}

fn expected_active(summary: &Summary) -> Vec<(String, bool)> {
    let users = &summary.expected.users;
    let mut all: Vec<_> = users.iter().map(|user| (user.user_name.clone(), user.active)).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_right_server_passes_every_check_and_ends_in_the_expected_state() {
    for idp in [Idp::Okta, Idp::Entra] {
        let server = Server::start(Fault::None).await;
        let summary = run(&plan(idp, &server, 130, 16), &Silent).await.unwrap();
        assert!(summary.is_clean(), "{summary}");
        assert_eq!(summary.skipped, Vec::<String>::new());
        assert_eq!(summary.requests.count, server.arrived().len());
        assert_eq!(memberships(&summary.expected), held(&server));
        assert_eq!(expected_active(&summary), active(&server));
        assert_eq!(summary.expected.users.iter().filter(|user| !user.active).count(), 1);
    }
}

#[tokio::test]
async fn a_second_run_links_what_is_there_and_ends_in_the_same_state() {
    for idp in [Idp::Okta, Idp::Entra] {
        let server = Server::start(Fault::None).await;
        let plan = plan(idp, &server, 12, 6);
        let first = run(&plan, &Silent).await.unwrap();
        let second = run(&plan, &Silent).await.unwrap();
        assert!(second.is_clean(), "{second}");
        assert_eq!(first.expected, second.expected);
        assert_eq!(memberships(&second.expected), held(&server));
    }
}

#[tokio::test]
async fn entra_leaves_the_members_alone_that_another_provider_put_into_a_group() {
    let server = Server::start(Fault::None).await;
    run(&plan(Idp::Okta, &server, 20, 4), &Silent).await.unwrap();
    let before = server.memberships();
    let summary = run(&plan(Idp::Entra, &server, 20, 4), &Silent).await.unwrap();
    assert!(summary.is_clean(), "{summary}");
    let after = server.memberships();
    for (group, members) in before {
        let now = &after.iter().find(|(name, _)| *name == group).expect("the group is there").1;
        assert!(members.iter().all(|member| now.contains(member)), "{group} lost members");
    }
}

#[tokio::test]
async fn very_small_companies_can_be_played_too() {
    for idp in [Idp::Okta, Idp::Entra] {
        for users in 0..4 {
            let server = Server::start(Fault::None).await;
            let summary = run(&plan(idp, &server, users, 2), &Silent).await.unwrap();
            assert!(summary.is_clean(), "{summary}");
            assert_eq!(memberships(&summary.expected), held(&server));
        }
    }
}

#[tokio::test]
async fn okta_never_deletes_users_and_entra_creates_groups_without_members() {
    let server = Server::start(Fault::None).await;
    run(&plan(Idp::Okta, &server, 5, 5), &Silent).await.unwrap();
    assert!(!server.arrived().iter().any(|a| a.method == "DELETE" && a.url.contains("/Users")));
    assert!(server.arrived().iter().any(|a| a.method == "DELETE" && a.url.contains("/Groups")));

    let server = Server::start(Fault::None).await;
    run(&plan(Idp::Entra, &server, 5, 5), &Silent).await.unwrap();
    let arrived = server.arrived();
    let mut created = arrived.iter().filter(|a| a.method == "POST" && a.url.ends_with("/Groups"));
    assert!(created.all(|a| a.body.as_ref().unwrap().get("members").is_none()));
    assert!(arrived.iter().any(|a| a.url.ends_with("?aadOptscim062020")));
}

#[tokio::test]
async fn headers_are_those_of_the_identity_provider() {
    let server = Server::start(Fault::None).await;
    run(&plan(Idp::Okta, &server, 1, 0), &Silent).await.unwrap();
    for arrived in server.arrived() {
        assert_eq!(arrived.headers["user-agent"], "Okta SCIM Client 1.0.0");
        assert_eq!(arrived.headers["accept"], "application/scim+json; charset=utf-8");
        let with_body = arrived.body.is_some();
        let media_type = arrived.headers.get("content-type").map(|value| value.to_str().unwrap());
        assert_eq!(media_type, with_body.then_some("application/scim+json; charset=utf-8"));
    }
}

#[derive(Debug, Default)]
struct Told(Mutex<Vec<(String, usize, usize, bool)>>);

impl Progress for Told {
    fn started(&self, label: &str, total: usize) {
        self.0.lock().unwrap().push((label.to_owned(), total, 0, false));
    }
    fn advanced(&self, label: &str, steps: usize) {
        let mut told = self.0.lock().unwrap();
        let stage = told.last_mut().unwrap();
        assert_eq!(stage.0, label);
        stage.2 += steps;
    }
    fn finished(&self, label: &str) {
        let mut told = self.0.lock().unwrap();
        let stage = told.last_mut().unwrap();
        assert_eq!(stage.0, label);
        stage.3 = true;
    }
}

#[tokio::test]
async fn progress_reaches_the_total_of_every_stage() {
    for idp in [Idp::Okta, Idp::Entra] {
        let server = Server::start(Fault::None).await;
        let told = Told::default();
        run(&plan(idp, &server, 9, 3), &told).await.unwrap();
        let told = told.0.into_inner().unwrap();
        assert!(told.len() >= 5);
        assert!(told.iter().all(|(_, total, done, finished)| total == done && *finished), "{told:?}");
    }
}

#[tokio::test]
async fn the_week_ends_in_the_expected_state_of_both_directories() {
    let (okta, entra) = (Server::start(Fault::None).await, Server::start(Fault::None).await);
    let mut week = week(&Target::new(&*okta.base_url, TOKEN), &Target::new(&*entra.base_url, TOKEN)).unwrap();
    let mut told = Vec::new();
    while let Some(scene) = week.upcoming() {
        let step = week.play_next().await.unwrap();
        assert_eq!(step.scene, scene);
        assert_eq!(step.failures, 0, "{scene}: {}", week.summaries().map(|s| s.to_string()).join("\n"));
        assert!(step.requests > 0, "{scene}");
        told.push(scene.to_string());
    }
    assert_eq!(told.len(), week.steps());
    insta::assert_snapshot!(told.join("\n"));
    let [at_okta, at_entra] = week.summaries();
    for (summary, server) in [(&at_okta, &okta), (&at_entra, &entra)] {
        assert!(summary.is_clean(), "{summary}");
        assert_eq!(memberships(&summary.expected), held(server));
        assert_eq!(expected_active(summary), active(server));
    }
    insta::assert_json_snapshot!([at_okta.expected, at_entra.expected]);
}

#[tokio::test]
async fn a_run_and_a_week_can_be_spawned() {
    let server = Server::start(Fault::None).await;
    let plan = plan(Idp::Entra, &server, 2, 1);
    let summary = tokio::spawn(async move { run(&plan, &Silent).await }).await.unwrap().unwrap();
    assert!(summary.is_clean(), "{summary}");
    let target = Target::new(&*server.base_url, TOKEN);
    let mut week = week(&target, &target).unwrap();
    let step = tokio::spawn(async move { week.play_next().await }).await.unwrap().unwrap();
    assert_eq!(step.failures, 0);
}
