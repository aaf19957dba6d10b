//! ETag and conditions.

use serde_json::json;

use crate::check::{Verdict, checks, ensure, fault, skip};
use crate::lab::{Lab, Made};
use crate::request::Request;

checks! { 7644, "3.14", "Versioning Resources";
    Must "etag-header" header "GET of one resource has an ETag";
    Must "etag-form" form "ETag is an entity tag: quoted, weak with W/";
    Should "etag-in-meta" in_meta "ETag is equal to meta.version";
    Must "etag-moves" moves "A change gives another version";
    Must "etag-not-modified" not_modified "GET with the version in If-None-Match is 304 with nothing";
    Must "etag-modified" modified "GET with another version in If-None-Match is 200";
    Must "etag-put-mismatch" put_mismatch "PUT with another version in If-Match is 412 and changes nothing";
    Must "etag-put-match" put_match "PUT with the version in If-Match succeeds";
    Must "etag-patch-mismatch" patch_mismatch "PATCH with another version in If-Match is 412 and changes nothing";
    Should "etag-delete-mismatch" delete_mismatch "DELETE with another version in If-Match is 412";
}

const OTHER: &str = "W/\"no-such-version\"";

/// A user and its version; skips the check where versions are not supported.
async fn versioned(lab: &Lab) -> Verdict<(Made, String)> {
    lab.features.need("etag")?;
    let user = lab.user().await?;
    match lab.read(&user.path).await?.header("etag") {
        Some(version) => Ok((user, version.to_owned())),
        None => skip("GET has no ETag"),
    }
}

async fn header(lab: &Lab) -> Verdict {
    lab.features.need("etag")?;
    let user = lab.user().await?;
    let read = lab.read(&user.path).await?;
    ensure(read.header("etag").is_some(), || format!("{} has no ETag", read.request()))
}

async fn form(lab: &Lab) -> Verdict {
    let (_, version) = versioned(lab).await?;
    let tag = version.strip_prefix("W/").unwrap_or(&version);
    let quoted = tag.len() >= 2 && tag.starts_with('"') && tag.ends_with('"');
    ensure(quoted, || format!("ETag is {version}"))
}

async fn in_meta(lab: &Lab) -> Verdict {
    let (user, version) = versioned(lab).await?;
    lab.read(&user.path).await?.equals("meta/version", version)
}

async fn change(lab: &Lab, user: &Made, if_match: Option<&str>) -> Verdict<crate::answer::Answer> {
    let mut body = user.sent.clone();
    body[lab.text_attribute()] = json!("Inspector");
    let request = Request::put(&user.path, &body);
    lab.send(match if_match {
        Some(version) => request.header("if-match", version),
        None => request,
    })
    .await
}

async fn moves(lab: &Lab) -> Verdict {
    let (user, version) = versioned(lab).await?;
    change(lab, &user, None).await?.expect(&[200])?;
    let after = lab.read(&user.path).await?;
    ensure(after.header("etag").is_some_and(|after| after != version), || format!("ETag is still {version}"))
}

async fn not_modified(lab: &Lab) -> Verdict {
    let (user, version) = versioned(lab).await?;
    let answer = lab.send(Request::get(&user.path).header("if-none-match", version)).await?.expect(&[304])?;
    ensure(answer.text().is_empty(), || "304 has a body".to_owned())
}

async fn modified(lab: &Lab) -> Verdict {
    let (user, _) = versioned(lab).await?;
    lab.send(Request::get(&user.path).header("if-none-match", OTHER)).await?.object().map(drop)
}

/// The status of a refused condition is 412; Table 8 names 409 for it too.
const MISMATCH: &[u16] = &[412, 409];

async fn unchanged(lab: &Lab, user: &Made, version: &str) -> Verdict {
    let after = lab.read(&user.path).await?;
    if after.header("etag") == Some(version) { Ok(()) } else { fault("the resource has changed") }
}

async fn put_mismatch(lab: &Lab) -> Verdict {
    let (user, version) = versioned(lab).await?;
    change(lab, &user, Some(OTHER)).await?.expect(MISMATCH)?;
    unchanged(lab, &user, &version).await
}

async fn put_match(lab: &Lab) -> Verdict {
    let (user, version) = versioned(lab).await?;
    change(lab, &user, Some(&version)).await?.expect(&[200]).map(drop)
}

async fn patch_mismatch(lab: &Lab) -> Verdict {
    lab.features.need("patch")?;
    let (user, version) = versioned(lab).await?;
    let operation = json!({"op": "replace", "path": lab.text_attribute(), "value": "Inspector"});
    let body = json!({"schemas": [crate::urn::PATCH], "Operations": [operation]});
    lab.send(Request::patch(&user.path, &body).header("if-match", OTHER)).await?.expect(MISMATCH)?;
    unchanged(lab, &user, &version).await
}

async fn delete_mismatch(lab: &Lab) -> Verdict {
    let (user, version) = versioned(lab).await?;
    lab.send(Request::delete(&user.path).header("if-match", OTHER)).await?.expect(MISMATCH)?;
    unchanged(lab, &user, &version).await
}
