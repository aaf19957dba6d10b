//! Steps that an identity provider takes over SCIM.

use std::collections::BTreeSet;

use enroll_service::{Answer, Error, ResourceKind};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use serde_json::{Value, json};

use crate::model::{Group, User};
use crate::world::{GROUPS, USERS, World, nothing, object, options};

impl World {
    pub(crate) async fn create_user(&mut self) -> String {
        let (directory, name) = (self.directory(), self.one_of(&USERS));
        let active = self.random.random_bool(0.8);
        let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "active": active});
        let made = self.create(directory, &ResourceKind::User, body).await;
        let free = self.model.user_name_is_free(directory, name).then_some(()).ok_or(409);
        if let Some(id) = self.agreed(made, free) {
            let user = User { directory, name: name.to_owned(), active };
            self.model.users.insert(id, user);
        }
        format!("create the user {name:?} in {directory}")
    }

    pub(crate) async fn delete_user(&mut self) -> String {
        let Some((id, directory)) = self.user() else { return nothing() };
        let session = &self.sessions[directory];
        let done = self.service.delete(session, &ResourceKind::User, &id, None).await;
        let let_go = self.let_go(directory, self.model.active([id.clone()]));
        if self.agreed_id(done.map(|()| id.clone()), let_go).is_some() {
            self.model.delete_user(&id);
        }
        format!("delete the user {id}")
    }

    /// As Okta, as Entra ID, or as an older Entra ID says it.
    pub(crate) async fn set_active(&mut self) -> String {
        let Some((id, directory)) = self.user() else { return nothing() };
        let active = self.random.random_bool(0.5);
        let operation = match self.random.random_range(0..3) {
            0 => json!({"op": "replace", "value": {"active": active}}),
            1 => json!({"op": "Replace", "path": "active", "value": active}),
            _ => json!({"op": "Replace", "path": "active", "value": if active { "True" } else { "False" }}),
        };
        let done = self.patch(directory, &ResourceKind::User, &id, &json!([operation])).await;
        let leaving = if active { BTreeSet::new() } else { self.model.active([id.clone()]) };
        let let_go = self.let_go(directory, leaving);
        if self.agreed(done, let_go).is_some() {
            self.model.users.get_mut(&id).unwrap().active = active;
        }
        format!("set active of {id} to {active}")
    }

    pub(crate) async fn create_group(&mut self) -> String {
        let (directory, name) = (self.directory(), self.one_of(&GROUPS));
        let members = self.members(directory);
        let made = self.create(directory, &ResourceKind::Group, group(name, &members)).await;
        let free = self.free_for(directory, name, "");
        if let Some(id) = self.agreed(made, free) {
            self.model.name_group(&id, directory, name);
            self.model.groups.get_mut(&id).unwrap().members.extend(members);
        }
        format!("create the group {name:?} in {directory}")
    }

    pub(crate) async fn delete_group(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let session = &self.sessions[directory];
        let done = self.service.delete(session, &ResourceKind::Group, &id, None).await;
        let let_go = self.let_go(directory, self.model.losing(&id, [id.clone()]));
        if self.agreed_id(done.map(|()| id.clone()), let_go).is_some() {
            self.model.delete_group(&id);
        }
        format!("delete the group {id}")
    }

    /// A group may keep its name, or take one that no other has and that has no white space around it.
    fn free_for(&self, directory: usize, name: &str, id: &str) -> Result<(), u16> {
        if name != name.trim() {
            return Err(400);
        }
        let holder = self.model.group_named(directory, name);
        holder.is_none_or(|holder| holder == id).then_some(()).ok_or(409)
    }

    pub(crate) async fn rename_group(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let name = self.one_of(&GROUPS);
        let operations = json!([{"op": "replace", "path": "displayName", "value": name}]);
        let renamed = self.patch(directory, &ResourceKind::Group, &id, &operations).await;
        let free = self.free_for(directory, name, &id);
        if self.agreed(renamed, free).is_some() {
            self.model.name_group(&id, directory, name);
        }
        format!("rename the group {id} to {name:?}")
    }

    pub(crate) async fn add_member(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let members = self.members(directory);
        let values: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        let operations = json!([{"op": "Add", "path": "members", "value": values}]);
        self.patch(directory, &ResourceKind::Group, &id, &operations).await.unwrap();
        self.model.groups.get_mut(&id).unwrap().members.extend(members.iter().cloned());
        format!("add {members:?} to the group {id}")
    }

    pub(crate) async fn remove_member(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let there: Vec<String> = self.model.groups[&id].members.iter().cloned().collect();
        let Some(member) = there.choose(&mut self.random).cloned() else { return nothing() };
        let operation = if self.random.random_bool(0.5) {
            json!({"op": "remove", "path": format!("members[value eq \"{member}\"]")})
        } else {
            json!({"op": "Remove", "path": "members", "value": [{"value": member}]})
        };
        let done = self.patch(directory, &ResourceKind::Group, &id, &json!([operation])).await;
        let mut after = self.model.clone();
        after.groups.get_mut(&id).unwrap().members.remove(&member);
        let let_go = self.let_go(directory, after.losing(&id, [member.clone()]));
        if self.agreed(done, let_go).is_some() {
            self.model = after;
        }
        format!("remove {member} from the group {id}")
    }

    pub(crate) async fn replace_group(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let (name, members) = (self.one_of(&GROUPS), self.members(directory));
        let session = &self.sessions[directory];
        let body = object(group(name, &members));
        let replaced =
            self.service.replace(session, &ResourceKind::Group, &id, body, &options()).await.result;
        let mut after = self.model.clone();
        let Group { members: there, .. } = after.groups.get_mut(&id).unwrap();
        let before = std::mem::replace(there, members.iter().cloned().collect());
        let removed = before.into_iter().filter(|member| !members.contains(member));
        let let_go = match self.free_for(directory, name, &id) {
            Ok(()) => self.let_go(directory, after.losing(&id, removed)),
            taken => taken,
        };
        if self.agreed(replaced, let_go).is_some() {
            after.name_group(&id, directory, name);
            self.model = after;
        }
        format!("replace the group {id} by {name:?}")
    }

    /// A user and a group with her as a member, in one Bulk request that names her by `bulkId`.
    pub(crate) async fn bulk(&mut self) -> String {
        let (directory, name, title) = (self.directory(), self.one_of(&USERS), self.one_of(&GROUPS));
        if !self.model.user_name_is_free(directory, name) || self.free_for(directory, title, "").is_err() {
            return nothing();
        }
        let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name});
        let request = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [
                {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group(title, &["bulkId:u".to_owned()])},
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": user},
            ],
        });
        let answer =
            self.service.bulk(&self.sessions[directory], object(request)).await.result.unwrap().response;
        let operations = answer["Operations"].as_array().unwrap();
        let made = |bulk_id: &str| {
            let found = operations.iter().find(|operation| operation["bulkId"] == bulk_id).unwrap();
            assert_eq!(found["status"], "201", "{answer:?}");
            found["location"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
        };
        let (user, group) = (made("u"), made("g"));
        let new = User { directory, name: name.to_owned(), active: true };
        self.model.users.insert(user.clone(), new);
        self.model.name_group(&group, directory, title);
        self.model.groups.get_mut(&group).unwrap().members.insert(user);
        self.carried_out += 1;
        format!("create {name:?} in {title:?} by Bulk")
    }

    async fn create(&self, directory: usize, kind: &ResourceKind, body: Value) -> Result<Answer, Error> {
        self.service.create(&self.sessions[directory], kind, object(body), &options()).await.result
    }

    async fn patch(
        &self,
        directory: usize,
        kind: &ResourceKind,
        id: &str,
        operations: &Value,
    ) -> Result<Answer, Error> {
        let body =
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.service.patch(&self.sessions[directory], kind, id, object(body), &options()).await.result
    }
}

fn group(name: &str, members: &[String]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": members})
}
