//! The model: enrollment.md §2 and §3 as plainly as it can be said, without a thought for speed.
//!
//! Each method makes one change and answers whether the service has to carry it out or refuse it.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::{RebindPolicy, Role};

/// What a mapping holds on to (3.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Binding {
    Waiting,
    Bound(String),
    Lost,
}

#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) directory: usize,
    pub(crate) name: String,
    pub(crate) active: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) directory: usize,
    pub(crate) name: String,
    /// Ids of users and groups.
    pub(crate) members: BTreeSet<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    directory: usize,
    name: String,
    binding: Binding,
    pub(crate) organization: usize,
    role: Role,
    paused: bool,
}

/// Users, groups and mappings by their ids; grants by user and organization.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) mappings: BTreeMap<String, Mapping>,
    pub(crate) grants: BTreeMap<(String, usize), Role>,
    pub(crate) rebind: Vec<RebindPolicy>,
}

/// Names in a directory are unique in any case (3.7).
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Mappings know groups by their names in any case, and without white space around them (3.7).
fn alike(one: &str, other: &str) -> bool {
    same(one.trim(), other.trim())
}

impl Model {
    pub(crate) fn user_name_is_free(&self, directory: usize, name: &str) -> bool {
        !self.users.values().any(|user| user.directory == directory && same(&user.name, name))
    }

    pub(crate) fn group_named(&self, directory: usize, name: &str) -> Option<&String> {
        let mut groups = self.groups.iter();
        groups.find(|(_, group)| group.directory == directory && same(&group.name, name)).map(|(id, _)| id)
    }

    /// The group that a new mapping of a name gets: that of the very name, else the oldest of those alike.
    fn group_to_map(&self, directory: usize, name: &str) -> Option<&String> {
        let mut alike_ones =
            self.groups.iter().filter(|(_, group)| group.directory == directory && alike(&group.name, name));
        let first = alike_ones.next().map(|(id, _)| id);
        self.group_named(directory, name.trim()).or(first)
    }

    /// 2.5: memberships and grants are gone for good.
    pub(crate) fn delete_user(&mut self, id: &str) {
        self.users.remove(id);
        self.grants.retain(|(user, _), _| user != id);
        self.leave_all(id);
    }

    /// 3.7: what the bound group gave ends, and its mappings have lost it.
    pub(crate) fn delete_group(&mut self, id: &str) {
        self.groups.remove(id);
        self.leave_all(id);
        for mapping in
            self.mappings.values_mut().filter(|mapping| mapping.binding == Binding::Bound(id.to_owned()))
        {
            mapping.binding = Binding::Lost;
        }
    }

    fn leave_all(&mut self, id: &str) {
        for group in self.groups.values_mut() {
            group.members.remove(id);
        }
    }

    /// A group is made, or gets another name: 3.7.
    pub(crate) fn name_group(&mut self, id: &str, directory: usize, name: &str) {
        if self.groups.get(id).is_some_and(|group| group.name == name) {
            return;
        }
        let members = self.groups.get(id).map(|group| group.members.clone()).unwrap_or_default();
        self.groups.insert(id.to_owned(), Group { directory, name: name.to_owned(), members });
        let by_name = self.rebind[directory] == RebindPolicy::ByName;
        // Oldest first: ids grow.
        for mapping in self.mappings.keys().cloned().collect::<Vec<_>>() {
            let found = &self.mappings[&mapping];
            let free = match &found.binding {
                Binding::Bound(group) if group == id => {
                    self.mappings.get_mut(&mapping).expect("a mapping").name = name.to_owned();
                    continue;
                }
                Binding::Bound(_) => continue,
                Binding::Waiting => true,
                Binding::Lost => by_name,
            };
            let organization = found.organization;
            if free
                && found.directory == directory
                && alike(&found.name, name)
                && !self.mapped(id, organization)
            {
                let mapping = self.mappings.get_mut(&mapping).expect("a mapping");
                (mapping.binding, mapping.name) = (Binding::Bound(id.to_owned()), name.to_owned());
            }
        }
    }

    /// Whether a group is mapped to an organization: once is enough.
    fn mapped(&self, group: &str, organization: usize) -> bool {
        let bound = Binding::Bound(group.to_owned());
        self.mappings.values().any(|mapping| mapping.organization == organization && mapping.binding == bound)
    }

    pub(crate) fn may_map(&self, directory: usize, name: &str, organization: usize) -> bool {
        match self.group_to_map(directory, name) {
            Some(group) => !self.mapped(group, organization),
            None => !self.mappings.values().any(|mapping| {
                mapping.directory == directory
                    && mapping.organization == organization
                    && mapping.binding == Binding::Waiting
                    && alike(&mapping.name, name)
            }),
        }
    }

    pub(crate) fn map(&mut self, id: &str, directory: usize, name: &str, organization: usize, role: Role) {
        let group = self.group_to_map(directory, name).cloned();
        let name = group.as_ref().map_or(name, |group| &self.groups[group].name).to_owned();
        let binding = group.map_or(Binding::Waiting, Binding::Bound);
        let mapping = Mapping { directory, name, binding, organization, role, paused: false };
        self.mappings.insert(id.to_owned(), mapping);
    }

    pub(crate) fn change_mapping(&mut self, id: &str, role: Option<Role>, paused: Option<bool>) {
        let mapping = self.mappings.get_mut(id).expect("a mapping");
        mapping.role = role.unwrap_or(mapping.role);
        mapping.paused = paused.unwrap_or(mapping.paused);
    }

    /// An administrator confirms the group that has the mapping's name now; refused where there is none, or it is mapped already.
    pub(crate) fn rebind(&mut self, id: &str) -> bool {
        let mapping = &self.mappings[id];
        let Some(group) = self.group_to_map(mapping.directory, &mapping.name).cloned() else { return false };
        let bound = Binding::Bound(group.clone());
        if mapping.binding != bound && self.mapped(&group, mapping.organization) {
            return false;
        }
        let name = self.groups[&group].name.clone();
        let mapping = self.mappings.get_mut(id).expect("a mapping");
        (mapping.binding, mapping.name) = (bound, name);
        true
    }

    /// 3.4: membership counts through nesting; circles are tolerated.
    fn reaches(&self, group: &str, user: &str, seen: &mut BTreeSet<String>) -> bool {
        let Some(found) = self.groups.get(group).filter(|_| seen.insert(group.to_owned())) else {
            return false;
        };
        found.members.contains(user) || found.members.iter().any(|member| self.reaches(member, user, seen))
    }

    /// 3.3: every role that a user has a source for in an organization, lowest first.
    pub(crate) fn sources(&self, user: &str, organization: usize) -> Vec<Role> {
        let mapped =
            self.mappings.values().filter(|mapping| mapping.organization == organization && !mapping.paused);
        let through = mapped.filter(|mapping| match &mapping.binding {
            Binding::Bound(group) => self.reaches(group, user, &mut BTreeSet::new()),
            Binding::Waiting | Binding::Lost => false,
        });
        let direct = self.grants.get(&(user.to_owned(), organization)).copied();
        let mut roles: Vec<Role> = through.map(|mapping| mapping.role).chain(direct).collect();
        roles.sort();
        roles
    }

    /// 2.3 and 3.3: the highest of all sources, and none for a deactivated user.
    pub(crate) fn role(&self, user: &str, organization: usize) -> Option<Role> {
        if self.users.get(user)?.active { self.sources(user, organization).pop() } else { None }
    }
}
