use std::collections::BTreeSet;
use std::ops::ControlFlow;

use enroll_domain::GroupId;
use enroll_store::member::{self, Member};
use enroll_store::{StoreError, Tx};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{DEFAULT, NOW, OTHER, Store, group_id, new_group, new_user, new_users, user_id};

const fn user(number: u32) -> Member {
    Member::User(enroll_domain::UserId::from_uuid(Uuid::from_u128(0x1000_0000 + number as u128)))
}

fn ids(tx: &Tx<'_>, group: GroupId) -> Result<Vec<Member>, StoreError> {
    Ok(member::list(tx, DEFAULT, group, None, 1000)?.into_iter().map(|row| row.member).collect())
}

fn sorted(mut members: Vec<Member>) -> Vec<Member> {
    members.sort();
    members
}

#[test]
fn lesson_l9_adding_again_is_no_error_and_only_new_members_are_told() {
    let store = Store::new();
    let (first, second, all) = store.write(|tx| {
        new_users(tx, DEFAULT, &["a", "b", "c"])?;
        new_group(tx, DEFAULT, group_id(1), "g")?;
        Ok((
            member::add(tx, DEFAULT, group_id(1), &[user(1), user(2), user(1)], NOW)?,
            member::add(tx, DEFAULT, group_id(1), &[user(2), user(3)], NOW)?,
            ids(tx, group_id(1))?,
        ))
    });
    assert_eq!(
        (sorted(first), second, all),
        (vec![user(1), user(2)], vec![user(3)], vec![user(1), user(2), user(3)])
    );
}

#[test]
fn d3_users_and_groups_are_members() {
    let store = Store::new();
    let (added, again, all) = store.write(|tx| {
        new_users(tx, DEFAULT, &["a"])?;
        new_group(tx, DEFAULT, group_id(1), "outer")?;
        new_group(tx, DEFAULT, group_id(2), "inner")?;
        let members = [user(1), Member::Group(group_id(2)), Member::Group(group_id(1))];
        Ok((
            member::add(tx, DEFAULT, group_id(1), &members, NOW)?,
            member::add(tx, DEFAULT, group_id(1), &members, NOW)?,
            ids(tx, group_id(1))?,
        ))
    });
    let members = vec![user(1), Member::Group(group_id(1)), Member::Group(group_id(2))];
    assert_eq!((sorted(added), again, all), (members.clone(), Vec::new(), members));
}

#[test]
fn a11_what_is_not_here_does_not_become_a_member() {
    let store = Store::new();
    let added = store.write(|tx| {
        new_users(tx, DEFAULT, &["a"])?;
        new_user(tx, OTHER, user_id(7), json!({"userName": "foreign"}))?;
        new_group(tx, DEFAULT, group_id(1), "g")?;
        new_group(tx, OTHER, group_id(7), "foreign")?;
        // An unknown id, a user as a group, and what belongs to another directory.
        let members = [
            user(99),
            Member::Group(GroupId::from_uuid(*user_id(1).as_uuid())),
            user(7),
            Member::Group(group_id(7)),
        ];
        let mut added = member::add(tx, DEFAULT, group_id(1), &members, NOW)?;
        added.extend(member::add(tx, DEFAULT, group_id(7), &[user(1)], NOW)?);
        added.extend(member::add(tx, OTHER, group_id(1), &[user(7)], NOW)?);
        Ok(added)
    });
    assert_eq!(added, []);
}

#[test]
fn s6_removing_removes_those_alone_and_absent_ones_are_no_error() {
    let store = Store::new();
    let (removed, left) = store.write(|tx| {
        new_users(tx, DEFAULT, &["a", "b", "c"])?;
        new_group(tx, DEFAULT, group_id(1), "g")?;
        member::add(tx, DEFAULT, group_id(1), &[user(1), user(2), user(3)], NOW)?;
        let removed = member::remove(
            tx,
            DEFAULT,
            group_id(1),
            &[*user(2).uuid(), Uuid::from_u128(5), *user(2).uuid()],
        )?;
        assert_eq!(member::remove(tx, DEFAULT, group_id(1), &[*user(2).uuid()])?, []);
        assert_eq!(member::remove(tx, DEFAULT, group_id(1), &[])?, []);
        Ok((removed, ids(tx, group_id(1))?))
    });
    assert_eq!((removed, left), (vec![user(2)], vec![user(1), user(3)]));
}

#[test]
fn s2_all_members_are_removed_from_one_group_alone() {
    let store = Store::new();
    let (removed, counts) = store.write(|tx| {
        new_users(tx, DEFAULT, &["a", "b"])?;
        for number in [1, 2] {
            new_group(tx, DEFAULT, group_id(number), &format!("g{number}"))?;
            member::add(tx, DEFAULT, group_id(number), &[user(1), user(2)], NOW)?;
        }
        let removed = member::remove_all(tx, DEFAULT, group_id(1))?;
        Ok((removed, [member::count(tx, DEFAULT, group_id(1))?, member::count(tx, DEFAULT, group_id(2))?]))
    });
    assert_eq!((sorted(removed), counts), (vec![user(1), user(2)], [0, 2]));
}

#[test]
fn thousands_of_members_are_added_and_removed_at_once() {
    let store = Store::new();
    let (added, removed) = store.write(|tx| {
        let mut members = Vec::new();
        for number in 1..=1_203 {
            new_user(tx, DEFAULT, user_id(number), json!({"userName": format!("user{number}")}))?;
            members.push(user(number));
        }
        new_group(tx, DEFAULT, group_id(1), "g")?;
        let added = member::add(tx, DEFAULT, group_id(1), &members, NOW)?;
        let uuids: Vec<Uuid> = members.iter().map(|member| *member.uuid()).collect();
        assert_eq!(member::kinds(tx, DEFAULT, uuids.iter().copied())?.len(), 1_203);
        assert_eq!(member::among(tx, DEFAULT, group_id(1), uuids.iter().copied())?.len(), 1_203);
        Ok((added.len(), member::remove(tx, DEFAULT, group_id(1), &uuids)?.len()))
    });
    assert_eq!((added, removed), (1_203, 1_203));
}

#[test]
fn d5_members_are_shown_by_display_name_else_user_name() {
    let store = Store::new();
    let shown = store.write(|tx| {
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "one", "displayName": "Number One"}))?;
        new_user(tx, DEFAULT, user_id(2), json!({"userName": "two"}))?;
        new_group(tx, DEFAULT, group_id(1), "g")?;
        new_group(tx, DEFAULT, group_id(2), "Inner")?;
        member::add(tx, DEFAULT, group_id(1), &[user(1), user(2), Member::Group(group_id(2))], NOW)?;
        member::list(tx, DEFAULT, group_id(1), None, 10)
    });
    let shown: Vec<_> = shown.into_iter().map(|row| (row.member, row.display.unwrap())).collect();
    let expected = [
        (user(1), "Number One".to_owned()),
        (user(2), "two".to_owned()),
        (Member::Group(group_id(2)), "Inner".to_owned()),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn members_have_the_names_that_are_theirs_alone_in_the_directory() {
    let store = Store::new();
    let (all, page) = store.write(|tx| {
        new_user(tx, DEFAULT, user_id(1), json!({"userName": "one", "displayName": "Number One"}))?;
        new_group(tx, DEFAULT, group_id(1), "g")?;
        new_group(tx, DEFAULT, group_id(2), "Inner")?;
        member::add(tx, DEFAULT, group_id(1), &[user(1), Member::Group(group_id(2))], NOW)?;
        let all = member::names(tx, DEFAULT, group_id(1), None, 10)?;
        assert_eq!(member::names(tx, OTHER, group_id(1), None, 10)?, [], "of another directory");
        Ok((all, member::names(tx, DEFAULT, group_id(1), Some(*user(1).uuid()), 1)?))
    });
    let inner = (Member::Group(group_id(2)), "Inner".to_owned());
    assert_eq!(all, [(user(1), "one".to_owned()), inner.clone()]);
    assert_eq!(page, [inner]);
}

#[test]
fn pages_of_members_partition_the_group() {
    let store = Store::new();
    let (pages, streamed) = store.write(|tx| {
        let names: Vec<String> = (1..=7).map(|number| format!("u{number}")).collect();
        new_users(tx, DEFAULT, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
        for number in [1, 2, 3] {
            new_group(tx, DEFAULT, group_id(number), &format!("g{number}"))?;
        }
        member::add(tx, DEFAULT, group_id(1), &(1..=7).map(user).collect::<Vec<_>>(), NOW)?;
        member::add(tx, DEFAULT, group_id(3), &[user(4)], NOW)?;
        let mut pages = Vec::new();
        let mut after = None;
        loop {
            let page = member::list(tx, DEFAULT, group_id(1), after, 3)?;
            let Some(last) = page.last() else { break };
            after = Some(*last.member.uuid());
            pages.push(page.len());
        }
        let mut streamed = Vec::new();
        member::each_of_groups(tx, DEFAULT, &[group_id(3), group_id(2), group_id(1)], |group, row| {
            streamed.push((group, row.member));
            Ok(if streamed.len() == 8 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok((pages, streamed))
    });
    assert_eq!(pages, [3, 3, 1]);
    let mut expected: Vec<_> = (1..=7).map(|number| (group_id(1), user(number))).collect();
    expected.push((group_id(3), user(4)));
    assert_eq!(streamed, expected);
}

#[test]
fn c11_groups_of_users_are_direct_or_indirect_and_cycles_end() {
    let store = Store::new();
    let found = store.write(|tx| {
        new_users(tx, DEFAULT, &["a", "b", "c"])?;
        for number in 1..=4 {
            new_group(tx, DEFAULT, group_id(number), &format!("g{number}"))?;
        }
        let nest =
            |outer, inner| member::add(tx, DEFAULT, group_id(outer), &[Member::Group(group_id(inner))], NOW);
        // 1 in 2 in 3 in 1; the user a is in 1 and in 3; the user b in 4.
        nest(2, 1)?;
        nest(3, 2)?;
        nest(1, 3)?;
        member::add(tx, DEFAULT, group_id(1), &[user(1)], NOW)?;
        member::add(tx, DEFAULT, group_id(3), &[user(1)], NOW)?;
        member::add(tx, DEFAULT, group_id(4), &[user(2)], NOW)?;
        member::groups_of_users(tx, DEFAULT, &[user_id(3), user_id(2), user_id(1)])
    });
    let found: Vec<_> = found.iter().map(|g| (g.user, g.group, g.display.as_str(), g.direct)).collect();
    let expected = [
        (user_id(1), group_id(1), "g1", true),
        (user_id(1), group_id(2), "g2", false),
        (user_id(1), group_id(3), "g3", true),
        (user_id(2), group_id(4), "g4", true),
    ];
    assert_eq!(found, expected);
}

#[test]
fn kinds_tell_users_from_groups_of_the_directory() {
    let store = Store::new();
    let found = store.write(|tx| {
        new_users(tx, DEFAULT, &["a"])?;
        new_user(tx, OTHER, user_id(7), json!({"userName": "foreign"}))?;
        new_group(tx, DEFAULT, group_id(1), "g")?;
        member::kinds(
            tx,
            DEFAULT,
            [*user_id(1).as_uuid(), *group_id(1).as_uuid(), *user_id(7).as_uuid(), Uuid::from_u128(3)],
        )
    });
    let expected = BTreeSet::from([user(1), Member::Group(group_id(1))]);
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
}
