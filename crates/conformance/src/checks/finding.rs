//! Filters over the three people of a run.

use crate::check::{Verdict, ensure};
use crate::lab::Lab;

/// The filter with `{p}` for what the people's userNames begin with, and `{t}` for the optional text attribute.
pub(super) async fn filter_for(lab: &Lab, filter: &str) -> Verdict<String> {
    let people = lab.people().await?;
    Ok(filter.replace("{p}", &people.prefix).replace("{t}", lab.text_attribute()))
}

/// Exactly these people are found, such as `ada cid`.
pub(super) async fn found(lab: &Lab, filter: &str, wanted: &str) -> Verdict {
    lab.features.need("filter")?;
    let people = lab.people().await?;
    let filter = filter_for(lab, filter).await?;
    let listed = lab.query(&[("filter", &filter)]).await?.list()?;
    let names = people.names(&listed.ids());
    let mut sorted: Vec<&str> = names.split(' ').filter(|name| !name.is_empty()).collect();
    sorted.sort_unstable();
    ensure(sorted.join(" ") == wanted, || {
        let given = if sorted.is_empty() { "nobody".to_owned() } else { sorted.join(" ") };
        let wanted = if wanted.is_empty() { "nobody" } else { wanted };
        format!("the filter {filter} finds {given} instead of {wanted}")
    })
}

/// The filter is refused with 400 `invalidFilter`.
pub(super) async fn refused(lab: &Lab, filter: &str) -> Verdict {
    lab.features.need("filter")?;
    lab.query(&[("filter", filter)]).await?.expect(&[400])?.scim_type("invalidFilter")
}
