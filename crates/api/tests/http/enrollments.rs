//! Organizations reserved to directories, and default enrollment: enrollment.md §1.5, §3.11.

use enroll_domain::Scope;
use enroll_service::{Error, SessionDetails};
use serde_json::{Value, json};

use crate::admin::{Caller, without_causes};
use crate::sessions;
use crate::site::{Site, patch};

async fn with_two_directories(site: &Site) -> Caller<'_> {
    let admin = Caller::admin(site).await;
    admin.send("POST", "/directories", &json!({"name": "other"})).await;
    admin
}

fn of(directory: &str, organization: &str) -> Value {
    json!({"directory": directory, "group": "Staff", "organization": organization})
}

#[tokio::test]
async fn e1_5_another_directory_cannot_be_mapped_to_a_reserved_organization() {
    let site = Site::start().await;
    let admin = with_two_directories(&site).await;
    let new = json!({"name": "beta", "directories": ["other", "other"]});
    let made = admin.send("POST", "/organizations", &new).await;
    assert_eq!(
        (made.status.as_u16(), &made.body()["directories"]),
        (201, &json!(["other"])),
        "{}",
        made.text
    );
    admin.send("POST", "/organizations/beta/resources", &json!({"name": "web"})).await;
    let mut to_resource = of("default", "beta");
    to_resource["resource"] = json!("web");
    for refused in [of("default", "beta"), to_resource] {
        let detail = admin.send("POST", "/mappings", &refused).await.problem(409);
        assert!(
            detail.contains("reserved to the directories other") && detail.contains("default"),
            "{detail}"
        );
    }
    let enroll = json!({"defaultEnrollment": {"organization": "beta"}});
    admin.send("PATCH", "/directories/default", &enroll).await.problem(409);
    assert_eq!(admin.send("POST", "/mappings", &of("other", "beta")).await.status, 201);
    let change = json!({"directories": []});
    for _ in 0..2 {
        let opened = admin.send("PATCH", "/organizations/beta", &change).await.body();
        assert_eq!((&opened["directories"], &opened["version"]), (&json!([]), &json!(2)));
    }
    assert_eq!(admin.send("POST", "/mappings", &of("default", "beta")).await.status, 201);
}

#[tokio::test]
async fn e1_5_an_organization_is_not_reserved_while_others_give_roles_there() {
    let site = Site::start().await;
    let admin = with_two_directories(&site).await;
    let reserve = json!({"directories": ["other"]});
    let refused = async || {
        let detail = admin.send("PATCH", "/organizations/acme", &reserve).await.problem(409);
        assert!(detail.contains("the directory default"), "{detail}");
    };
    let mapping = admin.send("POST", "/mappings", &of("default", "acme")).await.body();
    refused().await;
    admin.delete(&format!("/mappings/{}", mapping["id"].as_str().unwrap())).await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "web"})).await;
    let mut to_resource = of("default", "acme");
    to_resource["resource"] = json!("web");
    let mapping = admin.send("POST", "/mappings", &to_resource).await.body();
    refused().await;
    admin.delete(&format!("/mappings/{}", mapping["id"].as_str().unwrap())).await;
    let enroll = json!({"defaultEnrollment": {"organization": "acme"}});
    assert_eq!(admin.send("PATCH", "/directories/default", &enroll).await.status, 200);
    refused().await;
    assert_eq!(
        admin.send("PATCH", "/directories/default", &json!({"defaultEnrollment": null})).await.status,
        200
    );
    assert_eq!(admin.send("PATCH", "/organizations/acme", &reserve).await.status, 200);
    let detail = admin.delete("/directories/other").await.problem(409);
    assert!(detail.contains("reserved"), "{detail}");
    admin.send("PATCH", "/organizations/acme", &json!({"directories": ["none"]})).await.problem(404);
    let many = json!({"directories": vec!["other"; 101]});
    assert!(admin.send("PATCH", "/organizations/acme", &many).await.problem(400).contains("100"));
}

#[tokio::test]
async fn e3_11_a_directory_has_a_default_enrollment_of_one_organization_and_role() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    assert_eq!(admin.get("/directories/default").await.body()["defaultEnrollment"], Value::Null);
    for (enrollment, set) in [
        (json!({"organization": "acme"}), json!({"organization": "acme", "role": "member"})),
        (
            json!({"organization": "acme", "role": "writer"}),
            json!({"organization": "acme", "role": "writer"}),
        ),
        (
            json!({"organization": "acme", "role": "owner", "allowPrivileged": true}),
            json!({"organization": "acme", "role": "owner"}),
        ),
    ] {
        let changed =
            admin.send("PATCH", "/directories/default", &json!({"defaultEnrollment": enrollment})).await;
        assert_eq!(changed.body()["defaultEnrollment"], set, "{}", changed.text);
    }
    for (enrollment, status) in [
        (json!({"organization": "acme", "role": "admin"}), 400),
        (json!({"organization": "acme", "role": "write"}), 400),
        (json!({"organization": "none"}), 404),
        (json!({}), 400),
    ] {
        let body = json!({"defaultEnrollment": enrollment});
        let detail = admin.send("PATCH", "/directories/default", &body).await.problem(status);
        assert!(enrollment["role"] != "admin" || detail.contains("allowPrivileged"), "{detail}");
    }
    admin.delete("/organizations/acme").await.problem(409);
    admin.send("PATCH", "/directories/default", &json!({"defaultEnrollment": null})).await;
    assert_eq!(admin.delete("/organizations/acme").await.status, 204);
}

/// Signs a user in, as the last step of every sign-in does, and gives the grant that she has from sign-ins.
async fn sign_in(admin: &Caller<'_>, id: &str) -> Result<Option<Value>, Error> {
    sessions::open(admin.site, id, SessionDetails::default()).await?;
    let grant = admin.get(&format!("/organizations/acme/grants/{id}?kind=jit")).await;
    Ok((grant.status == 200).then(|| grant.body()))
}

async fn enroll(admin: &Caller<'_>, role: &str) {
    let enrollment = json!({"defaultEnrollment": {"organization": "acme", "role": role}});
    assert_eq!(admin.send("PATCH", "/directories/default", &enrollment).await.status, 200);
}

async fn enroll_nobody(admin: &Caller<'_>) {
    admin.send("PATCH", "/directories/default", &json!({"defaultEnrollment": null})).await;
}

#[tokio::test]
async fn e3_11_a_user_is_enrolled_at_the_first_sign_in_and_kept_until_an_admin_takes_it_back() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ann").await;
    assert_eq!(sign_in(&admin, &id).await.unwrap(), None, "the directory enrolls nobody");
    enroll(&admin, "writer").await;
    let given = sign_in(&admin, &id).await.unwrap().unwrap();
    assert_eq!(
        (&given["kind"], &given["grantedBy"]),
        (&json!("jit"), &json!("default enrollment of default"))
    );
    let why = admin.get("/explain?user=ann&organization=acme").await.body();
    assert_eq!(without_causes(&why), json!([{"kind": "jit", "role": "writer"}]));
    // Another default, or none, takes nothing away; the next sign-in gives nothing more.
    enroll(&admin, "member").await;
    assert_eq!(sign_in(&admin, &id).await.unwrap().unwrap(), given);
    enroll_nobody(&admin).await;
    assert_eq!(admin.get("/check?user=ann&organization=acme").await.body()["role"], "writer");
    assert_eq!(site.service.verify().await.unwrap().findings, []);

    let path = "/organizations/acme/grants/ann";
    admin.get(path).await.problem(404);
    admin.delete(path).await.problem(404);
    assert_eq!(admin.get(&format!("{path}?kind=jit")).await.body()["kind"], "jit");
    assert_eq!(admin.get("/organizations/acme/grants").await.body()["grants"][0]["kind"], "jit");
    admin.get(&format!("{path}?kind=group")).await.problem(400);
    assert_eq!(admin.delete(&format!("{path}?kind=jit")).await.status, 204);
    enroll(&admin, "member").await;
    assert_eq!(sign_in(&admin, &id).await.unwrap(), None, "it does not come back");
    assert_eq!(admin.get("/check?user=ann&organization=acme").await.body()["allowed"], false);

    // A deleted user's new account is another user.
    crate::site::reply(site.scim("DELETE", &format!("/scim/v2/Users/{id}"))).await;
    let again = site.user("ann").await;
    assert!(sign_in(&admin, &again).await.unwrap().is_some());
    assert!(sign_in(&admin, &id).await.is_err());
    // What is noted of those who are gone is in nobody's way.
    admin.delete(&format!("{path}?kind=jit")).await;
    enroll_nobody(&admin).await;
    assert_eq!(admin.delete("/organizations/acme").await.status, 204);
}

#[tokio::test]
async fn e2_3_a_deactivated_user_is_not_enrolled() {
    let site = Site::start().await;
    let admin = Caller::with(&site, Scope::Admin).await;
    let id = site.user("ann").await;
    let off = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    site.send("PATCH", &format!("/scim/v2/Users/{id}"), &off).await;
    enroll(&admin, "member").await;
    assert!(sign_in(&admin, &id).await.is_err());
    assert_eq!(admin.get("/organizations/acme/grants").await.body(), json!({"grants": []}));
}

#[tokio::test]
async fn e3_11_many_first_sign_ins_at_once_give_one_grant() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ann").await.parse().unwrap();
    let directory = sessions::directory(&site).await;
    enroll(&admin, "member").await;
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let service = site.service.clone();
        tasks.push(tokio::spawn(async move {
            service.open_session(id, directory, SessionDetails::default()).await.unwrap()
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(admin.get("/organizations/acme/grants").await.body()["grants"].as_array().unwrap().len(), 1);
    let told = admin.get("/audit?action=grant.added").await.body();
    assert_eq!(told["entries"].as_array().unwrap().len(), 1, "{told}");
}

#[tokio::test]
async fn e3_10_e6_3_what_a_sign_in_gives_is_given_by_the_person_with_the_request_of_the_sign_in() {
    let site = crate::saml::site(&json!({})).await;
    let admin = Caller::admin(&site).await;
    site.user("ada@example.com").await;
    enroll(&admin, "member").await;
    let done = crate::saml::Browser::new(&site).sign_in(|_| {}).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let entry = async |action: &str| {
        let found = admin.get(&format!("/audit?action={action}")).await.body();
        found["entries"][0].clone()
    };
    let (signed_in, added) = (entry("user.signed_in").await, entry("grant.added").await);
    assert_eq!(added["actor"], signed_in["actor"], "{added}");
    assert_eq!((&added["actor"], &added["actorKind"]), (&json!("ada@example.com"), &json!("user")));
    assert_eq!(added["requestId"], done.header("x-request-id").unwrap());
    assert_eq!(added["time"], signed_in["time"], "one transaction has one time");
    let why = admin.get("/explain?user=ada&organization=acme").await.body();
    assert!(why.to_string().contains(done.header("x-request-id").unwrap()), "{why}");
}
