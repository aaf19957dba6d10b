//! The manager of a user in a file (RFC 7643 §4.3): by name, since the id that SCIM has there means nobody in another instance.

use enroll_domain::UserId;
use enroll_scim::schema::ENTERPRISE_USER_SCHEMA;
use enroll_scim::{Folded, Object, Resource};
use enroll_store::{Tx, user};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Came, Importing};
use crate::Error;
use crate::scim::outcome::Book;

/// Who a line says the manager of its user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SaidManager<'l> {
    /// Whom the attributes name by id; nobody where they do not.
    ById,
    /// Who has this userName.
    Named(&'l str),
    /// A later line says it.
    Follows,
}

/// The attributes of a user, of which those of the Enterprise User extension are looked at.
pub(crate) struct Enterprise(pub(crate) Object);

impl Enterprise {
    pub(crate) fn into_object(self) -> Object {
        self.0
    }

    fn extension(&self) -> Option<&Object> {
        let (_, extension) =
            self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(ENTERPRISE_USER_SCHEMA))?;
        extension.as_object()
    }

    fn manager(&self) -> Option<&Value> {
        self.extension()?
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("manager"))
            .map(|(_, manager)| manager)
    }

    /// What stands for the manager: an id where a client has followed the standard. Entra ID sends it without the object around it.
    fn manager_value(&self) -> Option<&str> {
        let value = match self.manager()? {
            Value::Object(manager) => manager.get("value")?,
            value => value,
        };
        value.as_str().filter(|value| !value.is_empty())
    }

    /// The manager's id, where it can be one of a user.
    pub(crate) fn manager_id(&self) -> Option<UserId> {
        self.manager_value()?.parse().ok()
    }

    /// Takes the manager out, and the extension where it has nothing else.
    pub(crate) fn take_manager(&mut self) {
        let Some(key) = self.0.keys().find(|name| name.eq_ignore_ascii_case(ENTERPRISE_USER_SCHEMA)).cloned()
        else {
            return;
        };
        if let Some(Value::Object(extension)) = self.0.get_mut(&key) {
            extension.retain(|name, _| !name.eq_ignore_ascii_case("manager"));
            if extension.is_empty() {
                self.0.shift_remove(&key);
            }
        }
    }

    fn put_manager(&mut self, manager: Value) {
        let key = self.0.keys().find(|name| name.eq_ignore_ascii_case(ENTERPRISE_USER_SCHEMA)).cloned();
        let key = key.unwrap_or_else(|| ENTERPRISE_USER_SCHEMA.to_owned());
        // What is no object is refused with the rest of the attributes.
        if let Value::Object(extension) = self.0.entry(key).or_insert_with(|| json!({})) {
            extension.retain(|name, _| !name.eq_ignore_ascii_case("manager"));
            extension.insert("manager".to_owned(), manager);
        }
    }
}

impl Importing {
    /// Puts in who the manager is, and says what is to be known of it. `current` is the user who is there.
    pub(super) fn with_manager(
        &self,
        tx: &Tx<'_>,
        body: Object,
        said: SaidManager<'_>,
        current: Option<&Resource>,
    ) -> Result<(Object, Option<String>), Error> {
        let mut user = Enterprise(body);
        // As with a member who is not there: who is there keeps what she has.
        let keep = |user: &mut Enterprise| {
            let there = current.map(|current| Enterprise(current.clone().into_object()));
            user.take_manager();
            if let Some(manager) = there.as_ref().and_then(Enterprise::manager) {
                user.put_manager(manager.clone());
            }
        };
        let note = match said {
            SaidManager::Follows => {
                keep(&mut user);
                None
            }
            SaidManager::Named(name) => {
                let found = user::find_by_user_name(tx, self.session.directory, &Folded::new(name))?;
                match found.map(|found| found.id) {
                    Some(id) => {
                        user.put_manager(json!({ "value": id.to_string() }));
                        None
                    }
                    None if self.dry => {
                        user.put_manager(json!({ "value": Uuid::nil().to_string() }));
                        None
                    }
                    None => {
                        keep(&mut user);
                        Some(format!(
                            "the manager is left out: no user of this directory has the userName {name:?}"
                        ))
                    }
                }
            }
            SaidManager::ById => match user.manager_value() {
                None => None,
                Some(value) => {
                    let id = user.manager_id();
                    let found =
                        id.map(|id| user::find(tx, self.session.directory, id)).transpose()?.flatten();
                    let note = || {
                        format!(
                            "the manager is kept as {value:?}, which is the id of no user of this directory: set who it is"
                        )
                    };
                    found.is_none().then(note)
                }
            },
        };
        Ok((user.into_object(), note))
    }

    /// Makes somebody the manager of a user.
    pub(crate) fn manager(&self, tx: &Tx<'_>, user_name: &str, manager: &str) -> Result<Came, Error> {
        let find = |name: &str| user::find_by_user_name(tx, self.session.directory, &Folded::new(name));
        let (row, manager_id) = match (find(user_name)?, find(manager)?) {
            (Some(row), Some(found)) => (row, found.id),
            _ if self.dry => return Ok(Came::Changed),
            (None, _) => return Err(super::missing("user", user_name).into()),
            (_, None) => return Err(super::missing("user", manager).into()),
        };
        let mut user = Enterprise(row.object()?);
        if user.manager_id() == Some(manager_id) {
            return Ok(Came::Same);
        }
        user.put_manager(json!({ "value": manager_id.to_string() }));
        self.bring(tx, &row, user.into_object(), &Book::default())
    }
}
