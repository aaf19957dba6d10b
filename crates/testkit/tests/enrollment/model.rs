//! The model: enrollment.md §2 and §3 as plainly as it can be said, without a thought for speed.
//!
//! Each method makes one change and answers whether the service has to carry it out or refuse it.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::{RebindPolicy, ResourceRole, Role};

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

/// A role on an organization or on a resource (3.1), by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gives {
    Organization(usize, Role),
    Resource(usize, ResourceRole),
}

#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    directory: usize,
    name: String,
    binding: Binding,
    pub(crate) gives: Gives,
    pub(crate) paused: bool,
}

/// A resource of an organization (1.6), and what the organization's members have on it (1.5).
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) organization: usize,
    pub(crate) public: bool,
    pub(crate) base: ResourceRole,
}

/// Users, groups and mappings by their ids; grants by user and what they are on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) mappings: BTreeMap<String, Mapping>,
    pub(crate) grants: BTreeMap<(String, usize), Role>,
    pub(crate) resource_grants: BTreeMap<(String, usize), ResourceRole>,
    pub(crate) resources: Vec<Resource>,
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

impl Gives {
    fn on_the_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Organization(one, _), Self::Organization(other, _))
            | (Self::Resource(one, _), Self::Resource(other, _)) => one == other,
            _ => false,
        }
    }
}

impl Model {
    pub(crate) fn user_name_is_free(&self, directory: usize, name: &str) -> bool {
        !self.users.values().any(|user| user.directory == directory && same(&user.name, name))
    }

    pub(crate) fn group_named(&self, directory: usize, name: &str) -> Option<&String> {
        let mut groups = self.groups.iter();
        groups.find(|(_, group)| group.directory == directory && same(&group.name, name)).map(|(id, _)| id)
    }

    /// The group that a new mapping of a name gets.
    fn group_to_map(&self, directory: usize, name: &str) -> Option<&String> {
        self.group_named(directory, name.trim())
    }

    /// 2.5: memberships and grants are gone for good.
    pub(crate) fn delete_user(&mut self, id: &str) {
        self.users.remove(id);
        self.grants.retain(|(user, _), _| user != id);
        self.resource_grants.retain(|(user, _), _| user != id);
        self.leave_all(id);
    }

    /// 3.7: what the bound group gave ends, and its mappings have lost it.
    pub(crate) fn delete_group(&mut self, id: &str) {
        self.groups.remove(id);
        self.leave_all(id);
        for mapping in self.mappings.values_mut().filter(|mapping| mapping.is_of(id)) {
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
            let fits = found.directory == directory && alike(&found.name, name);
            if free && fits && !self.mapped(id, found.gives) {
                let mapping = self.mappings.get_mut(&mapping).expect("a mapping");
                (mapping.binding, mapping.name) = (Binding::Bound(id.to_owned()), name.to_owned());
            }
        }
    }

    /// Whether a group is mapped to an organization or resource: once is enough.
    fn mapped(&self, group: &str, gives: Gives) -> bool {
        self.mappings.values().any(|mapping| mapping.gives.on_the_same(gives) && mapping.is_of(group))
    }

    pub(crate) fn may_map(&self, directory: usize, name: &str, gives: Gives) -> bool {
        match self.group_to_map(directory, name) {
            Some(group) => !self.mapped(group, gives),
            None => !self.mappings.values().any(|mapping| {
                mapping.directory == directory
                    && mapping.gives.on_the_same(gives)
                    && mapping.binding == Binding::Waiting
                    && alike(&mapping.name, name)
            }),
        }
    }

    pub(crate) fn map(&mut self, id: &str, directory: usize, name: &str, gives: Gives) {
        let group = self.group_to_map(directory, name).cloned();
        let name = group.as_ref().map_or(name, |group| &self.groups[group].name).to_owned();
        let binding = group.map_or(Binding::Waiting, Binding::Bound);
        let mapping = Mapping { directory, name, binding, gives, paused: false };
        self.mappings.insert(id.to_owned(), mapping);
    }

    /// An administrator confirms the group that has the mapping's name now; refused where there is none, or it is mapped already.
    pub(crate) fn rebind(&mut self, id: &str) -> bool {
        let mapping = &self.mappings[id];
        let Some(group) = self.group_to_map(mapping.directory, &mapping.name).cloned() else { return false };
        if !mapping.is_of(&group) && self.mapped(&group, mapping.gives) {
            return false;
        }
        let name = self.groups[&group].name.clone();
        let mapping = self.mappings.get_mut(id).expect("a mapping");
        (mapping.binding, mapping.name) = (Binding::Bound(group), name);
        true
    }

    /// 3.4: membership counts through nesting; circles are tolerated.
    fn reaches(&self, group: &str, member: &str) -> bool {
        self.reaches_but(group, member, &mut BTreeSet::new())
    }

    fn reaches_but(&self, group: &str, member: &str, seen: &mut BTreeSet<String>) -> bool {
        let Some(found) = self.groups.get(group).filter(|_| seen.insert(group.to_owned())) else {
            return false;
        };
        found.members.contains(member)
            || found.members.iter().any(|inner| self.reaches_but(inner, member, seen))
    }

    /// Roles that a user has through mappings in force.
    fn mapped_to<'a>(&'a self, user: &'a str) -> impl Iterator<Item = Gives> + 'a {
        let in_force = self.mappings.values().filter(|mapping| !mapping.paused);
        let through = in_force.filter(move |mapping| match &mapping.binding {
            Binding::Bound(group) => self.reaches(group, user),
            Binding::Waiting | Binding::Lost => false,
        });
        through.map(|mapping| mapping.gives)
    }

    /// 3.3: every role that a user has a source for in an organization, lowest first.
    pub(crate) fn sources(&self, user: &str, organization: usize) -> Vec<Role> {
        let through = self.mapped_to(user).filter_map(|gives| match gives {
            Gives::Organization(on, role) if on == organization => Some(role),
            _ => None,
        });
        let direct = self.grants.get(&(user.to_owned(), organization)).copied();
        let mut roles: Vec<Role> = through.chain(direct).collect();
        roles.sort();
        roles
    }

    /// 2.3 and 3.3: the highest of all sources, and none for a deactivated user.
    pub(crate) fn role(&self, user: &str, organization: usize) -> Option<Role> {
        if self.users.get(user)?.active { self.sources(user, organization).pop() } else { None }
    }

    /// 3.1: the highest of what is mapped to the resource, granted on it, and implied by the organization. What everybody has
    /// on a public resource is not asked for.
    pub(crate) fn resource_role(&self, user: &str, resource: usize) -> Option<ResourceRole> {
        let Resource { organization, base, .. } = self.resources[resource];
        let through = self.mapped_to(user).filter_map(|gives| match gives {
            Gives::Resource(on, role) if on == resource => Some(role),
            _ => None,
        });
        let direct = self.resource_grants.get(&(user.to_owned(), resource)).copied();
        let implied = self.role(user, organization).map(|role| match role {
            Role::Member => base,
            Role::Writer => ResourceRole::Write,
            Role::Admin => ResourceRole::Admin,
            Role::Owner => ResourceRole::Owner,
        });
        // Whoever is more than a member has no less than a member.
        let implied = implied.map(|role| role.max(base));
        self.users.get(user).filter(|user| user.active)?;
        through.chain(direct).chain(implied).max()
    }

    /// [`Model::resource_role`], and what everybody who is active has on a public resource.
    pub(crate) fn everything_on(&self, user: &str, resource: usize) -> Option<ResourceRole> {
        let public = self.resources[resource].public && self.users.get(user)?.active;
        self.resource_role(user, resource).max(public.then_some(ResourceRole::Read))
    }

    /// Those of some users who are active.
    pub(crate) fn active(&self, users: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        users.into_iter().filter(|user| self.users.get(user).is_some_and(|user| user.active)).collect()
    }

    /// 3.9: who loses access when these members have left a group, or when it goes as the member of itself.
    pub(crate) fn losing(&self, group: &str, left: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        if !self.gives_something(group) {
            return BTreeSet::new();
        }
        let left: Vec<String> = left.into_iter().collect();
        let gone = |user: &String| left.iter().any(|member| member == user || self.reaches(member, user));
        self.active(self.users.keys().filter(|user| gone(user)).cloned())
    }

    /// Whether there is a group of the name that a mapping has.
    pub(crate) fn has_group_for(&self, mapping: &str) -> bool {
        let mapping = &self.mappings[mapping];
        self.group_to_map(mapping.directory, &mapping.name).is_some()
    }

    /// Whether a group, or one that it is in, gives anything.
    fn gives_something(&self, group: &str) -> bool {
        self.mappings.values().any(|mapping| match &mapping.binding {
            Binding::Bound(bound) => !mapping.paused && (bound == group || self.reaches(bound, group)),
            Binding::Waiting | Binding::Lost => false,
        })
    }
}

impl Mapping {
    /// Whose groups it maps, and to what.
    pub(crate) fn on(&self) -> (usize, Gives) {
        (self.directory, self.gives)
    }

    fn is_of(&self, group: &str) -> bool {
        self.binding == Binding::Bound(group.to_owned())
    }
}
