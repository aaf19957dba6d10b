//! DELETE.

use serde_json::json;

use crate::check::{Verdict, checks, ensure};
use crate::lab::{Lab, Made};
use crate::request::Request;
use crate::urn;

checks! { 7644, "3.6", "Deleting Resources";
    Must "delete-status" status "A deleted resource is 204 with nothing";
    Must "delete-then-get" then_get "GET of a deleted resource is 404";
    Must "delete-then-put" then_put "PUT of a deleted resource is 404";
    Must "delete-then-patch" then_patch "PATCH of a deleted resource is 404";
    Must "delete-then-delete" then_delete "DELETE of a deleted resource is 404";
    Must "delete-not-listed" not_listed "No query finds a deleted resource";
    Should "delete-then-create" then_create "The userName of a deleted user is free again";
    Must "delete-unknown" unknown "DELETE of an unknown id is 404";
}

async fn deleted(lab: &Lab) -> Verdict<Made> {
    let user = lab.user().await?;
    lab.send(Request::delete(&user.path)).await?.expect(&[200, 204])?;
    Ok(user)
}

async fn status(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let answer = lab.send(Request::delete(&user.path)).await?.expect(&[204])?;
    ensure(answer.text().is_empty(), || format!("204 has the body {:?}", answer.text()))
}

async fn then_get(lab: &Lab) -> Verdict {
    let user = deleted(lab).await?;
    lab.send(Request::get(&user.path)).await?.expect(&[404]).map(drop)
}

async fn then_put(lab: &Lab) -> Verdict {
    let user = deleted(lab).await?;
    lab.send(Request::put(&user.path, &user.sent)).await?.expect(&[404]).map(drop)
}

async fn then_patch(lab: &Lab) -> Verdict {
    lab.features.need("patch")?;
    let user = deleted(lab).await?;
    let operation = json!({"op": "replace", "path": lab.text_attribute(), "value": "x"});
    let body = json!({"schemas": [urn::PATCH], "Operations": [operation]});
    lab.send(Request::patch(&user.path, &body)).await?.expect(&[404]).map(drop)
}

async fn then_delete(lab: &Lab) -> Verdict {
    let user = deleted(lab).await?;
    lab.send(Request::delete(&user.path)).await?.expect(&[404]).map(drop)
}

async fn not_listed(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    lab.people().await?;
    let user = deleted(lab).await?;
    let filter = format!("userName eq {}", user.sent["userName"]);
    let listed = lab.query(&[("filter", &filter)]).await?.list()?;
    ensure(listed.total == 0, || format!("{filter} still finds {:?}", listed.ids()))
}

async fn then_create(lab: &Lab) -> Verdict {
    let user = deleted(lab).await?;
    lab.send(Request::post(lab.users(), &user.sent)).await?.expect(&[201]).map(drop)
}

async fn unknown(lab: &Lab) -> Verdict {
    lab.send(Request::delete(format!("{}/{}", lab.users(), lab.name()))).await?.expect(&[404]).map(drop)
}
