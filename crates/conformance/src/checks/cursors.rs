//! Cursor-based pagination.

use serde_json::{Value, json};

use super::finding::filter_for;
use crate::answer::Answer;
use crate::check::{Verdict, checks, ensure, fault, skip};
use crate::json::{at, elements, member};
use crate::lab::Lab;
use crate::request::Request;
use crate::urn;

checks! { 9865, "2", "Query Parameters and Response Attributes";
    Must "cursor-config" config "pagination says of cursor and index whether they are supported";
    Must "cursor-first-page" first_page "An empty cursor gives the first page, with nextCursor and no previousCursor";
    Must "cursor-characters" characters "A cursor has unreserved characters only";
    Must "cursor-pages" pages "Pages together give each user once, and only the last has no nextCursor";
    Must "cursor-count-kept" count_kept "No page has more resources than count";
    Must "cursor-count-zero" count_zero "count 0 gives no resources";
    Should "cursor-invalid" invalid "A cursor that is none is 400 invalidCursor";
    Must "cursor-in-search" in_search "A search takes a cursor too";
}

fn need_cursors(lab: &Lab) -> Verdict {
    if at(&lab.features.config, "pagination/cursor") != &Value::Bool(true) {
        return skip("ServiceProviderConfig does not say that cursors are supported");
    }
    lab.features.need("filter")
}

async fn page(lab: &Lab, cursor: &str, count: &str) -> Verdict<Answer> {
    need_cursors(lab)?;
    let filter = filter_for(lab, r#"userName sw "{p}""#).await?;
    lab.query(&[("filter", &filter), ("cursor", cursor), ("count", count)]).await
}

async fn config(lab: &Lab) -> Verdict {
    let pagination = member(&lab.features.config, "pagination");
    if pagination.is_null() {
        return skip("ServiceProviderConfig has no pagination");
    }
    for method in ["cursor", "index"] {
        let supported = member(pagination, method);
        ensure(supported.is_boolean(), || format!("pagination.{method} is {supported}"))?;
    }
    Ok(())
}

async fn first_page(lab: &Lab) -> Verdict {
    let answer = page(lab, "", "1").await?.object()?;
    ensure(answer.at("nextCursor").is_string(), || format!("nextCursor is {}", answer.at("nextCursor")))?;
    let previous = answer.at("previousCursor");
    ensure(previous.is_null(), || format!("the first page has the previousCursor {previous}"))
}

async fn characters(lab: &Lab) -> Verdict {
    let answer = page(lab, "", "1").await?.object()?;
    let Some(cursor) = answer.at("nextCursor").as_str() else { return fault("there is no nextCursor") };
    let right = cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    ensure(right && !cursor.is_empty(), || format!("nextCursor is {cursor:?}"))
}

async fn pages(lab: &Lab) -> Verdict {
    let people = lab.people().await?;
    let mut names = Vec::new();
    let mut cursor = String::new();
    // More turns than users: a server may give fewer than count.
    for _ in 0..10 {
        let answer = page(lab, &cursor, "1").await?.object()?;
        let next = answer.at("nextCursor").as_str().map(str::to_owned);
        names.extend(answer.list()?.ids().iter().map(|id| people.names(&[id])));
        match next {
            Some(next) => cursor = next,
            None => {
                names.sort_unstable();
                return ensure(names == ["ada", "ben", "cid"], || format!("the pages give {names:?}"));
            }
        }
    }
    fault("there is no last page: after ten pages of three users there is still a nextCursor")
}

async fn count_kept(lab: &Lab) -> Verdict {
    let answer = page(lab, "", "2").await?.object()?;
    let given = elements(answer.at("Resources")).len();
    ensure(given <= 2, || format!("{given} resources with count 2"))
}

async fn count_zero(lab: &Lab) -> Verdict {
    let answer = page(lab, "", "0").await?.object()?;
    let given = elements(answer.at("Resources")).len();
    ensure(given == 0, || format!("{given} resources with count 0"))
}

async fn invalid(lab: &Lab) -> Verdict {
    page(lab, "no-cursor-of-this-server", "1").await?.expect(&[400])?.scim_type("invalidCursor")
}

async fn in_search(lab: &Lab) -> Verdict {
    need_cursors(lab)?;
    let filter = filter_for(lab, r#"userName sw "{p}""#).await?;
    let body = json!({"schemas": [urn::SEARCH], "filter": filter, "cursor": "", "count": 1});
    let answer = lab.send(Request::post(format!("{}/.search", lab.users()), &body)).await?.object()?;
    ensure(answer.at("nextCursor").is_string(), || format!("nextCursor is {}", answer.at("nextCursor")))
}
