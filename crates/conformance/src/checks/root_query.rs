//! Queries at the base URL.

use crate::check::{Verdict, checks, ensure, skip};
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.4.2.1", "Query Endpoints";
    Must "root-all-types" all_types "A query at the base URL covers users and groups";
    Must "root-resource-type" by_resource_type "meta.resourceType narrows a query at the base URL";
}

/// The ids that a filter at the base URL finds; skips the check where the server has no such query.
async fn found(lab: &Lab, filter: &str) -> Verdict<Vec<String>> {
    lab.features.need("filter")?;
    let answer = lab.send(Request::get("/").query("filter", filter)).await?;
    if matches!(answer.status(), 401 | 403 | 404 | 405 | 501) || answer.at("scimType") == "tooMany" {
        return skip(format!("the server has no query at the base URL ({})", answer.status()));
    }
    Ok(answer.list()?.ids().into_iter().map(str::to_owned).collect())
}

async fn all_types(lab: &Lab) -> Verdict {
    let (user, group) = (lab.user().await?, lab.group(&[]).await?);
    let found = found(lab, &format!("id eq \"{}\" or id eq \"{}\"", user.id, group.id)).await?;
    ensure(found.len() == 2 && found.contains(&user.id) && found.contains(&group.id), || {
        format!("{found:?} is found instead of the user {} and the group {}", user.id, group.id)
    })
}

async fn by_resource_type(lab: &Lab) -> Verdict {
    let (user, group) = (lab.user().await?, lab.group(&[]).await?);
    let filter =
        format!("meta.resourceType eq \"Group\" and (id eq \"{}\" or id eq \"{}\")", user.id, group.id);
    let found = found(lab, &filter).await?;
    ensure(found == [group.id.clone()], || format!("{found:?} is found instead of {}", group.id))
}
