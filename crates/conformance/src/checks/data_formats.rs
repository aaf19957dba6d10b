//! JSON, UTF-8 and Accept.

use serde_json::json;

use crate::check::{Verdict, checks, ensure};
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.8", "Data Input/Output Formats";
    Must "accept-scim" accept_scim "Accept: application/scim+json is honoured";
    Should "accept-json" accept_json "Accept: application/json is honoured with JSON";
    Must "accept-anything" accept_anything "Without a wish the answer is application/scim+json";
    Must "utf-eight" utf_eight "Text in UTF-8 comes back as it was sent";
    Should "content-type-charset" charset "Content-Type with charset=utf-8 is accepted";
    Note "content-type-json" content_type_json "A body as application/json is accepted, as Okta sends it";
    Note "content-type-other" content_type_other "A body of another kind is 415";
}

async fn media_type(lab: &Lab, accept: Option<&'static str>) -> Verdict<String> {
    let user = lab.user().await?;
    Ok(lab.send(Request::get(&user.path).accept(accept)).await?.object()?.media_type())
}

async fn accept_scim(lab: &Lab) -> Verdict {
    let given = media_type(lab, Some("application/scim+json")).await?;
    ensure(given == "application/scim+json", || format!("Content-Type is {given:?}"))
}

async fn accept_json(lab: &Lab) -> Verdict {
    let given = media_type(lab, Some("application/json")).await?;
    ensure(["application/json", "application/scim+json"].contains(&given.as_str()), || {
        format!("Content-Type is {given:?}")
    })
}

async fn accept_anything(lab: &Lab) -> Verdict {
    let given = media_type(lab, None).await?;
    ensure(given == "application/scim+json", || format!("Content-Type is {given:?}"))
}

async fn utf_eight(lab: &Lab) -> Verdict {
    let text = "Zoë Ångström 日本語 🦉";
    let user = lab.user_with(&json!({lab.text_attribute(): text})).await?;
    lab.read(&user.path).await?.equals(lab.text_attribute(), text)
}

async fn created_as(lab: &Lab, content_type: &'static str) -> Verdict {
    let body = lab.new_user().to_string();
    let request = Request::post(lab.users(), &json!({})).raw(content_type, body);
    lab.send(request).await?.expect(&[201]).map(drop)
}

async fn charset(lab: &Lab) -> Verdict {
    created_as(lab, "application/scim+json; charset=utf-8").await
}

async fn content_type_json(lab: &Lab) -> Verdict {
    created_as(lab, "application/json").await
}

async fn content_type_other(lab: &Lab) -> Verdict {
    let body = lab.new_user().to_string();
    lab.send(Request::post(lab.users(), &json!({})).raw("text/plain", body)).await?.expect(&[415]).map(drop)
}
