//! PATCH remove.

use serde_json::json;

use crate::check::{Verdict, checks, ensure};
use crate::json::{assigned, elements, member};
use crate::lab::{Lab, Made};

checks! { 7644, "3.5.2.2", "Remove Operation";
    Must "remove-without-path" without_path "remove without a path is 400 noTarget";
    Must "remove-single" single "A single value is unassigned afterwards";
    Must "remove-sub-attribute" sub_attribute "A sub-attribute is removed, the others stay";
    Must "remove-multi" multi "Without a filter all values are removed";
    Must "remove-value-path" value_path "With a filter the matching values are removed";
    Must "remove-last-value" last_value "When the last value is removed the attribute is unassigned";
    Must "remove-value-path-sub" value_path_sub "A sub-attribute of the matching values is removed";
    Must "remove-required" required "Removing a required attribute is refused with mutability";
    Must "remove-read-only" read_only "Removing a readOnly attribute is refused with mutability";
    Note "remove-absent" absent "Removing an attribute without a value succeeds";
}

/// A user with e-mails for work and home.
async fn with_two_emails(lab: &Lab) -> Verdict<Made> {
    lab.features.need_attribute("emails/type")?;
    let email = |kind: &str| json!({"value": format!("{}@{kind}.example.com", lab.name()), "type": kind, "display": kind});
    lab.user_with(&json!({"emails": [email("work"), email("home")]})).await
}

async fn without_path(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.patch_refused(&user, json!([{"op": "remove"}])).await?.scim_type("noTarget")
}

async fn single(lab: &Lab) -> Verdict {
    let user = lab.user_with(&json!({lab.text_attribute(): "Inspector"})).await?;
    let read = lab.patched(&user, json!([{"op": "remove", "path": lab.text_attribute()}])).await?;
    let given = read.at(lab.text_attribute());
    ensure(!assigned(given), || format!("{} is still {given}", lab.text_attribute()))
}

async fn sub_attribute(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/middleName")?;
    let name = json!({"givenName": "Ada", "middleName": "King", "familyName": lab.name()});
    let user = lab.user_with(&json!({"name": name})).await?;
    let read = lab.patched(&user, json!([{"op": "remove", "path": "name.middleName"}])).await?;
    ensure(!assigned(read.at("name/middleName")), || "name.middleName is still there".to_owned())?;
    read.equals("name/familyName", name["familyName"].clone())
}

async fn multi(lab: &Lab) -> Verdict {
    let user = with_two_emails(lab).await?;
    let read = lab.patched(&user, json!([{"op": "remove", "path": "emails"}])).await?;
    ensure(!assigned(read.at("emails")), || format!("emails is still {}", read.at("emails")))
}

async fn value_path(lab: &Lab) -> Verdict {
    let user = with_two_emails(lab).await?;
    let read = lab.patched(&user, json!([{"op": "remove", "path": "emails[type eq \"work\"]"}])).await?;
    let left = elements(read.at("emails"));
    ensure(left.len() == 1 && member(&left[0], "type") == "home", || format!("emails is {left:?}"))
}

async fn last_value(lab: &Lab) -> Verdict {
    let user = with_two_emails(lab).await?;
    let operations = json!([
        {"op": "remove", "path": "emails[type eq \"work\"]"},
        {"op": "remove", "path": "emails[type eq \"home\"]"},
    ]);
    let read = lab.patched(&user, operations).await?;
    ensure(!assigned(read.at("emails")), || format!("emails is still {}", read.at("emails")))
}

async fn value_path_sub(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/display")?;
    let user = with_two_emails(lab).await?;
    let read =
        lab.patched(&user, json!([{"op": "remove", "path": "emails[type eq \"work\"].display"}])).await?;
    let emails = elements(read.at("emails"));
    ensure(emails.len() == 2, || format!("emails is {emails:?}, and there were two"))?;
    for email in emails {
        let (work, shown) = (member(email, "type") == "work", assigned(member(email, "display")));
        ensure(work != shown, || format!("display is wrong in {email}"))?;
    }
    Ok(())
}

async fn required(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.patch_refused(&user, json!([{"op": "remove", "path": "userName"}])).await?.scim_type("mutability")
}

async fn read_only(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.patch_refused(&user, json!([{"op": "remove", "path": "id"}])).await?.scim_type("mutability")
}

async fn absent(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.patched(&user, json!([{"op": "remove", "path": lab.text_attribute()}])).await.map(drop)
}
