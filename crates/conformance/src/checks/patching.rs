//! PATCH as a whole.

use serde_json::json;

use crate::check::{Verdict, checks, ensure};
use crate::json::{elements, member};
use crate::lab::Lab;
use crate::request::Request;
use crate::urn;

checks! { 7644, "3.5.2", "Modifying with PATCH";
    Must "patch-answer" answer "A change is 200 with the resource or 204 with nothing";
    Must "patch-attributes-parameter" attributes_parameter "With the parameter attributes the answer is 200";
    Must "patch-in-order" in_order "Operations are applied in their order";
    Must "patch-atomic" atomic "When one operation fails, none is applied";
    Must "patch-primary" primary "A new primary value takes it from the old one";
    Must "patch-read-only" read_only "A change of a readOnly attribute is refused";
    Must "patch-wrong-type" wrong_type "A value of the wrong type is refused";
    Must "patch-malformed-path" malformed_path "A path that cannot be read is 400";
    Should "patch-malformed-path-type" malformed_path_type "A path that cannot be read is refused with scimType invalidPath";
    Should "patch-unknown-attribute" unknown_attribute "A path to an attribute that the schema has not is 400";
    Should "patch-unknown-operation" unknown_operation "An op that is none of the three is 400";
    Should "patch-no-operations" no_operations "A PATCH without operations is 400";
    Should "patch-duplicate" duplicate "A userName that is taken is 409 uniqueness";
    Must "patch-unknown-id" unknown_id "PATCH of an unknown id is 404";
    Note "patch-op-in-any-case" op_in_any_case "op matches in any case, as Entra ID sends it";
}

async fn answer(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let operation = json!([{"op": "replace", "path": lab.text_attribute(), "value": "Inspector"}]);
    let answer = lab.patch(&user, operation).await?.expect(&[200, 204])?;
    if answer.status() == 204 {
        return ensure(answer.text().is_empty(), || format!("204 has the body {:?}", answer.text()));
    }
    answer.equals("id", user.id)?;
    answer.equals("userName", user.sent["userName"].clone())?;
    answer.equals(lab.text_attribute(), "Inspector")
}

async fn attributes_parameter(lab: &Lab) -> Verdict {
    lab.features.need("patch")?;
    let user = lab.user().await?;
    let operation = json!({"op": "replace", "path": lab.text_attribute(), "value": "Inspector"});
    let body = json!({"schemas": [urn::PATCH], "Operations": [operation]});
    let request = Request::patch(&user.path, &body).query("attributes", lab.text_attribute());
    let answer = lab.send(request).await?.object()?;
    answer.equals(lab.text_attribute(), "Inspector")?;
    ensure(answer.at("emails").is_null(), || "emails was not asked for and is there".to_owned())
}

async fn in_order(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let path = lab.text_attribute();
    let operations = json!([
        {"op": "replace", "path": path, "value": "first"},
        {"op": "replace", "path": path, "value": "last"},
    ]);
    lab.patched(&user, operations).await?.equals(path, "last")
}

async fn atomic(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let operations = json!([
        {"op": "replace", "path": lab.text_attribute(), "value": "changed"},
        {"op": "remove"},
    ]);
    lab.patch_refused(&user, operations).await.map(drop)
}

async fn primary(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/primary")?;
    let (old, new) = (format!("{}@work.example.com", lab.name()), format!("{}@home.example.com", lab.name()));
    let user = lab.user_with(&json!({"emails": [{"value": old, "type": "work", "primary": true}]})).await?;
    let value = json!([{"value": new, "type": "home", "primary": true}]);
    let read = lab.patched(&user, json!([{"op": "add", "path": "emails", "value": value}])).await?;
    let primary = |email: &&serde_json::Value| member(email, "primary") == true;
    let primaries: Vec<_> = elements(read.at("emails")).iter().filter(primary).collect();
    ensure(primaries.len() == 1 && member(primaries[0], "value") == new.as_str(), || {
        format!("the primary e-mails of {} are not {new} alone", read.at("emails"))
    })
}

async fn read_only(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.patch_refused(
        &user,
        json!([{"op": "replace", "path": "meta.created", "value": "2011-05-13T04:42:34Z"}]),
    )
    .await
    .map(drop)
}

async fn wrong_type(lab: &Lab) -> Verdict {
    lab.features.need_attribute("active")?;
    let user = lab.user().await?;
    lab.patch_refused(&user, json!([{"op": "replace", "path": "active", "value": "neither"}])).await.map(drop)
}

async fn malformed(lab: &Lab) -> Verdict<crate::answer::Answer> {
    let user = lab.user().await?;
    lab.patch_refused(&user, json!([{"op": "replace", "path": "emails[type eq", "value": "x"}])).await
}

async fn malformed_path(lab: &Lab) -> Verdict {
    malformed(lab).await.map(drop)
}

async fn malformed_path_type(lab: &Lab) -> Verdict {
    // A path that ends inside its filter may be called either.
    let answer = malformed(lab).await?;
    answer.scim_type("invalidPath").or_else(|_| answer.scim_type("invalidFilter"))
}

async fn unknown_attribute(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.patch_refused(&user, json!([{"op": "add", "path": "favouriteTea", "value": "Assam"}])).await.map(drop)
}

async fn unknown_operation(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.patch_refused(&user, json!([{"op": "move", "path": lab.text_attribute(), "value": "x"}]))
        .await
        .map(drop)
}

async fn no_operations(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.features.need("patch")?;
    lab.send(Request::patch(&user.path, &json!({"schemas": [urn::PATCH]}))).await?.expect(&[400]).map(drop)
}

async fn duplicate(lab: &Lab) -> Verdict {
    let (user, other) = (lab.user().await?, lab.user().await?);
    let operation = json!([{"op": "replace", "path": "userName", "value": other.sent["userName"]}]);
    lab.patch(&user, operation).await?.expect(&[409])?.scim_type("uniqueness")
}

async fn unknown_id(lab: &Lab) -> Verdict {
    lab.features.need("patch")?;
    let operation = json!({"op": "replace", "path": lab.text_attribute(), "value": "x"});
    let body = json!({"schemas": [urn::PATCH], "Operations": [operation]});
    lab.send(Request::patch(format!("{}/{}", lab.users(), lab.name()), &body)).await?.expect(&[404]).map(drop)
}

async fn op_in_any_case(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let operation = json!([{"op": "Replace", "path": lab.text_attribute(), "value": "Inspector"}]);
    lab.patched(&user, operation).await?.equals(lab.text_attribute(), "Inspector")
}
