//! Two worlds that undergo the same changes: a naive one of plain vectors, and the domain's [`State`].

mod tested;

use enroll_domain::{
    GrantId, GroupId, MappingId, OrganizationId, RebindPolicy, ResourceId, ResourceRole, Role, UserId,
};
use jiff::Timestamp;

pub(crate) use tested::Tested;

/// Names under which groups come and go: three names in several spellings.
pub(crate) const NAMES: [&str; 7] = ["Red", " red", "RED ", "Blue", "blue", "Green", "\tgREEN"];

/// What to do next: a kind of change, and three choices to make it with.
pub(crate) type Step = (u8, u8, u8, u8);

/// A change that is possible in the present world. Names are positions in [`NAMES`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    CreateUser(u8),
    SetActive(u8, bool),
    DeleteUser(u8),
    CreateGroup(u8, usize),
    RenameGroup(u8, usize),
    DeleteGroup(u8),
    AddUser(u8, u8),
    RemoveUser(u8, u8),
    Nest(u8, u8),
    Unnest(u8, u8),
    Map { id: u8, name: usize, on: On },
    Unmap(MappingId),
    TogglePause(MappingId),
    SetRole(MappingId, On),
    Rebind(MappingId, u8),
    Grant { id: u8, user: u8, organization: u8, role: Role },
    Revoke(GrantId),
    GrantOnResource { id: u8, user: u8, resource: u8, role: ResourceRole },
    SetBase(u8, ResourceRole),
    SetPublic(u8, bool),
}

/// A role on an organization or a resource, by number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum On {
    Organization(u8, Role),
    Resource(u8, ResourceRole),
}

pub(crate) struct Group {
    pub(crate) id: u8,
    name: String,
    pub(crate) users: Vec<u8>,
    pub(crate) nested: Vec<u8>,
}

pub(crate) struct Mapping {
    pub(crate) id: MappingId,
    name: String,
    pub(crate) group: Option<u8>,
    was_bound: bool,
    pub(crate) on: On,
    pub(crate) paused: bool,
}

pub(crate) struct Grant {
    pub(crate) id: GrantId,
    pub(crate) user: u8,
    pub(crate) organization: u8,
    pub(crate) role: Role,
}

pub(crate) struct ResourceGrant {
    pub(crate) id: GrantId,
    pub(crate) user: u8,
    pub(crate) resource: u8,
    pub(crate) role: ResourceRole,
}

/// The naive world. Of its four resources the first and the last are of the same organization.
pub(crate) struct World {
    policy: RebindPolicy,
    made: u8,
    pub(crate) users: Vec<(u8, bool)>,
    pub(crate) groups: Vec<Group>,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) resource_grants: Vec<ResourceGrant>,
    /// Of each organization.
    pub(crate) bases: [ResourceRole; 3],
    /// Of each resource.
    pub(crate) public: [bool; 4],
}

fn random(number: u8) -> [u8; 10] {
    // Ids in another order than the objects were made in.
    let mut random = [0; 10];
    random[9] = number.wrapping_mul(151);
    random
}

pub(crate) fn user(number: u8) -> UserId {
    UserId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn group(number: u8) -> GroupId {
    GroupId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn organization(number: u8) -> OrganizationId {
    OrganizationId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn resource(number: u8) -> ResourceId {
    ResourceId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn mapping(number: u8) -> MappingId {
    MappingId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn grant(number: u8) -> GrantId {
    GrantId::new(Timestamp::UNIX_EPOCH, &random(number))
}

fn plain(name: usize) -> String {
    NAMES[name].trim().to_ascii_lowercase()
}

fn pick<T>(all: &[T], choice: u8) -> Option<&T> {
    all.get(usize::from(choice).checked_rem(all.len())?)
}

impl World {
    pub(crate) fn new(policy: RebindPolicy) -> Self {
        Self {
            policy,
            made: 0,
            users: vec![],
            groups: vec![],
            mappings: vec![],
            grants: vec![],
            resource_grants: vec![],
            bases: [ResourceRole::Write; 3],
            public: [false; 4],
        }
    }

    pub(crate) fn organizations(&self) -> impl Iterator<Item = u8> + use<> {
        0..3
    }

    pub(crate) fn resources(&self) -> impl Iterator<Item = u8> + use<> {
        0..4
    }

    /// Turns a step into a change that is possible, makes it, and tells which one.
    pub(crate) fn apply(&mut self, (kind, a, b, c): Step) -> Option<Change> {
        let change = self.choose(kind, a, b, c)?;
        self.make(change);
        Some(change)
    }

    fn choose(&mut self, kind: u8, a: u8, b: u8, c: u8) -> Option<Change> {
        self.made += 1;
        let user = pick(&self.users, a).map(|(user, _)| *user);
        let group = pick(&self.groups, b).map(|group| group.id);
        let other = pick(&self.groups, c).map(|group| group.id);
        let mapping = pick(&self.mappings, a).map(|mapping| mapping.id);
        let name = usize::from(a) % NAMES.len();
        let free = !self.groups.iter().any(|group| group.name == plain(name));
        let own = self.groups.iter().any(|g| Some(g.id) == group && g.name == plain(name));
        let (organization, role) = (b % 3, Role::ALL[usize::from(c) % 4]);
        let (number, on_resource) = (b % 4, ResourceRole::ALL[usize::from(c) % 4]);
        Some(match kind % 29 {
            0 | 1 => Change::CreateUser(self.made),
            2 => Change::SetActive(user?, false),
            3 => Change::SetActive(user?, true),
            4 => Change::DeleteUser(user?),
            5..=7 if free => Change::CreateGroup(self.made, name),
            8 if free || own => Change::RenameGroup(group?, name),
            9 => Change::DeleteGroup(group?),
            10..=12 => Change::AddUser(group?, user?),
            13 => Change::RemoveUser(group?, user?),
            14 | 15 => Change::Nest(group?, other?),
            16 => Change::Unnest(group?, other?),
            17 | 18 => Change::Map { id: self.made, name, on: On::Organization(organization, role) },
            24 | 25 => Change::Map { id: self.made, name, on: On::Resource(number, on_resource) },
            26 => {
                let role = ResourceRole::ALL[usize::from(c) % 5];
                Change::GrantOnResource { id: self.made, user: user?, resource: number, role }
            }
            27 => Change::SetBase(organization, ResourceRole::ALL[usize::from(c) % 5]),
            28 => Change::SetPublic(number, c.is_multiple_of(2)),
            19 => Change::Unmap(mapping?),
            20 => Change::TogglePause(mapping?),
            21 => {
                let on = pick(&self.mappings, a)?.on;
                let on = match on {
                    On::Organization(organization, _) => On::Organization(organization, role),
                    On::Resource(resource, _) => On::Resource(resource, on_resource),
                };
                Change::SetRole(mapping?, on)
            }
            22 if c.is_multiple_of(2) => Change::Rebind(mapping?, group?),
            22 if c.is_multiple_of(3) => Change::Revoke(pick(&self.resource_grants, a)?.id),
            22 => Change::Revoke(pick(&self.grants, a)?.id),
            23 => Change::Grant { id: self.made, user: user?, organization, role },
            _ => return None,
        })
    }

    fn make(&mut self, change: Change) {
        match change {
            Change::CreateUser(user) => self.users.push((user, true)),
            Change::SetActive(user, active) => {
                self.users.iter_mut().filter(|u| u.0 == user).for_each(|u| u.1 = active);
            }
            Change::DeleteUser(user) => {
                self.users.retain(|u| u.0 != user);
                self.groups.iter_mut().for_each(|group| group.users.retain(|u| *u != user));
                self.grants.retain(|grant| grant.user != user);
                self.resource_grants.retain(|grant| grant.user != user);
            }
            Change::CreateGroup(id, name) => {
                self.groups.push(Group { id, name: plain(name), users: vec![], nested: vec![] });
                self.bind(id, &plain(name));
            }
            Change::RenameGroup(id, name) => {
                self.group(id).name = plain(name);
                self.bind(id, &plain(name));
            }
            Change::DeleteGroup(id) => {
                self.groups.retain(|group| group.id != id);
                self.groups.iter_mut().for_each(|group| group.nested.retain(|nested| *nested != id));
                self.mappings.iter_mut().filter(|m| m.group == Some(id)).for_each(|m| m.group = None);
            }
            Change::AddUser(group, user) => self.group(group).users.push(user),
            Change::RemoveUser(group, user) => self.group(group).users.retain(|u| *u != user),
            Change::Nest(outer, inner) => self.group(outer).nested.push(inner),
            Change::Unnest(outer, inner) => self.group(outer).nested.retain(|nested| *nested != inner),
            Change::Map { id, name, on } => {
                let (id, name) = (mapping(id), plain(name));
                let group = self.groups.iter().find(|group| group.name == name).map(|group| group.id);
                let was_bound = group.is_some();
                self.mappings.push(Mapping { id, name, group, was_bound, on, paused: false });
            }
            Change::Unmap(id) => self.mappings.retain(|mapping| mapping.id != id),
            Change::TogglePause(id) => self.mapping(id).paused ^= true,
            Change::SetRole(id, on) => self.mapping(id).on = on,
            Change::Rebind(id, group) => {
                let name = self.group(group).name.clone();
                let mapping = self.mapping(id);
                (mapping.group, mapping.was_bound, mapping.name) = (Some(group), true, name);
            }
            Change::Grant { id, user, organization, role } => {
                self.grants.push(Grant { id: grant(id), user, organization, role });
            }
            Change::Revoke(id) => {
                self.grants.retain(|grant| grant.id != id);
                self.resource_grants.retain(|grant| grant.id != id);
            }
            Change::GrantOnResource { id, user, resource, role } => {
                self.resource_grants.push(ResourceGrant { id: grant(id), user, resource, role });
            }
            Change::SetBase(organization, role) => self.bases[usize::from(organization)] = role,
            Change::SetPublic(resource, public) => self.public[usize::from(resource)] = public,
        }
    }

    /// A group has a name from now on.
    fn bind(&mut self, group: u8, name: &str) {
        for mapping in &mut self.mappings {
            if mapping.group == Some(group) {
                mapping.name = name.to_owned();
            }
            let may_bind = !mapping.was_bound || self.policy == RebindPolicy::ByName;
            if mapping.group.is_none() && mapping.name == name && may_bind {
                mapping.group = Some(group);
                mapping.was_bound = true;
            }
        }
    }

    fn group(&mut self, id: u8) -> &mut Group {
        self.groups.iter_mut().find(|group| group.id == id).unwrap()
    }

    fn mapping(&mut self, id: MappingId) -> &mut Mapping {
        self.mappings.iter_mut().find(|mapping| mapping.id == id).unwrap()
    }
}
