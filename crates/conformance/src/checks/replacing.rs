//! PUT.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::check::{Verdict, checks, ensure, fault};
use crate::json::assigned;
use crate::lab::{Lab, Made};
use crate::request::Request;

checks! { 7644, "3.5.1", "Replacing with PUT";
    Must "put-answer" answer "A replaced resource is 200 with the whole resource";
    Must "put-replaces" replaces "Values that are given replace those that were there";
    Must "put-null-clears" null_clears "null clears an attribute";
    Must "put-empty-array-clears" empty_array_clears "An empty array clears an attribute";
    Must "put-id-ignored" id_ignored "An id in the body is ignored";
    Must "put-meta-ignored" meta_ignored "meta in the body is ignored";
    Must "put-echo" echo "What was read can be put back";
    Must "put-unknown" unknown "PUT of an unknown id is 404 and creates nothing";
    Should "put-required-missing" required_missing "PUT without userName is 400";
    Should "put-duplicate" duplicate "A userName that is taken is 409 uniqueness";
    Must "put-no-json" no_json "A body that is no JSON is 400 and changes nothing";
}

async fn put(lab: &Lab, user: &Made, body: &Value) -> Verdict<Answer> {
    lab.send(Request::put(&user.path, body)).await
}

/// What the user was made of, with another value.
fn changed(user: &Made, attribute: &str, value: Value) -> Value {
    let mut body = user.sent.clone();
    body[attribute] = value;
    body
}

async fn answer(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let answer =
        put(lab, &user, &changed(&user, lab.text_attribute(), json!("Inspector"))).await?.object()?;
    answer.equals("id", user.id)?;
    answer.equals("userName", user.sent["userName"].clone())?;
    answer.equals(lab.text_attribute(), "Inspector")
}

async fn replaces(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let name = format!("{}@example.com", lab.name());
    put(lab, &user, &changed(&user, "userName", json!(name))).await?.expect(&[200])?;
    lab.read(&user.path).await?.equals("userName", name)
}

async fn clears(lab: &Lab, attribute: &str, old: Value, cleared: Value) -> Verdict {
    let user = lab.user_with(&json!({attribute: old})).await?;
    put(lab, &user, &changed(&user, attribute, cleared)).await?.expect(&[200])?;
    let read = lab.read(&user.path).await?;
    ensure(!assigned(read.at(attribute)), || format!("{attribute} is still {}", read.at(attribute)))
}

async fn null_clears(lab: &Lab) -> Verdict {
    clears(lab, lab.text_attribute(), json!("Inspector"), Value::Null).await
}

async fn empty_array_clears(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails")?;
    let emails = json!([{"value": format!("{}@example.com", lab.name()), "type": "work"}]);
    clears(lab, "emails", emails, json!([])).await
}

async fn id_ignored(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    put(lab, &user, &changed(&user, "id", json!(lab.name()))).await?.expect(&[200])?.equals("id", user.id)
}

async fn meta_ignored(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let meta = json!({"resourceType": "Group", "created": "1999-12-31T23:59:59Z"});
    let created = lab.read(&user.path).await?.at("meta/created").clone();
    put(lab, &user, &changed(&user, "meta", meta)).await?.expect(&[200])?;
    lab.read(&user.path).await?.equals("meta/created", created)
}

async fn echo(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let read = lab.read(&user.path).await?;
    put(lab, &user, read.json()).await?.expect(&[200])?;
    let after = lab.read(&user.path).await?;
    for name in ["userName", "displayName", "emails", "name", "active"] {
        after.equals(name, read.at(name).clone())?;
    }
    Ok(())
}

async fn unknown(lab: &Lab) -> Verdict {
    let body = lab.new_user();
    let answer = lab.send(Request::put(format!("{}/{}", lab.users(), lab.name()), &body)).await?;
    answer.expect(&[404])?;
    if lab.features.supports("filter") {
        let filter = format!("userName eq {}", body["userName"]);
        let listed = lab.query(&[("filter", &filter)]).await?.list()?;
        ensure(listed.total == 0, || "the user of the refused PUT is there".to_owned())?;
    }
    Ok(())
}

async fn required_missing(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let mut body = user.sent.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("userName");
    }
    put(lab, &user, &body).await?.expect(&[400]).map(drop)
}

async fn duplicate(lab: &Lab) -> Verdict {
    let (user, other) = (lab.user().await?, lab.user().await?);
    let answer = put(lab, &user, &changed(&user, "userName", other.sent["userName"].clone())).await?;
    answer.expect(&[409])?.scim_type("uniqueness")
}

async fn no_json(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let before = lab.read(&user.path).await?;
    let request = Request::put(&user.path, &Value::Null).raw("application/scim+json", "{\"userName\": ");
    lab.send(request).await?.expect(&[400])?;
    let after = lab.read(&user.path).await?;
    if before.json() == after.json() { Ok(()) } else { fault("the resource has changed") }
}
