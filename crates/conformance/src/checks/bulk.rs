//! Bulk.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::check::{Verdict, checks, ensure, fault, skip};
use crate::json::{at, elements, member, texts};
use crate::lab::Lab;
use crate::made::{below, id_in};
use crate::request::Request;
use crate::{specimen, urn};

checks! { 7644, "3.7", "Bulk Operations";
    Should "bulk-not-supported" not_supported "Where bulk is not supported it is 501";
    Must "bulk-results" results "Each operation has a result with method, bulkId, location and status";
    Must "bulk-changes" changes "PUT, PATCH and DELETE change what they name";
    Must "bulk-status-is-text" status_is_text "status of a result is a string";
    Must "bulk-reference" reference "bulkId: is replaced by the id of the new resource";
    Must "bulk-goes-on" goes_on "An operation that fails stops no other";
    Must "bulk-error-response" error_response "A failed operation has its error in response";
    Must "bulk-fail-on-errors" fail_on_errors "failOnErrors stops after that many errors";
    Must "bulk-circle" circle "A circle of references is resolved or 409";
    Must "bulk-too-many" too_many "More operations than maxOperations is 413";
}

async fn send(lab: &Lab, operations: &Value) -> Verdict<Answer> {
    lab.features.need("bulk")?;
    lab.send(Request::post("/Bulk", &json!({"schemas": [urn::BULK], "Operations": operations}))).await
}

async fn processed(lab: &Lab, operations: Value) -> Verdict<(Answer, Vec<Value>)> {
    let answer = send(lab, &operations).await?.object()?;
    let schemas = texts(answer.at("schemas"));
    ensure(schemas.contains(&urn::BULK_RESPONSE), || format!("schemas is {schemas:?}"))?;
    let results = elements(answer.at("Operations")).to_vec();
    Ok((answer, results))
}

fn post_user(lab: &Lab, bulk_id: &str) -> Value {
    json!({"method": "POST", "path": lab.users(), "bulkId": bulk_id, "data": lab.new_user()})
}

/// The status as text or number: one check is about that, the others are not.
fn status(result: &Value) -> String {
    let status = at(result, "status");
    let code = if status.is_object() { member(status, "code") } else { status };
    code.as_str().map_or_else(|| code.to_string(), str::to_owned)
}

async fn not_supported(lab: &Lab) -> Verdict {
    if lab.features.supports("bulk") {
        return skip("bulk is supported");
    }
    lab.send(Request::post("/Bulk", &json!({"schemas": [urn::BULK], "Operations": []})))
        .await?
        .expect(&[501])
        .map(drop)
}

async fn results(lab: &Lab) -> Verdict {
    let (_, results) = processed(lab, json!([post_user(lab, "one"), post_user(lab, "two")])).await?;
    ensure(results.len() == 2, || format!("{} results for 2 operations", results.len()))?;
    for bulk_id in ["one", "two"] {
        // A server may process in another order.
        let Some(result) = results.iter().find(|result| member(result, "bulkId") == bulk_id) else {
            return fault(format!("no result has the bulkId {bulk_id:?}"));
        };
        ensure(member(result, "method") == "POST", || format!("method is {}", member(result, "method")))?;
        ensure(status(result) == "201", || format!("status is {}", member(result, "status")))?;
        let location = member(result, "location");
        ensure(location.as_str().is_some_and(|url| url.contains(lab.users())), || {
            format!("location is {location}")
        })?;
    }
    Ok(())
}

async fn changes(lab: &Lab) -> Verdict {
    lab.features.need("bulk")?;
    lab.features.need("patch")?;
    let (put, patch, delete) = (lab.user().await?, lab.user().await?, lab.user().await?);
    let attribute = lab.text_attribute();
    let mut body = put.sent.clone();
    body[attribute] = json!("Inspector");
    let operation = json!({"op": "replace", "path": attribute, "value": "Inspector"});
    let operations = json!([
        {"method": "PUT", "path": put.path, "data": body},
        {"method": "PATCH", "path": patch.path, "data": {"schemas": [urn::PATCH], "Operations": [operation]}},
        {"method": "DELETE", "path": delete.path},
    ]);
    processed(lab, operations).await?;
    lab.read(&put.path).await?.equals(attribute, "Inspector")?;
    lab.read(&patch.path).await?.equals(attribute, "Inspector")?;
    lab.send(Request::get(&delete.path)).await?.expect(&[404]).map(drop)
}

async fn status_is_text(lab: &Lab) -> Verdict {
    let (_, results) = processed(lab, json!([post_user(lab, "one")])).await?;
    let status = results.first().map(|result| member(result, "status").clone()).unwrap_or_default();
    ensure(status == "201", || format!("status is {status} instead of \"201\""))
}

async fn reference(lab: &Lab) -> Verdict {
    let mut group = specimen::group(&lab.features, &lab.name());
    group["members"] = json!([{"value": "bulkId:ada"}]);
    let operations = json!([
        post_user(lab, "ada"),
        {"method": "POST", "path": lab.groups()?, "bulkId": "group", "data": group},
    ]);
    let (_, results) = processed(lab, operations).await?;
    let location = |bulk_id: &str| {
        let result = results.iter().find(|result| member(result, "bulkId") == bulk_id);
        result.map(|result| member(result, "location").clone()).unwrap_or_default()
    };
    let (user, group) = (location("ada"), location("group"));
    let Some(path) = group.as_str().and_then(|url| below(lab.base_url(), url)) else {
        return fault(format!("the group's location is {group}"));
    };
    lab.read(&path).await?.equals("members/0/value", id_in(&user).unwrap_or_default())
}

/// An operation that fails: there is no such user.
fn failing(lab: &Lab) -> Value {
    json!({"method": "DELETE", "path": format!("{}/{}", lab.users(), lab.name())})
}

async fn goes_on(lab: &Lab) -> Verdict {
    let (_, results) = processed(lab, json!([failing(lab), post_user(lab, "after")])).await?;
    let mut statuses: Vec<String> = results.iter().map(status).collect();
    statuses.sort_unstable();
    ensure(statuses == ["201", "404"], || format!("the statuses are {statuses:?} instead of 201 and 404"))
}

async fn error_response(lab: &Lab) -> Verdict {
    let (_, results) = processed(lab, json!([failing(lab)])).await?;
    let error = results.first().map(|result| member(result, "response").clone()).unwrap_or_default();
    let schemas = texts(member(&error, "schemas"));
    ensure(schemas.contains(&urn::ERROR), || format!("response of the failed operation is {error}"))
}

async fn fail_on_errors(lab: &Lab) -> Verdict {
    lab.features.need("bulk")?;
    let operations = json!([failing(lab), failing(lab), post_user(lab, "after")]);
    let body = json!({"schemas": [urn::BULK], "failOnErrors": 1, "Operations": operations});
    let answer = lab.send(Request::post("/Bulk", &body)).await?;
    let made = elements(answer.at("Operations")).iter().any(|result| status(result) == "201");
    ensure(!made, || "an operation after the first error was carried out, and failOnErrors was 1".to_owned())
}

async fn circle(lab: &Lab) -> Verdict {
    let group = |member_: &str| {
        let mut group = specimen::group(&lab.features, &lab.name());
        group["members"] = json!([{"value": format!("bulkId:{member_}"), "type": "Group"}]);
        group
    };
    let path = lab.groups()?;
    let operations = json!([
        {"method": "POST", "path": path, "bulkId": "one", "data": group("two")},
        {"method": "POST", "path": path, "bulkId": "two", "data": group("one")},
    ]);
    let answer = send(lab, &operations).await?.expect(&[200, 409])?;
    let statuses: Vec<String> = elements(answer.at("Operations")).iter().map(status).collect();
    ensure(statuses.iter().all(|status| status == "201" || status == "409"), || {
        format!("the statuses are {statuses:?} instead of 201 or 409")
    })
}

async fn too_many(lab: &Lab) -> Verdict {
    lab.features.need("bulk")?;
    let limit = at(&lab.features.config, "bulk/maxOperations").as_u64().unwrap_or_default();
    if limit == 0 || limit > 10_000 {
        return skip(format!("maxOperations is {limit}"));
    }
    let operations: Vec<Value> = (0..=limit).map(|_| failing(lab)).collect();
    send(lab, &Value::Array(operations)).await?.expect(&[413]).map(drop)
}
