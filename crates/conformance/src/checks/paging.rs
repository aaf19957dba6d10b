//! startIndex and count.

use serde_json::Value;

use super::finding::filter_for;
use crate::answer::Listed;
use crate::check::{Verdict, checks, ensure, skip};
use crate::json::at;
use crate::lab::Lab;

checks! { 7644, "3.4.2.4", "Pagination";
    Must "page-count-zero" count_zero "count 0 gives totalResults and no resources";
    Must "page-count-negative" count_negative "A negative count means 0";
    Must "page-count-kept" count_kept "No page has more resources than count";
    Must "page-start-zero" start_zero "startIndex 0 means 1";
    Must "page-start-negative" start_negative "A negative startIndex means 1";
    Must "page-numbers" numbers "totalResults is of all pages, startIndex and itemsPerPage are of this one";
    Should "page-partition" partition "Pages together give each user once";
    Note "page-beyond-end" beyond_end "A page beyond the end is empty, with the true totalResults";
    Should "page-large-count" large_count "A count above the server's limit is cut to it and no error";
    Note "page-count-no-number" count_no_number "A count that is no number is 400";
}

/// Skips the check where only cursors are supported (RFC 9865 §4).
fn need_index(lab: &Lab) -> Verdict {
    if at(&lab.features.config, "pagination/index") == &Value::Bool(false) {
        return skip("ServiceProviderConfig says that index pagination is not supported");
    }
    lab.features.need("filter")
}

/// A page of the three people, in the order of userName where the server sorts.
async fn page(lab: &Lab, parameters: &[(&str, &str)]) -> Verdict<(Listed, Value)> {
    need_index(lab)?;
    let filter = filter_for(lab, r#"userName sw "{p}""#).await?;
    let mut all = vec![("filter", filter.as_str())];
    if lab.features.supports("sort") {
        all.push(("sortBy", "userName"));
    }
    all.extend_from_slice(parameters);
    let answer = lab.query(&all).await?.object()?;
    let whole = answer.json().clone();
    Ok((answer.list()?, whole))
}

async fn is_empty(lab: &Lab, parameters: &[(&str, &str)]) -> Verdict {
    let (listed, _) = page(lab, parameters).await?;
    ensure(listed.total == 3 && listed.resources.is_empty(), || {
        format!(
            "totalResults is {} with {} resources instead of 3 with none",
            listed.total,
            listed.resources.len()
        )
    })
}

async fn count_zero(lab: &Lab) -> Verdict {
    is_empty(lab, &[("count", "0")]).await
}

async fn count_negative(lab: &Lab) -> Verdict {
    is_empty(lab, &[("count", "-1")]).await
}

async fn count_kept(lab: &Lab) -> Verdict {
    let (listed, _) = page(lab, &[("count", "2")]).await?;
    ensure(listed.resources.len() <= 2, || format!("{} resources with count 2", listed.resources.len()))
}

async fn begins_at_one(lab: &Lab, start: &str) -> Verdict {
    let (wanted, _) = page(lab, &[("startIndex", "1"), ("count", "1")]).await?;
    let (given, whole) = page(lab, &[("startIndex", start), ("count", "1")]).await?;
    ensure(given.ids() == wanted.ids(), || {
        format!("startIndex {start} gives another user than startIndex 1")
    })?;
    ensure(at(&whole, "startIndex") == 1, || {
        format!("startIndex in the answer is {}", at(&whole, "startIndex"))
    })
}

async fn start_zero(lab: &Lab) -> Verdict {
    begins_at_one(lab, "0").await
}

async fn start_negative(lab: &Lab) -> Verdict {
    begins_at_one(lab, "-7").await
}

async fn numbers(lab: &Lab) -> Verdict {
    let (listed, whole) = page(lab, &[("startIndex", "2"), ("count", "1")]).await?;
    ensure(listed.total == 3, || format!("totalResults is {} instead of 3", listed.total))?;
    for (name, wanted) in [("startIndex", 2), ("itemsPerPage", listed.resources.len())] {
        ensure(at(&whole, name) == &Value::from(wanted), || {
            format!("{name} is {} instead of {wanted}", at(&whole, name))
        })?;
    }
    Ok(())
}

async fn partition(lab: &Lab) -> Verdict {
    let people = lab.people().await?;
    let mut seen = Vec::new();
    for start in ["1", "2", "3"] {
        let (listed, _) = page(lab, &[("startIndex", start), ("count", "1")]).await?;
        seen.push(people.names(&listed.ids()));
    }
    seen.sort_unstable();
    ensure(seen == ["ada", "ben", "cid"], || format!("three pages of one user give {seen:?}"))
}

async fn beyond_end(lab: &Lab) -> Verdict {
    is_empty(lab, &[("startIndex", "10"), ("count", "5")]).await
}

async fn large_count(lab: &Lab) -> Verdict {
    let (listed, _) = page(lab, &[("count", "1000000")]).await?;
    ensure(listed.resources.len() == 3, || format!("{} resources instead of 3", listed.resources.len()))
}

async fn count_no_number(lab: &Lab) -> Verdict {
    lab.query(&[("count", "many")]).await?.expect(&[400]).map(drop)
}
