//! Resources as the naive world sees them.

use enroll_domain::enrollment::{
    Enrollments, ResourceSource, State, diff_resource, enroll_resource, enroll_resources, explain_resource,
    given_on_resources,
};
use enroll_domain::{ResourceRole, Role};
use proptest::prelude::{prop_assert, prop_assert_eq};
use proptest::test_runner::TestCaseError;

use crate::world::{On, World, resource, user};
use crate::{Naive, id};

/// The table of enrollment.md 3.1, and that more is never less.
fn implied(role: Role, base: ResourceRole) -> ResourceRole {
    let listed = match role {
        Role::Member => base,
        Role::Writer => ResourceRole::Write,
        Role::Admin => ResourceRole::Admin,
        Role::Owner => ResourceRole::Owner,
    };
    if listed < base { base } else { listed }
}

/// What gives the user which role, by the id of the mapping or the grant; those through the organization are marked.
fn expected(world: &World, naive: &Naive, number: u8, person: u8) -> Vec<(String, ResourceRole)> {
    let (organization, base) = (number % 3, world.bases[usize::from(number % 3)]);
    let mut all = Vec::new();
    for mapping in world.mappings.iter().filter(|m| !m.paused && naive.length(m.group, person).is_some()) {
        match mapping.on {
            On::Resource(on, role) if on == number => all.push((mapping.id.to_string(), role)),
            On::Organization(on, role) if on == organization => {
                all.push((format!("via {}", mapping.id), implied(role, base)));
            }
            _ => {}
        }
    }
    for grant in world.grants.iter().filter(|g| (g.organization, g.user) == (organization, person)) {
        all.push((format!("via {}", grant.id), implied(grant.role, base)));
    }
    for grant in world.resource_grants.iter().filter(|g| (g.resource, g.user) == (number, person)) {
        all.push((grant.id.to_string(), grant.role));
    }
    if world.public[usize::from(number)] {
        all.push(("public".to_owned(), ResourceRole::Read));
    }
    all.sort();
    all
}

fn named(source: &ResourceSource) -> (String, ResourceRole) {
    let name = match source {
        ResourceSource::Own(own) => id(own),
        ResourceSource::Organization { via, .. } => format!("via {}", id(via)),
        ResourceSource::Public => "public".to_owned(),
    };
    (name, source.role())
}

/// Each user's standing on each resource equals the naive one, from the whole state and from the user's slice.
pub(crate) fn resources_agree(
    world: &World,
    naive: &Naive,
    state: &State,
    all: &Enrollments,
) -> Result<(), TestCaseError> {
    let each: Vec<_> = enroll_resources(state, all).collect();
    prop_assert_eq!(each.len(), world.resources().count());
    let given = given_on_resources(state);
    for number in world.resources() {
        let found = enroll_resource(state, resource(number));
        prop_assert!(each.contains(&(resource(number), found.clone())));
        prop_assert_eq!(diff_resource(&found, &found), vec![]);
        let mut entries = 0;
        for (person, active) in &world.users {
            let expected = expected(world, naive, number, *person);
            let highest = expected.iter().map(|(_, role)| *role).max().filter(|_| *active);
            let entry = found.get(user(*person));
            let sources = entry.map(|entry| entry.sources.as_slice()).unwrap_or_default();
            let own = sources.iter().filter_map(|source| match source {
                ResourceSource::Own(own) => Some(own.clone()),
                ResourceSource::Organization { .. } | ResourceSource::Public => None,
            });
            let alone = given.get(&(resource(number), user(*person))).cloned().unwrap_or_default();
            prop_assert_eq!(alone, own.collect::<Vec<_>>());
            prop_assert!(sources.is_sorted_by(|a, b| a.role() >= b.role()));
            let mut given: Vec<_> = sources.iter().map(named).collect();
            given.sort();
            entries += usize::from(!expected.is_empty());
            prop_assert_eq!(given, expected);
            prop_assert_eq!(found.effective_role(user(*person)), highest);

            let mut slice = state.clone();
            slice.users.retain(|id, _| *id == user(*person));
            let sliced = enroll_resource(&slice, resource(number));
            prop_assert_eq!(sliced.get(user(*person)), entry);
            let explained = explain_resource(&slice, resource(number), user(*person)).unwrap();
            prop_assert_eq!(explained.effective_role, highest);
            prop_assert_eq!(explained.sources.as_slice(), sources);
        }
        prop_assert_eq!(found.iter().count(), entries);
        let gone = enroll_resource(&State::default(), resource(number));
        let lost = diff_resource(&found, &gone);
        prop_assert_eq!(lost.len(), found.iter().filter(|entry| entry.effective_role.is_some()).count());
        prop_assert!(lost.iter().all(|change| change.after.is_none()));
    }
    Ok(())
}
