//! id, externalId and meta.

use std::time::Duration;

use serde_json::{Value, json};

use super::date_time::is_date_time;
use crate::check::{Verdict, checks, ensure, fault, skip};
use crate::json::{assigned, at, member, texts};
use crate::lab::Lab;
use crate::made::below;
use crate::request::Request;
use crate::urn;

checks! { 7643, "3.1", "Common Attributes";
    Must "resource-schemas" schemas "schemas names the core schema, and only what the resource type lists";
    Must "id-is-a-string" id_is_a_string "id is a non-empty string without the word bulkId";
    Must "id-is-unique" id_is_unique "No two resources have the same id";
    Must "external-id-not-invented" external_id_not_invented "externalId comes from the client only";
    Should "external-id-kept" external_id_kept "externalId comes back as it was sent, in its case";
    Must "meta-resource-type" resource_type "meta.resourceType is the name of the resource type";
    Must "meta-dates" dates "meta.created and meta.lastModified are dateTimes, and equal at first";
    Must "meta-last-modified-moves" last_modified_moves "meta.lastModified moves with a change, meta.created does not";
    Must "meta-location" location "meta.location is the URL of the resource";
}

async fn schemas(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let given = texts(member(&user.body, "schemas"));
    ensure(given.contains(&urn::USER), || format!("schemas is {given:?} and has no {:?}", urn::USER))?;
    let mut once = given.clone();
    once.sort_unstable();
    once.dedup();
    ensure(once.len() == given.len(), || format!("schemas is {given:?} and names one twice"))?;
    if lab.features.resource_types.is_empty() {
        return Ok(());
    }
    let extensions = lab.features.extensions(urn::USER);
    let listed = |uri: &str| uri == urn::USER || extensions.iter().any(|(known, _)| *known == uri);
    ensure(given.iter().all(|uri| listed(uri)), || {
        format!("schemas is {given:?} and names what the resource type does not list")
    })
}

async fn id_is_a_string(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let id = member(&user.body, "id");
    ensure(id.as_str().is_some_and(|id| !id.is_empty() && !id.contains("bulkId")), || format!("id is {id}"))
}

async fn id_is_unique(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    ensure(one.id != other.id, || format!("two users have the id {}", one.id))
}

async fn external_id_not_invented(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let read = lab.read(&user.path).await?;
    let given = read.at("externalId");
    ensure(!assigned(given), || format!("externalId is {given}, and none was sent"))
}

async fn external_id_kept(lab: &Lab) -> Verdict {
    let external = format!("{}-AbC", lab.name());
    let user = lab.user_with(&json!({"externalId": external})).await?;
    lab.read(&user.path).await?.equals("externalId", external)
}

async fn resource_type(lab: &Lab) -> Verdict {
    let name =
        lab.features.resource_type(urn::USER).map_or(json!("User"), |known| member(known, "name").clone());
    let user = lab.user().await?;
    lab.read(&user.path).await?.equals("meta/resourceType", name)
}

fn date<'v>(resource: &'v Value, path: &str) -> Verdict<&'v str> {
    match at(resource, path).as_str() {
        Some(text) if is_date_time(text) => Ok(text),
        _ => fault(format!("{} is {} and no dateTime", path.replace('/', "."), at(resource, path))),
    }
}

async fn dates(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let read = lab.read(&user.path).await?;
    let (created, modified) = (date(read.json(), "meta/created")?, date(read.json(), "meta/lastModified")?);
    ensure(created == modified, || {
        format!("meta.created is {created} and meta.lastModified {modified}, and nothing has changed")
    })
}

async fn last_modified_moves(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let before = lab.read(&user.path).await?;
    // A server may keep whole seconds.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let mut body = user.sent.clone();
    body[lab.text_attribute()] = json!("Inspector");
    lab.send(Request::put(&user.path, &body)).await?.expect(&[200])?;
    let after = lab.read(&user.path).await?;
    after.equals("meta/created", before.at("meta/created").clone())?;
    let modified = date(after.json(), "meta/lastModified")?;
    ensure(before.at("meta/lastModified") != modified, || format!("meta.lastModified is still {modified}"))
}

async fn location(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let read = lab.read(&user.path).await?;
    let Some(location) = read.at("meta/location").as_str() else {
        return fault(format!("meta.location is {}", read.at("meta/location")));
    };
    let Some(path) = below(lab.base_url(), location) else {
        // The token goes nowhere else; behind a proxy the server may know itself by another name.
        return skip(format!("meta.location {location:?} is not below the base URL of this run"));
    };
    lab.read(&path).await?.equals("id", user.id)
}
