//! Lists.

use crate::check::{Verdict, checks, ensure};
use crate::json::{member, texts};
use crate::lab::Lab;
use crate::urn;

checks! { 7644, "3.4.2", "Query Resources";
    Must "list-response" response "A list is a ListResponse with totalResults";
    Must "list-resources" resources "Each resource of a list has its schemas and id";
    Must "list-no-match" no_match "A filter that matches nothing is 200 with totalResults 0";
    Must "list-partial" partial "A partial list has startIndex and itemsPerPage as numbers";
    Should "list-unknown-parameter" unknown_parameter "An unknown query parameter is ignored";
}

async fn response(lab: &Lab) -> Verdict {
    lab.people().await?;
    let listed = lab.query(&[]).await?.list()?;
    ensure(listed.total >= 3, || format!("totalResults is {}, and the run has made 3 users", listed.total))?;
    ensure(!listed.resources.is_empty(), || "totalResults is not 0, and Resources is empty".to_owned())
}

async fn resources(lab: &Lab) -> Verdict {
    lab.people().await?;
    for resource in lab.query(&[]).await?.list()?.resources {
        ensure(member(&resource, "id").is_string(), || {
            format!("a user has the id {}", member(&resource, "id"))
        })?;
        let schemas = texts(member(&resource, "schemas"));
        ensure(schemas.contains(&urn::USER), || format!("a user has the schemas {schemas:?}"))?;
    }
    Ok(())
}

async fn no_match(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    // On a server without users a filter that is ignored would find nobody either.
    lab.people().await?;
    let filter = format!("userName eq \"{}\"", lab.name());
    let listed = lab.query(&[("filter", &filter)]).await?.list()?;
    ensure(listed.total == 0 && listed.resources.is_empty(), || {
        format!("totalResults is {} with {} resources", listed.total, listed.resources.len())
    })
}

async fn partial(lab: &Lab) -> Verdict {
    lab.people().await?;
    let answer = lab.query(&[("startIndex", "1"), ("count", "1")]).await?.object()?;
    for name in ["startIndex", "itemsPerPage"] {
        let value = answer.at(name);
        ensure(value.is_u64(), || format!("{name} is {value}"))?;
    }
    Ok(())
}

async fn unknown_parameter(lab: &Lab) -> Verdict {
    lab.query(&[("favouriteTea", "Assam")]).await?.list().map(drop)
}
