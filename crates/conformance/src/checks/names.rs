//! Names of attributes in bodies.

use serde_json::{Value, json};

use crate::check::{Verdict, checks, skip};
use crate::lab::Lab;

checks! { 7643, "2.1", "Attributes";
    Must "names-in-any-case-in-post" in_post "Names of attributes in a POST match in any case";
    Must "names-in-any-case-in-patch" in_patch "Names of attributes in a path-less PATCH match in any case";
}

async fn in_post(lab: &Lab) -> Verdict {
    let mut body = lab.new_user();
    let name = body["userName"].clone();
    let attribute = lab.text_attribute();
    let text = lab.name();
    let Some(members) = body.as_object_mut() else { return skip("there is no body to send") };
    members.remove("userName");
    members.insert("USERNAME".to_owned(), name.clone());
    members.remove(attribute);
    members.insert(attribute.to_ascii_uppercase(), json!(text));
    let answer = lab.send(crate::request::Request::post(lab.users(), &body)).await?.expect(&[201])?;
    answer.equals("userName", name)?;
    answer.equals(attribute, text)
}

async fn in_patch(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let attribute = lab.text_attribute();
    let mut value = serde_json::Map::new();
    value.insert(attribute.to_ascii_uppercase(), json!("Inspector"));
    let read = lab.patched(&user, json!([{"op": "replace", "value": Value::Object(value)}])).await?;
    read.equals(attribute, "Inspector")
}
