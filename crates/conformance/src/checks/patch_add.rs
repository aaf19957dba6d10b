//! PATCH add.

use serde_json::{Map, Value, json};

use crate::check::{Verdict, checks, ensure};
use crate::json::{elements, member};
use crate::lab::{Lab, Made};

checks! { 7644, "3.5.2.1", "Add Operation";
    Must "add-without-path" without_path "Without a path, attributes of the value are added to the resource";
    Must "add-single" single "A single value is replaced";
    Must "add-absent" absent "An attribute without a value gets one";
    Must "add-complex" complex "Sub-attributes are added, the others stay";
    Must "add-sub-attribute" sub_attribute "A sub-attribute is added by its path";
    Must "add-multi" multi "A value is added to several, and the others stay";
    Must "add-multi-list" multi_list "Several values are added at once";
    Should "add-same-once" same_once "A value that is there already is not added again";
    Must "add-same-keeps-last-modified" same_keeps_last_modified "What changes nothing leaves meta.lastModified alone";
    Must "add-value-path" value_path "A sub-attribute is added to the values that a filter chooses";
    Should "add-without-value" without_value "add without a value is 400";
}

/// A user with one e-mail, for work.
async fn worker(lab: &Lab) -> Verdict<(Made, String)> {
    lab.features.need_attribute("emails/type")?;
    let email = format!("{}@work.example.com", lab.name());
    let user = lab.user_with(&json!({"emails": [{"value": email, "type": "work", "primary": true}]})).await?;
    Ok((user, email))
}

/// The values of the e-mails are these.
fn emails_are(resource: &Value, wanted: &[&str]) -> Verdict {
    let given = member(resource, "emails");
    let mut values: Vec<&str> =
        elements(given).iter().filter_map(|email| member(email, "value").as_str()).collect();
    let mut wanted = wanted.to_vec();
    values.sort_unstable();
    wanted.sort_unstable();
    ensure(values == wanted, || format!("the e-mails are {values:?} instead of {wanted:?}"))
}

async fn without_path(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let mut value = Map::new();
    value.insert(lab.text_attribute().to_owned(), json!("Inspector"));
    let read = lab.patched(&user, json!([{"op": "add", "value": value}])).await?;
    read.equals(lab.text_attribute(), "Inspector")?;
    read.equals("userName", user.sent["userName"].clone())
}

async fn single(lab: &Lab) -> Verdict {
    let user = lab.user_with(&json!({lab.text_attribute(): "Constable"})).await?;
    let operation = json!([{"op": "add", "path": lab.text_attribute(), "value": "Inspector"}]);
    lab.patched(&user, operation).await?.equals(lab.text_attribute(), "Inspector")
}

async fn absent(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let operation = json!([{"op": "add", "path": lab.text_attribute(), "value": "Inspector"}]);
    lab.patched(&user, operation).await?.equals(lab.text_attribute(), "Inspector")
}

async fn complex(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/familyName")?;
    let user = lab.user().await?;
    let operation = json!([{"op": "add", "path": "name", "value": {"givenName": "Augusta"}}]);
    let read = lab.patched(&user, operation).await?;
    read.equals("name/givenName", "Augusta")?;
    read.equals("name/familyName", user.sent["name"]["familyName"].clone())
}

async fn sub_attribute(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/middleName")?;
    let user = lab.user().await?;
    let read = lab.patched(&user, json!([{"op": "add", "path": "name.middleName", "value": "King"}])).await?;
    read.equals("name/middleName", "King")?;
    read.equals("name/familyName", user.sent["name"]["familyName"].clone())
}

async fn multi(lab: &Lab) -> Verdict {
    let (user, old) = worker(lab).await?;
    let new = format!("{}@home.example.com", lab.name());
    let value = json!([{"value": new, "type": "home"}]);
    let read = lab.patched(&user, json!([{"op": "add", "path": "emails", "value": value}])).await?;
    emails_are(read.json(), &[&old, &new])
}

async fn multi_list(lab: &Lab) -> Verdict {
    let (user, old) = worker(lab).await?;
    let (home, other) =
        (format!("{}@home.example.com", lab.name()), format!("{}@other.example.com", lab.name()));
    let value = json!([{"value": home, "type": "home"}, {"value": other, "type": "other"}]);
    let read = lab.patched(&user, json!([{"op": "add", "path": "emails", "value": value}])).await?;
    emails_are(read.json(), &[&old, &home, &other])
}

fn same(email: &str) -> Value {
    json!([{"op": "add", "path": "emails", "value": [{"value": email, "type": "work", "primary": true}]}])
}

async fn same_once(lab: &Lab) -> Verdict {
    let (user, old) = worker(lab).await?;
    emails_are(lab.patched(&user, same(&old)).await?.json(), &[&old])
}

async fn same_keeps_last_modified(lab: &Lab) -> Verdict {
    let user = lab.user_with(&json!({lab.text_attribute(): "Inspector"})).await?;
    let before = lab.read(&user.path).await?;
    // A server may keep whole seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let operation = json!([{"op": "add", "path": lab.text_attribute(), "value": "Inspector"}]);
    let after = lab.patched(&user, operation).await?;
    after.equals("meta/lastModified", before.at("meta/lastModified").clone())
}

async fn value_path(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/display")?;
    let (user, old) = worker(lab).await?;
    let operation = json!([{"op": "add", "path": "emails[type eq \"work\"].display", "value": "Office"}]);
    let read = lab.patched(&user, operation).await?;
    emails_are(read.json(), &[&old])?;
    read.equals("emails/0/display", "Office")
}

async fn without_value(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.patch_refused(&user, json!([{"op": "add", "path": lab.text_attribute()}])).await.map(drop)
}
