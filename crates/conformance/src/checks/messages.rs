//! SCIM messages as a whole.

use crate::check::{Verdict, checks, ensure, fault, skip};
use crate::json::member;
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.1", "Background";
    Must "media-type-of-resources" of_resources "A resource is application/scim+json";
    Must "media-type-of-lists" of_lists "A list is application/scim+json";
    Must "media-type-of-errors" of_errors "An error is application/scim+json";
    Must "message-schemas-not-listed" message_schemas_not_listed "Schemas of messages are not in Schemas";
}

async fn is_scim(lab: &Lab, request: Request) -> Verdict {
    let answer = lab.send(request).await?;
    let media_type = answer.media_type();
    if media_type == "application/scim+json" {
        return Ok(());
    }
    fault(format!("the Content-Type of {} is {media_type:?}", answer.request()))
}

async fn of_resources(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    is_scim(lab, Request::get(&user.path)).await
}

async fn of_lists(lab: &Lab) -> Verdict {
    is_scim(lab, Request::get(lab.users()).query("count", "1")).await
}

async fn of_errors(lab: &Lab) -> Verdict {
    is_scim(lab, Request::get(format!("{}/{}", lab.users(), lab.name()))).await
}

async fn message_schemas_not_listed(lab: &Lab) -> Verdict {
    if lab.features.schemas.is_empty() {
        return skip("Schemas cannot be read");
    }
    for schema in &lab.features.schemas {
        let id = member(schema, "id").as_str().unwrap_or_default();
        ensure(!id.starts_with("urn:ietf:params:scim:api:messages:"), || format!("Schemas has {id}"))?;
    }
    Ok(())
}
