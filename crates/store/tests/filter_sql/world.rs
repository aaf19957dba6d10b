//! Random directories, and the representations of what is in them, built from the same description without the database.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::{DirectoryId, GroupId, UserId};
use enroll_scim::{Folded, Object, Registry, Resource, ResourceModel};
use enroll_store::group::{self, NewGroup};
use enroll_store::member::{self, Member};
use enroll_store::user::{self, NewUser};
use enroll_store::{StoreError, Tx};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fixture::{group_id, later, object, user_id};

/// A user as a client sent it.
#[derive(Debug, Clone)]
pub(crate) struct UserSpec {
    pub(crate) attributes: Value,
    pub(crate) created: i64,
}

/// A directory with users, groups and who is in which.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) users: Vec<UserSpec>,
    pub(crate) groups: Vec<UserSpec>,
    /// Group and member, by position.
    pub(crate) members: BTreeSet<(usize, usize)>,
    /// Outer and inner group, by position.
    pub(crate) nested: BTreeSet<(usize, usize)>,
}

pub(crate) fn model(resource_type: &str) -> ResourceModel {
    Registry::core().model(resource_type).unwrap()
}

fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap() + 1
}

fn user_at(position: usize) -> UserId {
    user_id(number(position))
}

fn group_at(position: usize) -> GroupId {
    group_id(number(position))
}

impl World {
    /// Leaves out users and groups whose name is taken, as the service would, and what names them.
    pub(crate) fn tidy(mut self) -> Self {
        for (list, name) in [(&mut self.users, "userName"), (&mut self.groups, "displayName")] {
            let mut seen = BTreeSet::new();
            list.retain(|spec| seen.insert(Folded::new(spec.attributes[name].as_str().unwrap())));
        }
        self.members.retain(|(group, user)| *group < self.groups.len() && *user < self.users.len());
        self.nested.retain(|(outer, inner)| *outer < self.groups.len() && *inner < self.groups.len());
        self
    }

    pub(crate) fn store(&self, tx: &Tx<'_>, directory: DirectoryId) -> Result<(), StoreError> {
        for (position, spec) in self.users.iter().enumerate() {
            let id = user_at(position);
            let resource = Resource::from_stored(object(spec.attributes.clone()));
            let base = enroll_domain::Handle::derive(None, "u");
            let now = time(spec.created);
            user::insert(tx, &NewUser { directory, id, handle: &base, now, resource: &resource })?;
        }
        for (position, spec) in self.groups.iter().enumerate() {
            let resource = Resource::from_stored(object(spec.attributes.clone()));
            let now = time(spec.created);
            group::insert(tx, &NewGroup { directory, id: group_at(position), now, resource: &resource })?;
        }
        for (group, user) in &self.members {
            member::add(tx, directory, group_at(*group), &[Member::User(user_at(*user))], later(0))?;
        }
        for (outer, inner) in &self.nested {
            member::add(tx, directory, group_at(*outer), &[Member::Group(group_at(*inner))], later(0))?;
        }
        Ok(())
    }

    /// What a client would be shown of each user.
    pub(crate) fn user_representations(&self) -> BTreeMap<UserId, Object> {
        let users = self.users.iter().enumerate().map(|(position, spec)| {
            let id = user_at(position);
            let mut shown = shown(spec, &id.to_string(), "User");
            shown.entry("active").or_insert(json!(true));
            let groups: Vec<Value> = self
                .groups_of(position)
                .into_iter()
                .map(|(group, direct)| {
                    json!({
                        "value": group_at(group).to_string(),
                        "$ref": format!("https://example.com/scim/v2/Groups/{}", group_at(group)),
                        "display": self.groups[group].attributes["displayName"],
                        "type": if direct { "direct" } else { "indirect" },
                    })
                })
                .collect();
            if !groups.is_empty() {
                shown.insert("groups".to_owned(), groups.into());
            }
            (id, shown)
        });
        users.collect()
    }

    /// What a client would be shown of each group.
    pub(crate) fn group_representations(&self) -> BTreeMap<GroupId, Object> {
        let groups = self.groups.iter().enumerate().map(|(position, spec)| {
            let id = group_at(position);
            let mut shown = shown(spec, &id.to_string(), "Group");
            let users = self.members.iter().filter(|(group, _)| *group == position).map(|(_, user)| {
                let attributes = &self.users[*user].attributes;
                let display = attributes.get("displayName").unwrap_or(&attributes["userName"]);
                json!({"value": user_at(*user).to_string(), "type": "User", "display": display})
            });
            let inner = self.nested.iter().filter(|(outer, _)| *outer == position).map(|(_, inner)| {
                let display = &self.groups[*inner].attributes["displayName"];
                json!({"value": group_at(*inner).to_string(), "type": "Group", "display": display})
            });
            let members: Vec<Value> = users.chain(inner).collect();
            if !members.is_empty() {
                shown.insert("members".to_owned(), members.into());
            }
            (id, shown)
        });
        groups.collect()
    }

    /// The groups of a user, by walking outward until nothing new is found; and whether the user is in it directly.
    fn groups_of(&self, user: usize) -> BTreeMap<usize, bool> {
        let direct =
            self.members.iter().filter(|(_, member)| *member == user).map(|(group, _)| (*group, true));
        let mut found: BTreeMap<usize, bool> = direct.collect();
        loop {
            let before = found.len();
            for (outer, inner) in &self.nested {
                if found.contains_key(inner) {
                    found.entry(*outer).or_insert(false);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }
}

fn shown(spec: &UserSpec, id: &str, resource_type: &str) -> Object {
    let mut shown = object(spec.attributes.clone());
    let time = time(spec.created).to_string();
    shown.insert("id".to_owned(), id.into());
    shown.insert(
        "meta".to_owned(),
        json!({"resourceType": resource_type, "created": time, "lastModified": time, "version": "W/\"1\""}),
    );
    shown
}

/// A time in milliseconds around [`crate::fixture::NOW`].
pub(crate) fn time(milliseconds: i64) -> Timestamp {
    crate::fixture::NOW + jiff::SignedDuration::from_millis(milliseconds)
}
