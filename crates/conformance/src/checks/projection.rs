//! attributes and excludedAttributes.

use serde_json::{Value, json};

use super::finding::filter_for;
use crate::check::{Verdict, checks, ensure};
use crate::json::{assigned, at, member};
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.9", "Additional Operation Response Parameters";
    Must "attributes-of-one" of_one "attributes gives what is named and id, on GET of one";
    Must "attributes-of-list" of_list "attributes gives what is named and id, on a list";
    Must "attributes-of-post" of_post "attributes gives what is named and id, on POST";
    Must "attributes-of-put" of_put "attributes gives what is named and id, on PUT";
    Must "attributes-sub" sub "attributes takes a sub-attribute";
    Must "attributes-of-values" of_values "attributes takes a sub-attribute of several values";
    Must "excluded-of-one" excluded_of_one "excludedAttributes leaves out what is named, on GET of one";
    Must "excluded-of-list" excluded_of_list "excludedAttributes leaves out what is named, on a list";
    Must "excluded-id" excluded_id "excludedAttributes cannot take id away";
    Must "excluded-members" excluded_members "excludedAttributes=members gives a group without its members";
    Note "attributes-and-excluded" both "Both at once are 400";
}

/// The userName and the id, and nothing of what else the user has.
fn is_name_only(user: &Value) -> Verdict {
    for name in ["userName", "id"] {
        ensure(member(user, name).is_string(), || format!("{name} is missing"))?;
    }
    for name in ["emails", "name", "displayName", "active"] {
        ensure(member(user, name).is_null(), || format!("{name} was not asked for and is there"))?;
    }
    Ok(())
}

async fn of_one(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    is_name_only(lab.read(&format!("{}?attributes=userName", user.path)).await?.json())
}

async fn of_list(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    let filter = filter_for(lab, r#"userName sw "{p}""#).await?;
    let listed = lab.query(&[("filter", &filter), ("attributes", "userName")]).await?.list()?;
    ensure(!listed.resources.is_empty(), || format!("{filter} finds nobody"))?;
    listed.resources.iter().try_for_each(is_name_only)
}

async fn of_post(lab: &Lab) -> Verdict {
    let request = Request::post(format!("{}?attributes=userName", lab.users()), &lab.new_user());
    is_name_only(lab.send(request).await?.expect(&[201])?.json())
}

async fn of_put(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let request = Request::put(format!("{}?attributes=userName", user.path), &user.sent);
    is_name_only(lab.send(request).await?.object()?.json())
}

async fn sub(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/familyName")?;
    let user = lab.user().await?;
    let read = lab.read(&format!("{}?attributes=name.familyName", user.path)).await?;
    read.equals("name/familyName", user.sent["name"]["familyName"].clone())?;
    ensure(!assigned(read.at("name/givenName")), || {
        "name.givenName was not asked for and is there".to_owned()
    })
}

async fn of_values(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/type")?;
    let user = lab.user().await?;
    let read = lab.read(&format!("{}?attributes=emails.value", user.path)).await?;
    read.equals("emails/0/value", user.sent["emails"][0]["value"].clone())?;
    ensure(!assigned(read.at("emails/0/type")), || "emails.type was not asked for and is there".to_owned())
}

fn is_without(user: &Value, excluded: &[&str]) -> Verdict {
    for name in ["userName", "id"] {
        ensure(member(user, name).is_string(), || format!("{name} is missing"))?;
    }
    for name in excluded {
        ensure(!assigned(member(user, name)), || format!("{name} was excluded and is there"))?;
    }
    Ok(())
}

async fn excluded_of_one(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let read = lab.read(&format!("{}?excludedAttributes=emails,name.givenName", user.path)).await?;
    is_without(read.json(), &["emails"])?;
    ensure(!assigned(at(read.json(), "name/givenName")), || {
        "name.givenName was excluded and is there".to_owned()
    })
}

async fn excluded_of_list(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    let filter = filter_for(lab, r#"userName sw "{p}""#).await?;
    let listed = lab.query(&[("filter", &filter), ("excludedAttributes", "emails,name")]).await?.list()?;
    ensure(!listed.resources.is_empty(), || format!("{filter} finds nobody"))?;
    listed.resources.iter().try_for_each(|user| is_without(user, &["emails", "name"]))
}

async fn excluded_id(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.read(&format!("{}?excludedAttributes=id", user.path)).await?.equals("id", json!(user.id))
}

async fn excluded_members(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let group = lab.group(&[&user]).await?;
    let read = lab.read(&format!("{}?excludedAttributes=members", group.path)).await?;
    read.equals("displayName", group.sent["displayName"].clone())?;
    ensure(!assigned(read.at("members")), || "members was excluded and is there".to_owned())
}

async fn both(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let path = format!("{}?attributes=userName&excludedAttributes=emails", user.path);
    lab.send(Request::get(path)).await?.expect(&[400]).map(drop)
}
