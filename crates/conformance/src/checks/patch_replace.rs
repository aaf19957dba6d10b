//! PATCH replace.

use serde_json::{Map, json};

use crate::check::{Verdict, checks, ensure};
use crate::json::{elements, member};
use crate::lab::{Lab, Made};

checks! { 7644, "3.5.2.3", "Replace Operation";
    Must "replace-without-path" without_path "Without a path, the attributes of the value are replaced and no others";
    Must "replace-deactivate" deactivate "{\"active\": false} without a path leaves everything else alone";
    Must "replace-single" single "A single value is replaced";
    Must "replace-absent" absent "An attribute without a value gets one";
    Must "replace-complex" complex "Sub-attributes are replaced, the others stay";
    Must "replace-sub-attribute" sub_attribute "A sub-attribute is replaced by its path";
    Must "replace-multi" multi "Without a filter all values are replaced";
    Must "replace-value-path" value_path "With a filter the matching values are replaced";
    Must "replace-value-path-sub" value_path_sub "A sub-attribute of all matching values is replaced";
    Must "replace-no-match" no_match "With a filter that matches nothing it is 400 noTarget";
}

/// A user with these types of e-mails.
async fn with_emails(lab: &Lab, types: &[&str]) -> Verdict<Made> {
    lab.features.need_attribute("emails/type")?;
    let email = |kind: &&str| json!({"value": format!("{}@{kind}.example.com", lab.name()), "type": kind});
    let emails: Vec<_> = types.iter().map(email).collect();
    lab.user_with(&json!({"emails": emails})).await
}

async fn without_path(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let before = lab.read(&user.path).await?;
    let mut value = Map::new();
    value.insert(lab.text_attribute().to_owned(), json!("Inspector"));
    let read = lab.patched(&user, json!([{"op": "replace", "value": value}])).await?;
    read.equals(lab.text_attribute(), "Inspector")?;
    for name in ["userName", "name", "emails", "active"] {
        read.equals(name, before.at(name).clone())?;
    }
    Ok(())
}

async fn deactivate(lab: &Lab) -> Verdict {
    lab.features.need_attribute("active")?;
    let user = lab.user().await?;
    let before = lab.read(&user.path).await?;
    let read = lab.patched(&user, json!([{"op": "replace", "value": {"active": false}}])).await?;
    read.equals("active", false)?;
    for name in ["userName", "name", "emails", "displayName"] {
        read.equals(name, before.at(name).clone())?;
    }
    Ok(())
}

async fn single(lab: &Lab) -> Verdict {
    let user = lab.user_with(&json!({lab.text_attribute(): "Constable"})).await?;
    let operation = json!([{"op": "replace", "path": lab.text_attribute(), "value": "Inspector"}]);
    lab.patched(&user, operation).await?.equals(lab.text_attribute(), "Inspector")
}

async fn absent(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let operation = json!([{"op": "replace", "path": lab.text_attribute(), "value": "Inspector"}]);
    lab.patched(&user, operation).await?.equals(lab.text_attribute(), "Inspector")
}

async fn complex(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/familyName")?;
    let user = lab.user().await?;
    let operation = json!([{"op": "replace", "path": "name", "value": {"givenName": "Augusta"}}]);
    let read = lab.patched(&user, operation).await?;
    read.equals("name/givenName", "Augusta")?;
    read.equals("name/familyName", user.sent["name"]["familyName"].clone())
}

async fn sub_attribute(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/familyName")?;
    let user = lab.user().await?;
    let operation = json!([{"op": "replace", "path": "name.givenName", "value": "Augusta"}]);
    let read = lab.patched(&user, operation).await?;
    read.equals("name/givenName", "Augusta")?;
    read.equals("name/familyName", user.sent["name"]["familyName"].clone())
}

async fn multi(lab: &Lab) -> Verdict {
    let user = with_emails(lab, &["work", "home"]).await?;
    let new = format!("{}@other.example.com", lab.name());
    let value = json!([{"value": new, "type": "other"}]);
    let read = lab.patched(&user, json!([{"op": "replace", "path": "emails", "value": value}])).await?;
    let given = elements(read.at("emails"));
    ensure(given.len() == 1 && member(&given[0], "value") == new.as_str(), || {
        format!("emails is {given:?} instead of {new} alone")
    })
}

async fn value_path(lab: &Lab) -> Verdict {
    let user = with_emails(lab, &["work", "home"]).await?;
    let new = format!("{}@work.example.com", lab.name());
    let value = json!({"value": new, "type": "work"});
    let operation = json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": value}]);
    let read = lab.patched(&user, operation).await?;
    let given = elements(read.at("emails"));
    let work = given.iter().find(|email| member(email, "type") == "work");
    ensure(given.len() == 2 && work.is_some_and(|email| member(email, "value") == new.as_str()), || {
        format!("emails is {given:?}, and the one for work should be {new}")
    })
}

async fn value_path_sub(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/display")?;
    let user = with_emails(lab, &["other", "home", "other"]).await?;
    let operation =
        json!([{"op": "replace", "path": "emails[type eq \"other\"].display", "value": "Office"}]);
    let read = lab.patched(&user, operation).await?;
    let given = elements(read.at("emails"));
    ensure(given.len() == 3, || format!("emails is {given:?}, and there were three"))?;
    for email in given {
        let wanted = member(email, "type") == "other";
        ensure((member(email, "display") == "Office") == wanted, || format!("display is wrong in {email}"))?;
    }
    Ok(())
}

async fn no_match(lab: &Lab) -> Verdict {
    let user = with_emails(lab, &["home"]).await?;
    let operation =
        json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x@example.com"}]);
    lab.patch_refused(&user, operation).await?.scim_type("noTarget")
}
