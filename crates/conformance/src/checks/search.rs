//! POST .search.

use serde_json::{Value, json};

use super::finding::filter_for;
use crate::answer::Listed;
use crate::check::{Verdict, checks, ensure, skip};
use crate::json::member;
use crate::lab::Lab;
use crate::request::Request;
use crate::urn;

checks! { 7644, "3.4.3", "Querying Resources Using HTTP POST";
    Should "search-supported" supported "POST .search below the users answers with a list";
    Must "search-filter" filter "filter of a search finds as the query parameter does";
    Must "search-attributes" attributes "attributes of a search is an array";
    Must "search-excluded-attributes" excluded "excludedAttributes of a search is an array";
    Must "search-paging" paging "startIndex and count of a search page";
    Must "search-bad-filter" bad_filter "A bad filter of a search is 400 invalidFilter";
    Should "search-at-root" at_root "POST .search at the base URL covers users and groups";
}

/// Skips the check where the server has no search.
async fn search(lab: &Lab, path: &str, mut body: Value) -> Verdict<crate::answer::Answer> {
    body["schemas"] = json!([urn::SEARCH]);
    let answer = lab.send(Request::post(path, &body)).await?;
    if matches!(answer.status(), 404 | 405 | 501) {
        return skip(format!("the server has no search ({} answered {})", answer.request(), answer.status()));
    }
    Ok(answer)
}

async fn users(lab: &Lab, mut body: Value) -> Verdict<Listed> {
    lab.features.need("filter")?;
    body["filter"] = json!(filter_for(lab, r#"userName sw "{p}""#).await?);
    search(lab, &format!("{}/.search", lab.users()), body).await?.list()
}

async fn supported(lab: &Lab) -> Verdict {
    let request =
        Request::post(format!("{}/.search", lab.users()), &json!({"schemas": [urn::SEARCH], "count": 1}));
    lab.send(request).await?.list().map(drop)
}

async fn filter(lab: &Lab) -> Verdict {
    let listed = users(lab, json!({})).await?;
    ensure(listed.total == 3, || format!("totalResults is {} instead of 3", listed.total))
}

async fn attributes(lab: &Lab) -> Verdict {
    for user in users(lab, json!({"attributes": ["userName", "active"]})).await?.resources {
        ensure(member(&user, "userName").is_string(), || "userName was asked for and is missing".to_owned())?;
        ensure(member(&user, "id").is_string(), || "id is missing".to_owned())?;
        ensure(member(&user, "emails").is_null(), || "emails was not asked for and is there".to_owned())?;
    }
    Ok(())
}

async fn excluded(lab: &Lab) -> Verdict {
    for user in users(lab, json!({"excludedAttributes": ["emails", "name"]})).await?.resources {
        ensure(member(&user, "userName").is_string(), || "userName is missing".to_owned())?;
        for name in ["emails", "name"] {
            ensure(member(&user, name).is_null(), || format!("{name} was excluded and is there"))?;
        }
    }
    Ok(())
}

async fn paging(lab: &Lab) -> Verdict {
    let listed = users(lab, json!({"startIndex": 2, "count": 1})).await?;
    ensure(listed.total == 3 && listed.resources.len() == 1, || {
        format!(
            "totalResults is {} with {} resources instead of 3 with 1",
            listed.total,
            listed.resources.len()
        )
    })
}

async fn bad_filter(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    let answer =
        search(lab, &format!("{}/.search", lab.users()), json!({"filter": "userName regex"})).await?;
    answer.expect(&[400])?.scim_type("invalidFilter")
}

async fn at_root(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    let (user, group) = (lab.user().await?, lab.group(&[]).await?);
    let filter = format!("id eq \"{}\" or id eq \"{}\"", user.id, group.id);
    let listed = search(lab, "/.search", json!({"filter": filter})).await?.list()?;
    let ids = listed.ids();
    ensure(ids.len() == 2 && ids.contains(&user.id.as_str()) && ids.contains(&group.id.as_str()), || {
        format!("{ids:?} is found instead of the user {} and the group {}", user.id, group.id)
    })
}
