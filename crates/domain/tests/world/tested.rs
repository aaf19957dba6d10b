//! The domain's world: changes go through the domain's own rules.

use enroll_domain::enrollment::{
    Grant, GrantKind, GroupFacts, Mapping, ResourceFacts, ResourceGrant, State, UserFacts,
};
use enroll_domain::{
    DirectoryId, GroupId, GroupName, MappedGroup, MappingId, RebindPolicy, ResourceRole, RoleOn, Visibility,
};
use jiff::Timestamp;

use super::{Change, NAMES, On, grant, group, mapping, organization, resource, user};

/// A state that is changed as the service changes its store. What is deleted stays named in memberships and in grants: the
/// enrollment function must not mind.
pub(crate) struct Tested {
    policy: RebindPolicy,
    pub(crate) state: State,
}

fn directory() -> DirectoryId {
    DirectoryId::new(Timestamp::UNIX_EPOCH, &[1; 10])
}

fn name(position: usize) -> GroupName {
    GroupName::new(NAMES[position]).unwrap()
}

fn gives(on: On) -> RoleOn {
    match on {
        On::Organization(number, role) => RoleOn::Organization(organization(number), role),
        On::Resource(number, role) => RoleOn::Resource(resource(number), role),
    }
}

impl Tested {
    pub(crate) fn new(policy: RebindPolicy) -> Self {
        let facts = |number: u8| ResourceFacts {
            organization: organization(number % 3),
            base: ResourceRole::Write,
            visibility: Visibility::Private,
        };
        let resources = (0..4).map(|number| (resource(number), facts(number))).collect();
        Self { policy, state: State { resources, ..State::default() } }
    }

    pub(crate) fn apply(&mut self, change: Change) {
        let state = &mut self.state;
        match change {
            Change::CreateUser(id) => {
                state.users.insert(user(id), UserFacts { directory: Some(directory()), active: true });
            }
            Change::SetActive(id, active) => state.users.get_mut(&user(id)).unwrap().active = active,
            Change::DeleteUser(id) => drop(state.users.remove(&user(id))),
            Change::CreateGroup(id, name_at) => {
                let facts = GroupFacts { name: name(name_at), members: vec![], nested: vec![] };
                state.groups.insert(group(id), facts);
                self.named(group(id), &name(name_at));
            }
            Change::RenameGroup(id, name_at) => {
                self.facts(id).name = name(name_at);
                self.named(group(id), &name(name_at));
            }
            Change::DeleteGroup(id) => {
                state.groups.remove(&group(id));
                for mapping in &mut state.mappings {
                    mapping.group.group_deleted(group(id));
                }
            }
            Change::AddUser(id, member) => self.facts(id).members.insert(0, user(member)),
            Change::RemoveUser(id, member) => self.facts(id).members.retain(|other| *other != user(member)),
            Change::Nest(outer, inner) => self.facts(outer).nested.insert(0, group(inner)),
            Change::Unnest(outer, inner) => self.facts(outer).nested.retain(|other| *other != group(inner)),
            Change::Map { id, name: name_at, on } => {
                let found = state.groups.iter().find(|(_, facts)| facts.name == name(name_at));
                let group = MappedGroup::new(name(name_at), found.map(|(id, _)| *id));
                let gives = gives(on);
                let (id, directory, paused) = (mapping(id), directory(), false);
                state.mappings.push(Mapping { id, directory, group, gives, paused });
            }
            Change::Unmap(id) => state.mappings.retain(|mapping| mapping.id != id),
            Change::TogglePause(id) => self.mapping(id).paused ^= true,
            Change::SetRole(id, on) => self.mapping(id).gives = gives(on),
            Change::Rebind(id, number) => {
                let name = self.facts(number).name.clone();
                self.mapping(id).group.rebind(group(number), name);
            }
            Change::Grant { id, user: holder, organization: number, role } => {
                let kind = if id.is_multiple_of(2) { GrantKind::Direct } else { GrantKind::Jit };
                let (user, organization) = (user(holder), organization(number));
                state.grants.push(Grant { id: grant(id), user, organization, role, kind });
            }
            Change::Revoke(id) => {
                state.grants.retain(|grant| grant.id != id);
                state.resource_grants.retain(|grant| grant.id != id);
            }
            Change::GrantOnResource { id, user: holder, resource: number, role } => {
                let (user, resource) = (user(holder), resource(number));
                state.resource_grants.push(ResourceGrant { id: grant(id), user, resource, role });
            }
            Change::SetBase(number, base) => {
                let of = |facts: &&mut ResourceFacts| facts.organization == organization(number);
                state.resources.values_mut().filter(of).for_each(|facts| facts.base = base);
            }
            Change::SetPublic(number, public) => {
                let visibility = if public { Visibility::Public } else { Visibility::Private };
                state.resources.get_mut(&resource(number)).unwrap().visibility = visibility;
            }
        }
    }

    fn named(&mut self, group: GroupId, name: &GroupName) {
        for mapping in &mut self.state.mappings {
            mapping.group.group_named(group, name, self.policy);
        }
    }

    fn facts(&mut self, id: u8) -> &mut GroupFacts {
        self.state.groups.get_mut(&group(id)).unwrap()
    }

    fn mapping(&mut self, id: MappingId) -> &mut Mapping {
        self.state.mappings.iter_mut().find(|mapping| mapping.id == id).unwrap()
    }
}
