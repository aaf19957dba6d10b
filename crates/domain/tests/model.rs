//! Random sequences of changes, applied to a [`State`] by the domain's rules and to a naive world of plain vectors with
//! binding rules of its own; after each step both must agree on every role, source and path.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod resources;
mod world;

use enroll_domain::enrollment::{Enrollments, GroupFacts, Source, State, diff, enroll, explain};
use enroll_domain::{GroupId, OrganizationId, RebindPolicy, Target, UserId};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;

use resources::resources_agree;
use world::{On, Step, Tested, World, group, organization, user};

/// The naive reading of enrollment.md 3: facts are added until nothing changes.
struct Naive {
    /// (group, user, length of the shortest path).
    reached: Vec<(u8, u8, usize)>,
}

impl Naive {
    fn of(world: &World) -> Self {
        let mut reached: Vec<(u8, u8, usize)> = Vec::new();
        let mut changed = true;
        while changed {
            changed = false;
            for outer in &world.groups {
                let direct = outer.users.iter().map(|user| (outer.id, *user, 1));
                let inner = reached.iter().filter(|(inner, ..)| outer.nested.contains(inner));
                let found: Vec<_> =
                    direct.chain(inner.map(|(_, u, length)| (outer.id, *u, length + 1))).collect();
                for (group, user, length) in found {
                    if !reached.iter().any(|(g, u, l)| (*g, *u) == (group, user) && *l <= length) {
                        reached.retain(|(g, u, _)| (*g, *u) != (group, user));
                        reached.push((group, user, length));
                        changed = true;
                    }
                }
            }
        }
        Self { reached }
    }

    fn length(&self, group: Option<u8>, user: u8) -> Option<usize> {
        self.reached.iter().find(|(g, u, _)| Some(*g) == group && *u == user).map(|(.., length)| *length)
    }
}

/// Each enrollment as the naive world sees it equals the one computed.
fn agree(world: &World, enrollments: &Enrollments) -> Result<(), TestCaseError> {
    let naive = Naive::of(world);
    let mut entries = 0;
    for number in world.organizations() {
        for (person, active) in &world.users {
            let mappings = world.mappings.iter().filter(|m| !m.paused).filter_map(|m| match m.on {
                On::Organization(on, role) if on == number => Some((m, role)),
                _ => None,
            });
            let mappings = mappings.filter(|(m, _)| naive.length(m.group, *person).is_some());
            let grants = world.grants.iter().filter(|g| (g.organization, g.user) == (number, *person));
            let mut expected: Vec<_> = mappings.map(|(m, role)| (m.id.to_string(), role)).collect();
            expected.extend(grants.map(|g| (g.id.to_string(), g.role)));
            expected.sort();
            let highest = expected.iter().map(|(_, role)| *role).max();

            let found = enrollments.get(organization(number), user(*person));
            let sources = found.map(|entry| entry.sources.as_slice()).unwrap_or_default();
            let mut given: Vec<_> = sources.iter().map(|source| (id(source), source.role())).collect();
            given.sort();
            prop_assert_eq!(given, expected);
            prop_assert!(sources.is_sorted_by(|a, b| a.role() >= b.role()));
            prop_assert_eq!(found.and_then(|entry| entry.effective_role), highest.filter(|_| *active));
            for source in sources {
                path_is_real(world, &naive, source, *person)?;
            }
            entries += usize::from(found.is_some());
        }
    }
    prop_assert_eq!(enrollments.iter().count(), entries, "nobody else is enrolled");
    Ok(())
}

fn id<R>(source: &Source<R>) -> String {
    match source {
        Source::Group { mapping, .. } => mapping.to_string(),
        Source::Direct { grant, .. } | Source::Jit { grant, .. } => grant.to_string(),
    }
}

/// A path begins where the user is, leads outward group by group to the mapped one, and is as short as can be.
fn path_is_real(world: &World, naive: &Naive, source: &Source, person: u8) -> Result<(), TestCaseError> {
    let Source::Group { mapping, path, .. } = source else { return Ok(()) };
    let mapped = world.mappings.iter().find(|m| m.id == *mapping).unwrap().group;
    let path: Vec<_> = path.groups().collect();
    let path: Vec<_> =
        path.iter().map(|id| world.groups.iter().find(|g| group(g.id) == *id).unwrap()).collect();
    prop_assert!(path[0].users.contains(&person));
    prop_assert!(path.windows(2).all(|pair| pair[1].nested.contains(&pair[0].id)));
    prop_assert_eq!(path.last().map(|g| g.id), mapped);
    prop_assert_eq!(Some(path.len()), naive.length(mapped, person));
    Ok(())
}

/// A slice gives the same answer as the whole.
fn slices_agree(whole: &State, all: &Enrollments) -> Result<(), TestCaseError> {
    for (person, facts) in &whole.users {
        let only = |id: &UserId| id == person;
        let cut = |(id, facts): (&GroupId, &GroupFacts)| {
            let members = facts.members.iter().copied().filter(only).collect();
            (*id, GroupFacts { members, ..facts.clone() })
        };
        let slice = State {
            users: [(*person, *facts)].into(),
            groups: whole.groups.iter().map(cut).collect(),
            mappings: whole.mappings.clone(),
            grants: whole.grants.iter().filter(|grant| only(&grant.user)).copied().collect(),
            ..State::default()
        };
        let answer = enroll(&slice);
        prop_assert!(answer.iter().eq(all.iter().filter(|entry| entry.user == *person)));
        for organization in organizations(whole) {
            let explained = explain(&slice, organization, *person).unwrap();
            prop_assert_eq!(&explained, &explain(whole, organization, *person).unwrap());
            prop_assert_eq!(explained.effective_role, all.effective_role(organization, *person));
            let sources = all.get(organization, *person).map(|entry| entry.sources.as_slice());
            prop_assert_eq!(explained.sources.as_slice(), sources.unwrap_or_default());
        }
    }
    for organization in organizations(whole) {
        let mut slice = whole.clone();
        slice.mappings.retain(|mapping| mapping.gives.target() == Target::Organization(organization));
        slice.grants.retain(|grant| grant.organization == organization);
        prop_assert!(enroll(&slice).iter().eq(all.of_organization(organization)));
    }
    Ok(())
}

fn organizations(state: &State) -> Vec<OrganizationId> {
    let mapped = state.mappings.iter().filter_map(|mapping| match mapping.gives.target() {
        Target::Organization(organization) => Some(organization),
        Target::Resource(_) => None,
    });
    mapped.chain(state.grants.iter().map(|grant| grant.organization)).collect()
}

/// The difference, looked up one by one.
fn changes_agree(before: &Enrollments, after: &Enrollments) -> Result<(), TestCaseError> {
    let mut all: Vec<_> = before.iter().chain(after).map(|entry| (entry.organization, entry.user)).collect();
    all.sort();
    all.dedup();
    all.retain(|(o, u)| before.effective_role(*o, *u) != after.effective_role(*o, *u));
    let changes = diff(before, after);
    for change in &changes {
        prop_assert_eq!(change.before, before.effective_role(change.organization, change.user));
        prop_assert_eq!(change.after, after.effective_role(change.organization, change.user));
    }
    prop_assert_eq!(changes.iter().map(|c| (c.organization, c.user)).collect::<Vec<_>>(), all);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, max_shrink_iters: 4000, ..ProptestConfig::default() })]

    #[test]
    fn e3_5_enrollment_agrees_with_the_naive_model(
        steps in proptest::collection::vec(any::<Step>(), 1..80),
        by_name in any::<bool>(),
    ) {
        let policy = if by_name { RebindPolicy::ByName } else { RebindPolicy::Confirm };
        let (mut world, mut tested) = (World::new(policy), Tested::new(policy));
        let mut before = Enrollments::default();
        for step in steps {
            if let Some(change) = world.apply(step) {
                tested.apply(change);
            }
            let after = enroll(&tested.state);
            agree(&world, &after)?;
            slices_agree(&tested.state, &after)?;
            resources_agree(&world, &Naive::of(&world), &tested.state, &after)?;
            changes_agree(&before, &after)?;
            before = after;
        }
    }
}
