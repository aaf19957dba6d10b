//! Error bodies.

use serde_json::json;

use crate::check::{Verdict, checks, ensure};
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.12", "HTTP Status and Error Response Handling";
    Must "error-of-unknown" of_unknown "404 has a SCIM error whose status is a string";
    Must "error-of-duplicate" of_duplicate "409 has a SCIM error";
    Must "error-of-bad-body" of_bad_body "400 for a body has a SCIM error";
    Must "error-of-bad-filter" of_bad_filter "400 for a filter has a SCIM error";
    Should "error-of-unknown-endpoint" of_unknown_endpoint "An endpoint that is none is 404 with a SCIM error";
    Should "error-of-wrong-method" of_wrong_method "A method that an endpoint has not is refused with a SCIM error";
    Should "error-detail" detail "An error says in detail what is wrong";
}

async fn of_unknown(lab: &Lab) -> Verdict {
    lab.send(Request::get(format!("{}/{}", lab.users(), lab.name()))).await?.expect(&[404])?.error_body()
}

async fn of_duplicate(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.send(Request::post(lab.users(), &user.sent)).await?.expect(&[409])?.error_body()
}

async fn of_bad_body(lab: &Lab) -> Verdict {
    let request = Request::post(lab.users(), &json!({})).raw("application/scim+json", "[");
    lab.send(request).await?.expect(&[400])?.error_body()
}

async fn of_bad_filter(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    lab.query(&[("filter", "userName")]).await?.expect(&[400])?.error_body()
}

async fn of_unknown_endpoint(lab: &Lab) -> Verdict {
    lab.send(Request::get("/NoSuchEndpoint")).await?.expect(&[404])?.error_body()
}

async fn of_wrong_method(lab: &Lab) -> Verdict {
    lab.send(Request::put(lab.users(), &json!({}))).await?.expect(&[404, 405, 501])?.error_body()
}

async fn detail(lab: &Lab) -> Verdict {
    let answer = lab.send(Request::get(format!("{}/{}", lab.users(), lab.name()))).await?;
    let detail = answer.at("detail");
    ensure(detail.as_str().is_some_and(|text| !text.is_empty()), || format!("detail is {detail}"))
}
