//! sortBy and sortOrder.

use super::finding::filter_for;
use crate::check::{Verdict, checks, ensure, skip};
use crate::json::member;
use crate::lab::Lab;
use crate::urn;

checks! { 7644, "3.4.2.3", "Sorting";
    Must "sort-ascending" ascending "sortBy orders ascending when nothing else is said";
    Must "sort-descending" descending "sortOrder descending turns the order";
    Must "sort-name-in-any-case" name_in_any_case "sortBy takes the name in any case";
    Must "sort-sub-attribute" sub_attribute "sortBy takes a sub-attribute";
    Must "sort-folded" folded "Text that is not case-exact is ordered without regard to case";
    Must "sort-missing-last" missing_last "Users without a value are last when ascending";
    Must "sort-missing-first" missing_first "Users without a value are first when descending";
}

async fn sorted(lab: &Lab, sort: &[(&str, &str)], wanted: &str) -> Verdict {
    lab.features.need("sort")?;
    lab.features.need("filter")?;
    let people = lab.people().await?;
    let filter = filter_for(lab, r#"userName sw "{p}""#).await?;
    let mut parameters = vec![("filter", filter.as_str())];
    parameters.extend_from_slice(sort);
    let listed = lab.query(&parameters).await?.list()?;
    let given = people.names(&listed.ids());
    ensure(given == wanted, || format!("the order by {sort:?} is {given:?} instead of {wanted:?}"))
}

/// The text attribute, which Cid has not; skips the check where it is one that everybody has.
fn optional(lab: &Lab) -> Verdict<&'static str> {
    match lab.text_attribute() {
        "displayName" => skip("the server's User schema has no optional text attribute"),
        attribute => Ok(attribute),
    }
}

async fn ascending(lab: &Lab) -> Verdict {
    sorted(lab, &[("sortBy", "userName")], "ada ben cid").await
}

async fn descending(lab: &Lab) -> Verdict {
    sorted(lab, &[("sortBy", "userName"), ("sortOrder", "descending")], "cid ben ada").await
}

async fn name_in_any_case(lab: &Lab) -> Verdict {
    sorted(lab, &[("sortBy", "USERNAME"), ("sortOrder", "descending")], "cid ben ada").await
}

async fn sub_attribute(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/givenName")?;
    sorted(lab, &[("sortBy", "name.givenName"), ("sortOrder", "descending")], "cid ben ada").await
}

async fn folded(lab: &Lab) -> Verdict {
    let attribute = optional(lab)?;
    if lab.features.attribute(urn::USER, attribute).is_some_and(|known| member(known, "caseExact") == true) {
        return skip(format!("the server's schema says that {attribute} is case-exact"));
    }
    // Ada has `alpha`, Ben `Beta`: by code point B comes before a.
    sorted(lab, &[("sortBy", attribute)], "ada ben cid").await
}

async fn missing_last(lab: &Lab) -> Verdict {
    let attribute = optional(lab)?;
    let order = sorted(lab, &[("sortBy", attribute)], "ada ben cid").await;
    let by_code_point = sorted(lab, &[("sortBy", attribute)], "ben ada cid").await;
    order.or(by_code_point)
}

async fn missing_first(lab: &Lab) -> Verdict {
    let attribute = optional(lab)?;
    let sort = [("sortBy", attribute), ("sortOrder", "descending")];
    let order = sorted(lab, &sort, "cid ben ada").await;
    let by_code_point = sorted(lab, &sort, "cid ada ben").await;
    order.or(by_code_point)
}
