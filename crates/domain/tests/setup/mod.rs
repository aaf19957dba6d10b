//! A state in few words: users, groups and the like are numbered.

use enroll_domain::enrollment::{Grant, GrantKind, GroupFacts, Mapping, State, UserFacts};
use enroll_domain::{
    DirectoryId, GrantId, GroupId, GroupName, MappedGroup, MappingBinding, MappingId, OrganizationId, Role,
    RoleOn, UserId,
};
use jiff::Timestamp;

fn random(number: u32) -> [u8; 10] {
    let mut random = [0; 10];
    random[6..].copy_from_slice(&number.to_be_bytes());
    random
}

pub(crate) fn directory(number: u32) -> DirectoryId {
    DirectoryId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn user(number: u32) -> UserId {
    UserId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn group(number: u32) -> GroupId {
    GroupId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn organization(number: u32) -> OrganizationId {
    OrganizationId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn mapping(number: u32) -> MappingId {
    MappingId::new(Timestamp::UNIX_EPOCH, &random(number))
}

pub(crate) fn grant(number: u32) -> GrantId {
    GrantId::new(Timestamp::UNIX_EPOCH, &random(number))
}

fn name(number: u32) -> GroupName {
    GroupName::new(&format!("Group {number}")).unwrap()
}

/// Active users of directory 1, numbered from 1.
pub(crate) fn with_users(count: u32) -> State {
    let facts = UserFacts { directory: Some(directory(1)), active: true };
    State { users: (1..=count).map(|number| (user(number), facts)).collect(), ..State::default() }
}

pub(crate) fn add_group(state: &mut State, number: u32, members: &[u32], nested: &[u32]) {
    let facts = GroupFacts {
        name: name(number),
        members: members.iter().copied().map(user).collect(),
        nested: nested.iter().copied().map(group).collect(),
    };
    state.groups.insert(group(number), facts);
}

/// Maps a group of directory 1 to organization 1.
pub(crate) fn map(state: &mut State, number: u32, to: u32, role: Role) -> &mut Mapping {
    state.mappings.push(Mapping {
        id: mapping(number),
        directory: directory(1),
        group: MappedGroup::new(name(to), Some(group(to))),
        gives: RoleOn::Organization(organization(1), role),
        paused: false,
    });
    state.mappings.last_mut().unwrap()
}

/// Sets what a mapping holds.
pub(crate) fn bind(mapping: &mut Mapping, binding: MappingBinding) {
    mapping.group = MappedGroup::from_stored(mapping.group.name().clone(), binding);
}

/// Grants a role on organization 1.
pub(crate) fn add_grant(state: &mut State, number: u32, holder: u32, role: Role, kind: GrantKind) {
    let (id, user) = (grant(number), user(holder));
    state.grants.push(Grant { id, user, organization: organization(1), role, kind });
}
