//! One directory of the week: what its identity provider knows, and how it carries out an action.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::company::{Account, RemoteGroup};
use crate::demo::cast::{CAST, GROUPS};
use crate::demo::player::Player;
use crate::demo::plot::Action;
use crate::entra::{self, active, group, manager, provision};
use crate::okta::{self, assign, catalog, push, wizard};
use crate::people::{Person, Team, external_id};
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups;
use crate::summary::{ExpectedGroup, ExpectedState, ExpectedUser};
use crate::wire::{operation, patch};

/// A directory in the course of the week.
#[derive(Debug)]
pub(crate) struct Directory {
    player: Player,
    pub(crate) session: Session,
    /// Who was provisioned, by the name in the cast; without an account if the server refused.
    people: BTreeMap<&'static str, (Person, Option<Account>)>,
    groups: Vec<PlayedGroup>,
}

/// A group by the name it began with.
#[derive(Debug)]
struct PlayedGroup {
    first_name: &'static str,
    team: Team,
    remote: Option<RemoteGroup>,
    members: Vec<&'static str>,
}

impl Directory {
    /// A directory before the week begins.
    pub(crate) fn new(player: Player, session: Session) -> Self {
        Self { player, session, people: BTreeMap::new(), groups: Vec::new() }
    }

    /// Carries out one action; what fails is in the ledger.
    pub(crate) async fn play(&mut self, action: Action) -> Option<()> {
        match action {
            Action::FirstSync => self.first_sync().await,
            Action::Hire { who, group } => {
                self.provision(who).await;
                self.change_members(group, &[], &[who]).await
            }
            Action::Move { who, from, to } => {
                self.change_members(from, &[who], &[]).await;
                self.change_members(to, &[], &[who]).await
            }
            Action::Leave { who } => self.set_active(who, false).await,
            Action::Return { who } => self.set_active(who, true).await,
            Action::Rename { group, to } => self.rename(group, to).await,
            Action::Promote { who, title, group } => {
                self.set_title(who, title).await;
                match group {
                    Some(group) => self.change_members(group, &[], &[who]).await,
                    None => Some(()),
                }
            }
            Action::Manager { who, manager } => {
                manager::set(&self.session, self.account(who)?, self.account(manager)?).await
            }
        }
    }

    fn account(&self, who: &str) -> Option<&Account> {
        self.people.get(who)?.1.as_ref()
    }

    fn accounts(&self, who: &[&str]) -> Vec<&Account> {
        who.iter().filter_map(|name| self.account(name)).collect()
    }

    async fn first_sync(&mut self) -> Option<()> {
        let player = self.player;
        let connected = match player {
            Player::Okta => okta::connect::test_connector(&self.session).await,
            Player::Entra => {
                let mut choices = Choices::new(0, "demo connection");
                entra::connect::test_connection(&self.session, &mut choices).await
            }
        };
        if let Err(reason) = connected {
            self.session.ledger.failed("connection test", reason, None);
        }
        for part in CAST.iter().filter(|part| part.player == player && part.present) {
            self.provision(part.name).await;
        }
        for (_, name) in GROUPS.iter().filter(|(owner, _)| *owner == player) {
            let external_id = external_id(player.idp(), &mut Choices::new(0, name), "00g");
            let team = Team { name: (*name).to_owned(), external_id, members: Vec::new() };
            let script = Script::new(&self.session, "groups");
            let remote = match player {
                Player::Okta => push::create_or_link(script, name).await,
                Player::Entra => group::create_or_take_over(script, &team).await,
            };
            self.groups.push(PlayedGroup { first_name: name, team, remote, members: Vec::new() });
            let members: Vec<&'static str> =
                CAST.iter().filter(|part| part.groups.contains(name)).map(|part| part.name).collect();
            self.change_members(name, &[], &members).await;
        }
        Some(())
    }

    async fn provision(&mut self, who: &'static str) {
        let found = CAST.iter().enumerate().find(|(_, part)| part.name == who);
        let Some((index, part)) = found else { return };
        let person = part.person(index);
        let account = match part.player {
            Player::Okta => assign::assign(&self.session, &person).await,
            Player::Entra => provision::provision(&self.session, &person, index % 2 == 1).await,
        };
        self.people.insert(who, (person, account));
    }

    /// Sends the change and verifies the whole group afterwards.
    async fn change_members(
        &mut self,
        group: &str,
        removed: &[&'static str],
        added: &[&'static str],
    ) -> Option<()> {
        let played = self.groups.iter_mut().find(|played| played.first_name == group)?;
        played.members.retain(|name| !removed.contains(name));
        played.members.extend(added);
        let played = self.groups.iter().find(|played| played.first_name == group)?;
        let remote = played.remote.as_ref()?;
        let script = Script::new(&self.session, "group members");
        let (out, into) = (self.accounts(removed), self.accounts(added));
        let expected = self.accounts(&played.members);
        match self.player {
            Player::Okta => {
                push::update_members(script, remote, &out, &into).await?;
                groups::verify(script, remote, &expected).await
            }
            Player::Entra => {
                if !out.is_empty() {
                    groups::change(script, remote, group::remove(&out, group::Form::ValueList)).await?;
                }
                group::add_members(script, remote, &into).await?;
                groups::verify(script, remote, &expected).await
            }
        }
    }

    async fn rename(&mut self, group: &str, to: &str) -> Option<()> {
        let index = self.groups.iter().position(|played| played.first_name == group)?;
        let played = self.groups.get_mut(index)?;
        played.team.name = to.to_owned();
        let script = Script::new(&self.session, "rename group");
        let remote = played.remote.as_mut()?;
        remote.name = to.to_owned();
        let members = played.members.clone();
        let remote = remote.clone();
        let expected = self.accounts(&members);
        match self.player {
            Player::Okta => {
                push::send_name(script, &remote).await?;
                groups::verify(script, &remote, &expected).await
            }
            Player::Entra => {
                let body = operation("Replace", "displayName", to);
                groups::change(script, &remote, vec![body]).await?;
                groups::verify(script, &remote, &expected).await
            }
        }
    }

    async fn set_active(&mut self, who: &str, active: bool) -> Option<()> {
        let (person, account) = self.people.get_mut(who)?;
        person.active = active;
        let account = account.as_mut()?;
        match self.player {
            Player::Okta => catalog::set_active(&self.session, account, active).await,
            Player::Entra => active::set(&self.session, account, active, active::Form::Default).await,
        }
    }

    async fn set_title(&mut self, who: &str, title: &str) -> Option<()> {
        let (person, account) = self.people.get_mut(who)?;
        person.title = title.to_owned();
        let account = account.as_mut()?;
        account.person.title = title.to_owned();
        let script = Script::new(&self.session, "promotion");
        match self.player {
            Player::Okta => wizard::push_profile(script, account).await.map(|_| ()),
            Player::Entra => {
                let body = patch(vec![operation("Replace", "title", title)]);
                script.patch("/Users", &account.id, &body).await.changed(&account.id)?;
                let answer = script.read("/Users", &account.id).await;
                let stored: Value = answer.read(&account.id)?;
                answer.holds(&stored, "/title", &json!(title))
            }
        }
    }

    /// What the server must hold now.
    pub(crate) fn expected(&self) -> ExpectedState {
        let people = self.people.values().map(|(person, _)| ExpectedUser {
            user_name: person.user_name.clone(),
            external_id: person.external_id.clone(),
            active: person.active,
        });
        let groups = self.groups.iter().map(|played| {
            let people = played.members.iter().filter_map(|name| self.people.get(name));
            let mut members: Vec<String> = people.map(|(person, _)| person.user_name.clone()).collect();
            members.sort_unstable();
            ExpectedGroup { display_name: played.team.name.clone(), members }
        });
        ExpectedState { users: people.collect(), groups: groups.collect() }
    }
}
