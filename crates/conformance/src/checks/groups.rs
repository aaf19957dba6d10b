//! The Group resource and its members.

use serde_json::{Value, json};

use crate::check::{Verdict, checks, ensure, skip};
use crate::json::{elements, member};
use crate::lab::{Lab, Made};
use crate::request::Request;
use crate::{specimen, urn};

checks! { 7643, "4.2", "\"Group\" Resource Schema";
    Must "group-created" created "A group can be made and read";
    Must "group-display-name-required" display_name_required "A group without displayName is 400";
    Must "group-members" members "Members come back with the ids of the users";
    Should "group-member-reference" member_reference "$ref of a member is the URL of the user";
    Must "group-add-member" add_member "PATCH add to members adds one and keeps the others";
    Should "group-add-member-twice" add_member_twice "A member that is added again is there once";
    Must "group-remove-member" remove_member "PATCH remove of members[value eq ...] removes that one only";
    Should "group-remove-absent-member" remove_absent_member "Removing somebody who is no member succeeds";
    Must "group-remove-all-members" remove_all_members "PATCH remove of members removes all";
    Must "group-replace-members" replace_members "PATCH replace of members replaces all";
    Must "group-rename-keeps-members" rename_keeps_members "A PATCH of displayName leaves the members alone";
    Must "group-put-members" put_members "PUT with members replaces them";
    Should "group-in-group" group_in_group "A group can be a member of a group";
    Note "group-forgets-deleted-users" forgets_deleted_users "A deleted user is no member any more";
    Note "group-remove-by-value" remove_by_value "PATCH remove of members with a value removes the listed ones only, as Entra ID sends it";
}

/// The ids of the members, sorted.
async fn ids(lab: &Lab, group: &Made) -> Verdict<Vec<String>> {
    let read = lab.read(&group.path).await?;
    let value = |element: &Value| member(element, "value").as_str().map(str::to_owned);
    let mut ids: Vec<String> = elements(read.at("members")).iter().filter_map(value).collect();
    ids.sort_unstable();
    Ok(ids)
}

async fn has_members(lab: &Lab, group: &Made, wanted: &[&Made]) -> Verdict {
    let given = ids(lab, group).await?;
    let mut wanted: Vec<String> = wanted.iter().map(|made| made.id.clone()).collect();
    wanted.sort_unstable();
    ensure(given == wanted, || format!("the members are {given:?} instead of {wanted:?}"))
}

async fn patch(lab: &Lab, group: &Made, operation: Value) -> Verdict {
    lab.patch(group, json!([operation])).await?.expect(&[200, 204]).map(drop)
}

async fn created(lab: &Lab) -> Verdict {
    let group = lab.group(&[]).await?;
    lab.read(&group.path).await?.equals("displayName", group.sent["displayName"].clone())
}

async fn display_name_required(lab: &Lab) -> Verdict {
    let mut body = specimen::group(&lab.features, &lab.name());
    if let Some(members) = body.as_object_mut() {
        members.remove("displayName");
    }
    lab.send(Request::post(lab.groups()?, &body)).await?.expect(&[400]).map(drop)
}

async fn members(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one, &other]).await?;
    has_members(lab, &group, &[&one, &other]).await
}

async fn member_reference(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let group = lab.group(&[&user]).await?;
    let read = lab.read(&group.path).await?;
    let reference = read.at("members/0/$ref");
    ensure(reference.as_str().is_some_and(|url| url.ends_with(&user.path)), || {
        format!("$ref is {reference} and does not end in {}", user.path)
    })
}

async fn add_member(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one]).await?;
    patch(lab, &group, json!({"op": "add", "path": "members", "value": [{"value": other.id}]})).await?;
    has_members(lab, &group, &[&one, &other]).await
}

async fn add_member_twice(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let group = lab.group(&[&user]).await?;
    patch(lab, &group, json!({"op": "add", "path": "members", "value": [{"value": user.id}]})).await?;
    has_members(lab, &group, &[&user]).await
}

fn only(user: &Made) -> String {
    format!("members[value eq \"{}\"]", user.id)
}

async fn remove_member(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one, &other]).await?;
    patch(lab, &group, json!({"op": "remove", "path": only(&one)})).await?;
    has_members(lab, &group, &[&other]).await
}

async fn remove_absent_member(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one]).await?;
    patch(lab, &group, json!({"op": "remove", "path": only(&other)})).await?;
    has_members(lab, &group, &[&one]).await
}

async fn remove_all_members(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one, &other]).await?;
    patch(lab, &group, json!({"op": "remove", "path": "members"})).await?;
    has_members(lab, &group, &[]).await
}

async fn replace_members(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one]).await?;
    patch(lab, &group, json!({"op": "replace", "path": "members", "value": [{"value": other.id}]})).await?;
    has_members(lab, &group, &[&other]).await
}

async fn rename_keeps_members(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let group = lab.group(&[&user]).await?;
    let name = lab.name();
    patch(lab, &group, json!({"op": "replace", "value": {"displayName": name}})).await?;
    lab.read(&group.path).await?.equals("displayName", name)?;
    has_members(lab, &group, &[&user]).await
}

async fn put_members(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one]).await?;
    let mut body = group.sent.clone();
    body["members"] = json!([{"value": other.id}]);
    lab.send(Request::put(&group.path, &body)).await?.expect(&[200])?;
    has_members(lab, &group, &[&other]).await
}

async fn group_in_group(lab: &Lab) -> Verdict {
    lab.groups()?;
    let kinds =
        lab.features.attribute(urn::GROUP, "members/$ref").map(|known| member(known, "referenceTypes"));
    if kinds.is_some_and(|kinds| {
        !elements(kinds).is_empty() && !elements(kinds).iter().any(|kind| kind == "Group")
    }) {
        return skip("the server's schema says that members are no groups");
    }
    let inner = lab.group(&[]).await?;
    let outer = lab.group(&[]).await?;
    let mut body = outer.sent.clone();
    body["members"] = json!([{"value": inner.id, "type": "Group"}]);
    lab.send(Request::put(&outer.path, &body)).await?.expect(&[200])?;
    has_members(lab, &outer, &[&inner]).await
}

async fn forgets_deleted_users(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one, &other]).await?;
    lab.send(Request::delete(&one.path)).await?.expect(&[204])?;
    has_members(lab, &group, &[&other]).await
}

async fn remove_by_value(lab: &Lab) -> Verdict {
    let (one, other) = (lab.user().await?, lab.user().await?);
    let group = lab.group(&[&one, &other]).await?;
    patch(lab, &group, json!({"op": "remove", "path": "members", "value": [{"value": one.id}]})).await?;
    has_members(lab, &group, &[&other]).await
}
