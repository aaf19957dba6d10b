//! Who manages whom goes by name from one instance into another (decision 0017), and what an import tells beside what came of a line.

use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Site, patch, user};
use crate::transfer::{export, import, outcomes, text};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn managed(site: &Site, user: &str, manager: &str) {
    let set = json!([{"op": "add", "path": format!("{ENTERPRISE}:manager"), "value": {"value": manager}}]);
    let done = site.send("PATCH", &format!("/scim/v2/Users/{user}"), &patch(&set)).await;
    assert_eq!(done.status, 200, "{}", done.text);
}

async fn id_of(site: &Site, name: &str) -> String {
    let found = site.get(&format!("/scim/v2/Users?filter=userName+eq+%22{name}%22")).await.body();
    found["Resources"][0]["id"].as_str().unwrap_or_default().to_owned()
}

/// The userName of somebody's manager, or the id that is nobody's.
async fn manager_of(site: &Site, name: &str) -> String {
    let user = site.get(&format!("/scim/v2/Users/{}", id_of(site, name).await)).await.body();
    let manager = user[ENTERPRISE]["manager"]["value"].as_str().unwrap_or_default().to_owned();
    if manager.is_empty() {
        return manager;
    }
    let found = site.get(&format!("/scim/v2/Users/{manager}")).await;
    if found.status == 200 { found.body()["userName"].as_str().unwrap().to_owned() } else { manager }
}

/// Ada is managed by Bob, who was made before her; Bob by Max, who was made after him; Max by himself; Eve by nobody who is here.
async fn furnished() -> Site {
    let site = Site::start().await;
    let (bob, ada) = (site.user("bob").await, site.user("ada").await);
    let (max, eve) = (site.user("max").await, site.user("eve").await);
    for (user, manager) in [(&ada, &bob), (&bob, &max), (&max, &max), (&eve, &"7-of-9".to_owned())] {
        managed(&site, user, manager).await;
    }
    site
}

/// Who is managed by whom in a file. Which of two users stands before the other is a matter of when they were made.
fn managers(lines: &[Value]) -> Vec<String> {
    let of = |user: &Value, manager: &Value| format!("{user} by {manager}");
    let mut found: Vec<String> = lines
        .iter()
        .filter_map(|line| match line["type"].as_str()? {
            "manager" => Some(of(&line["user"], &line["manager"])),
            "user" => Some(of(&line["resource"]["userName"], line.get("manager")?)),
            _ => None,
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_manager_is_exported_by_name_and_is_the_same_person_in_another_instance() {
    let site = furnished().await;
    let lines = export(&site).await;
    let file = text(&lines);
    assert_eq!(managers(&lines), [r#""ada" by "bob""#, r#""bob" by "max""#, r#""max" by "max""#]);
    for name in ["ada", "bob", "max"] {
        assert!(!file.contains(&id_of(&site, name).await), "no id is in the file: {file}");
    }
    let fresh = Site::start().await;
    fresh.user("before").await;
    let tried = import(&fresh, "?dryRun=true", file.clone()).await;
    let made = import(&fresh, "", file.clone()).await;
    assert_eq!(outcomes(&made), outcomes(&tried), "{} {}", made.text, tried.text);
    for (name, manager) in [("ada", "bob"), ("bob", "max"), ("max", "max"), ("eve", "7-of-9")] {
        assert_eq!(manager_of(&fresh, name).await, manager, "{name}");
    }
    assert!(
        made.body()["lines"].as_array().unwrap().iter().all(|line| line["outcome"] != "refused"),
        "{}",
        made.text
    );

    for query in ["", "?dryRun=true"] {
        let again = import(&fresh, query, file.clone()).await;
        assert!(outcomes(&again).iter().all(|(outcome, _)| outcome == "same"), "{}", again.text);
    }
    assert_eq!(managers(&export(&fresh).await), managers(&lines));
}

#[tokio::test]
async fn a_manager_who_is_another_one_now_is_changed_and_one_who_is_no_more_is_taken_away() {
    let site = furnished().await;
    let file = text(&export(&site).await);
    let fresh = Site::start().await;
    import(&fresh, "", file.clone()).await;
    let (ada, bob, max) =
        (id_of(&fresh, "ada").await, id_of(&fresh, "bob").await, id_of(&fresh, "max").await);
    managed(&fresh, &ada, &max).await;
    managed(&fresh, &bob, &ada).await;
    import(&fresh, "", file.clone()).await;
    assert_eq!(
        (manager_of(&fresh, "ada").await, manager_of(&fresh, "bob").await),
        ("bob".to_owned(), "max".to_owned())
    );
    // Who has no manager in the file has none afterwards: a line says all attributes.
    let nobody = format!("{}\n", json!({"type": "user", "resource": {"userName": "ada"}}));
    import(&fresh, "", nobody).await;
    assert_eq!(manager_of(&fresh, "ada").await, "");
}

#[tokio::test]
async fn a_manager_who_is_not_there_is_told_of() {
    let site = Site::start().await;
    let before = site.user("max").await;
    let gone = "0199c0de-0000-7000-8000-000000000000";
    let lines = [
        json!({"type": "user", "resource": {"userName": "ada"}, "manager": "nobody"}),
        json!({"type": "user", "resource": {"userName": "bob"}, "managerFollows": true}),
        json!({"type": "manager", "user": "bob", "manager": "nobody"}),
        json!({"type": "manager", "user": "nobody", "manager": "bob"}),
        // As a file had it before managers were named, and as somebody may write it.
        json!({"type": "user", "resource": {"userName": "eve", ENTERPRISE: {"manager": {"value": gone}}}}),
        json!({"type": "user", "resource": {"userName": "kim", ENTERPRISE: {"manager": {"value": before}}}}),
    ];
    let done = import(&site, "", text(&lines)).await.body();
    let told = |at: usize| {
        let line = &done["lines"][at];
        format!("{} {}", line["outcome"].as_str().unwrap(), line["detail"].as_str().unwrap_or_default())
    };
    assert!(told(0).starts_with("made") && told(0).contains("nobody"), "{done}");
    assert_eq!(told(1), "made ");
    assert!(told(2).starts_with("refused") && told(2).contains("nobody"), "{done}");
    assert!(told(3).starts_with("refused") && told(3).contains("nobody"), "{done}");
    assert!(told(4).starts_with("made") && told(4).contains(gone), "{done}");
    assert_eq!(told(5), "made ", "it is the id of a user of this directory");
    assert_eq!(manager_of(&site, "eve").await, gone, "it is kept");
    assert_eq!(
        (manager_of(&site, "ada").await, manager_of(&site, "kim").await),
        (String::new(), "max".to_owned())
    );
    let both = json!({"type": "user", "resource": user("ada"), "manager": "bob", "managerFollows": true});
    assert!(import(&site, "", text(&[both])).await.text.contains("managerFollows"));
    let group = json!({"type": "group", "resource": {"displayName": "g"}, "manager": "bob"});
    import(&site, "", text(&[group])).await.problem(400);
}

#[tokio::test]
async fn an_organization_that_is_reserved_to_other_directories_is_told_of_with_what_to_do() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    admin.send("POST", "/directories", &json!({"name": "other"})).await;
    admin
        .send(
            "POST",
            "/organizations",
            &json!({"name": "beta", "displayName": "beta", "directories": ["other"]}),
        )
        .await;
    let line = |reserved: bool, shown: &str| {
        format!(
            "{}\n",
            json!({
                "type": "organization", "name": "beta", "displayName": shown, "baseResourceRole": "write", "reserved": reserved
            })
        )
    };
    for (query, shown, outcome) in [
        ("?dryRun=true", "beta", "same"),
        ("", "beta", "same"),
        ("?dryRun=true", "Beta", "changed"),
        ("", "Beta", "changed"),
    ] {
        let done = import(&site, query, line(true, shown)).await.body();
        let (came, detail) =
            (&done["lines"][0]["outcome"], done["lines"][0]["detail"].as_str().unwrap_or_default());
        assert_eq!(came, outcome, "{done}");
        assert!(
            detail.contains("reserved to other")
                && detail.contains("enroll org set beta --directory other --directory default"),
            "{detail}"
        );
    }
    let set = admin.send("PATCH", "/organizations/beta", &json!({"directories": ["other", "default"]})).await;
    assert_eq!(set.status, 200, "{}", set.text);
    assert_eq!(import(&site, "", line(true, "Beta")).await.body()["lines"][0].get("detail"), None);
}
