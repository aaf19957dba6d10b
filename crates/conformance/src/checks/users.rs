//! The User resource.

use serde_json::{Value, json};

use crate::check::{Verdict, checks, ensure, skip};
use crate::json::{assigned, elements, member, mentions};
use crate::lab::Lab;
use crate::request::Request;
use crate::urn;

checks! { 7643, "4.1", "\"User\" Resource Schema";
    Must "user-name-in-any-case" user_name_in_any_case "A userName that differs in its case only is taken";
    Must "user-active-is-a-boolean" active_is_a_boolean "active false comes back as the boolean false";
    Must "user-complex-kept" complex_kept "name comes back with its sub-attributes";
    Must "user-emails-kept" emails_kept "All e-mails come back with their types and the primary one";
    Must "user-one-primary" one_primary "No more than one value is primary";
    Must "user-password-never-returned" password_never_returned "password is in no answer, even when it is asked for";
    Must "user-groups-ignored" groups_ignored "groups in a POST is ignored: membership changes through groups";
    Should "user-groups-listed" groups_listed "groups lists the groups that the user is a member of";
}

async fn user_name_in_any_case(lab: &Lab) -> Verdict {
    let exact = lab.features.attribute(urn::USER, "userName").map(|known| member(known, "caseExact"));
    if exact.is_some_and(|exact| exact == true) {
        return skip("the server's schema says that userName is case-exact");
    }
    let user = lab.user().await?;
    let mut twin = lab.new_user();
    twin["userName"] = json!(user.sent["userName"].as_str().unwrap_or_default().to_uppercase());
    lab.send(Request::post(lab.users(), &twin)).await?.expect(&[409]).map(drop)
}

async fn active_is_a_boolean(lab: &Lab) -> Verdict {
    lab.features.need_attribute("active")?;
    let user = lab.user_with(&json!({"active": false})).await?;
    lab.read(&user.path).await?.equals("active", false)
}

async fn complex_kept(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/familyName")?;
    let user = lab.user().await?;
    let read = lab.read(&user.path).await?;
    read.equals("name/givenName", user.sent["name"]["givenName"].clone())?;
    read.equals("name/familyName", user.sent["name"]["familyName"].clone())
}

async fn emails_kept(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/type")?;
    let (work, home) =
        (format!("{}@work.example.com", lab.name()), format!("{}@home.example.com", lab.name()));
    let sent = json!([{"value": work, "type": "work", "primary": true}, {"value": home, "type": "home"}]);
    let user = lab.user_with(&json!({"emails": sent})).await?;
    let read = lab.read(&user.path).await?;
    let given = read.at("emails");
    for email in elements(&sent) {
        let same = elements(given).iter().find(|other| member(other, "value") == &email["value"]);
        ensure(same.is_some_and(|same| member(same, "type") == &email["type"]), || {
            format!("emails is {given} and has no {email}")
        })?;
        let primary = same.map(|same| member(same, "primary") == true).unwrap_or_default();
        ensure(primary == (email["primary"] == true), || format!("primary is wrong in emails, {given}"))?;
    }
    ensure(elements(given).len() == 2, || format!("emails is {given}, and two were sent"))
}

async fn one_primary(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/primary")?;
    let mut body = lab.new_user();
    let email = |kind: &str| json!({"value": format!("{}@{kind}.example.com", lab.name()), "type": kind, "primary": true});
    body["emails"] = json!([email("work"), email("home")]);
    let answer = lab.send(Request::post(lab.users(), &body)).await?.expect(&[201, 400])?;
    let primary =
        elements(answer.at("emails")).iter().filter(|email| member(email, "primary") == true).count();
    ensure(primary <= 1, || format!("{primary} e-mails are primary"))
}

async fn password_never_returned(lab: &Lab) -> Verdict {
    let secret = format!("Pa55-word-{}", lab.name());
    let mut body = lab.new_user();
    body["password"] = json!(secret);
    let user = lab.make_user(&body).await?;
    let mut answers = vec![("POST", user.body.clone())];
    for (how, path) in [
        ("GET", user.path.clone()),
        ("GET with attributes=password", format!("{}?attributes=password", user.path)),
        ("a list", format!("{}?attributes=password,userName&count=5", lab.users())),
    ] {
        answers.push((how, lab.send(Request::get(path)).await?.json().clone()));
    }
    answers.push(("PUT", lab.send(Request::put(&user.path, &body)).await?.json().clone()));
    for (how, answer) in answers {
        ensure(!mentions(&answer, &secret), || format!("the answer to {how} has the password"))?;
        // A hash is not for clients either.
        let listed = |value: &Value| !member(value, "password").is_null();
        ensure(!listed(&answer) && !elements(member(&answer, "Resources")).iter().any(listed), || {
            format!("the answer to {how} has the attribute password")
        })?;
    }
    Ok(())
}

async fn groups_ignored(lab: &Lab) -> Verdict {
    let group = lab.group(&[]).await?;
    let mut body = lab.new_user();
    body["groups"] = json!([{"value": group.id}]);
    let user = lab.make_user(&body).await?;
    let read = lab.read(&group.path).await?;
    let members = elements(read.at("members"));
    ensure(!members.iter().any(|member_| member(member_, "value") == user.id.as_str()), || {
        "the user is a member of the group".to_owned()
    })?;
    let given = lab.read(&user.path).await?;
    ensure(!assigned(given.at("groups")), || format!("groups is {}", given.at("groups")))
}

async fn groups_listed(lab: &Lab) -> Verdict {
    lab.features.need_attribute("groups")?;
    let user = lab.user().await?;
    let group = lab.group(&[&user]).await?;
    let read = lab.read(&user.path).await?;
    let given = read.at("groups");
    ensure(elements(given).iter().any(|listed| member(listed, "value") == group.id.as_str()), || {
        format!("groups is {given} and has not {}", group.id)
    })
}
