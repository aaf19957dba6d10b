//! POST.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::check::{Verdict, checks, ensure, fault};
use crate::json::assigned;
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.3", "Creating Resources";
    Must "create-status" status "A new resource is 201";
    Must "create-location" location "Location is there and equal to meta.location";
    Should "create-body" body "The answer is the new resource";
    Must "create-id-ignored" id_ignored "An id from the client is ignored";
    Must "create-meta-ignored" meta_ignored "meta from the client is ignored";
    Must "create-null" null_is_unassigned "null means unassigned";
    Must "create-duplicate" duplicate "A userName that is taken is 409 with scimType uniqueness";
    Must "create-required-missing" required_missing "A user without userName is 400";
    Should "create-required-missing-type" required_missing_type "A user without userName is refused with scimType invalidValue";
    Must "create-no-json" no_json "A body that is no JSON is 400";
    Should "create-no-json-type" no_json_type "A body that is no JSON is refused with scimType invalidSyntax";
    Should "create-wrong-type" wrong_type "A value of the wrong type is 400";
    Note "create-unknown-attribute" unknown_attribute "An attribute that the schema has not is ignored";
}

async fn post(lab: &Lab, body: &Value) -> Verdict<Answer> {
    lab.send(Request::post(lab.users(), body)).await
}

async fn status(lab: &Lab) -> Verdict {
    post(lab, &lab.new_user()).await?.expect(&[201]).map(drop)
}

async fn location(lab: &Lab) -> Verdict {
    let answer = post(lab, &lab.new_user()).await?.expect(&[201])?;
    let Some(location) = answer.header("location") else { return fault("201 has no Location") };
    ensure(answer.at("meta/location") == location, || {
        format!("Location is {location:?} and meta.location {}", answer.at("meta/location"))
    })
}

async fn body(lab: &Lab) -> Verdict {
    let body = lab.new_user();
    let answer = post(lab, &body).await?.expect(&[201])?;
    answer.equals("userName", body["userName"].clone())?;
    ensure(answer.at("id").is_string(), || format!("id is {}", answer.at("id")))
}

async fn id_ignored(lab: &Lab) -> Verdict {
    let mut body = lab.new_user();
    let id = lab.name();
    body["id"] = json!(id);
    let answer = post(lab, &body).await?.expect(&[201])?;
    ensure(answer.at("id") != id.as_str(), || "the id is the one that the client sent".to_owned())
}

async fn meta_ignored(lab: &Lab) -> Verdict {
    let mut body = lab.new_user();
    body["meta"] = json!({"resourceType": "Group", "created": "1999-12-31T23:59:59Z"});
    let answer = post(lab, &body).await?.expect(&[201])?;
    for (path, sent) in [("meta/resourceType", "Group"), ("meta/created", "1999-12-31T23:59:59Z")] {
        ensure(answer.at(path) != sent, || format!("{} is what the client sent", path.replace('/', ".")))?;
    }
    Ok(())
}

async fn null_is_unassigned(lab: &Lab) -> Verdict {
    let mut body = lab.new_user();
    let attribute = lab.text_attribute();
    body[attribute] = Value::Null;
    let answer = post(lab, &body).await?.expect(&[201])?;
    ensure(!assigned(answer.at(attribute)), || format!("{attribute} is {}", answer.at(attribute)))
}

async fn duplicate(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let mut twin = lab.new_user();
    twin["userName"] = user.sent["userName"].clone();
    post(lab, &twin).await?.expect(&[409])?.scim_type("uniqueness")
}

async fn without_user_name(lab: &Lab) -> Verdict<Answer> {
    let mut body = lab.new_user();
    if let Some(members) = body.as_object_mut() {
        members.remove("userName");
    }
    post(lab, &body).await?.expect(&[400])
}

async fn required_missing(lab: &Lab) -> Verdict {
    without_user_name(lab).await.map(drop)
}

async fn required_missing_type(lab: &Lab) -> Verdict {
    without_user_name(lab).await?.scim_type("invalidValue")
}

async fn broken(lab: &Lab) -> Verdict<Answer> {
    let request = Request::post(lab.users(), &Value::Null).raw("application/scim+json", "{\"userName\": ");
    lab.send(request).await?.expect(&[400])
}

async fn no_json(lab: &Lab) -> Verdict {
    broken(lab).await.map(drop)
}

async fn no_json_type(lab: &Lab) -> Verdict {
    broken(lab).await?.scim_type("invalidSyntax")
}

async fn wrong_type(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name")?;
    let mut body = lab.new_user();
    body["name"] = json!(["Ada"]);
    post(lab, &body).await?.expect(&[400]).map(drop)
}

async fn unknown_attribute(lab: &Lab) -> Verdict {
    let mut body = lab.new_user();
    body["favouriteTea"] = json!("Assam");
    let answer = post(lab, &body).await?.expect(&[201])?;
    ensure(answer.at("favouriteTea").is_null(), || "favouriteTea comes back, and no schema has it".to_owned())
}
