//! The Enterprise User extension.

use serde_json::{Value, json};

use crate::check::{Verdict, checks, ensure};
use crate::json::{at, texts};
use crate::lab::{Lab, Made};
use crate::request::Request;
use crate::urn;

checks! { 7643, "4.3", "Enterprise User Schema Extension";
    Must "extension-kept" kept "Attributes of the extension come back in its container, and schemas names it";
    Must "extension-patched" patched "PATCH add by the full name of an attribute sets it and names the extension in schemas";
    Must "extension-filtered" filtered "A filter by the full name of an attribute finds the user";
    Must "extension-projected" projected "attributes takes the full name of an attribute";
    Should "extension-manager" manager "manager is complex and keeps its value";
}

fn department() -> String {
    format!("{}:department", urn::ENTERPRISE)
}

async fn engineer(lab: &Lab, department: &str) -> Verdict<Made> {
    lab.features.need_enterprise()?;
    let mut body = lab.new_user();
    body["schemas"] = json!([urn::USER, urn::ENTERPRISE]);
    body[urn::ENTERPRISE] = json!({"department": department});
    lab.make_user(&body).await
}

fn in_extension(resource: &Value, wanted: &str) -> Verdict {
    let given = at(resource, &format!("{}/department", urn::ENTERPRISE));
    ensure(given == wanted, || format!("department of the extension is {given} instead of {wanted:?}"))
}

fn names_extension(resource: &Value) -> Verdict {
    let schemas = texts(at(resource, "schemas"));
    ensure(schemas.contains(&urn::ENTERPRISE), || {
        format!("schemas is {schemas:?} and has no {:?}", urn::ENTERPRISE)
    })
}

async fn kept(lab: &Lab) -> Verdict {
    let user = engineer(lab, "Tours").await?;
    let read = lab.read(&user.path).await?;
    in_extension(read.json(), "Tours")?;
    names_extension(read.json())
}

async fn patched(lab: &Lab) -> Verdict {
    lab.features.need_enterprise()?;
    let user = lab.user().await?;
    let read = lab.patched(&user, json!([{"op": "add", "path": department(), "value": "Tours"}])).await?;
    in_extension(read.json(), "Tours")?;
    names_extension(read.json())
}

async fn filtered(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    let name = lab.name();
    let user = engineer(lab, &name).await?;
    let filter = format!("{} eq \"{name}\"", department());
    let listed = lab.query(&[("filter", &filter)]).await?.list()?;
    ensure(listed.ids() == [user.id.as_str()], || format!("{filter} finds {:?}", listed.ids()))
}

async fn projected(lab: &Lab) -> Verdict {
    let user = engineer(lab, "Tours").await?;
    let answer = lab.send(Request::get(&user.path).query("attributes", &department())).await?.object()?;
    in_extension(answer.json(), "Tours")?;
    ensure(answer.at("userName").is_null(), || "userName was not asked for and is there".to_owned())
}

async fn manager(lab: &Lab) -> Verdict {
    lab.features.need_enterprise()?;
    let boss = lab.user().await?;
    let mut body = lab.new_user();
    body["schemas"] = json!([urn::USER, urn::ENTERPRISE]);
    body[urn::ENTERPRISE] = json!({"manager": {"value": boss.id}});
    let user = lab.make_user(&body).await?;
    lab.read(&user.path).await?.equals(&format!("{}/manager/value", urn::ENTERPRISE), boss.id)
}
