//! Three users that the checks of queries share, made once in a run.

use serde_json::{Value, json};

use crate::check::Verdict;
use crate::lab::{Lab, Made};

/// Ada and Ben are engineers of a kind, Cid has no text attribute and is not active.
#[derive(Debug)]
pub(crate) struct People {
    /// The beginning of their userNames, which no other user has.
    pub(crate) prefix: String,
    /// Ada: active, text `{prefix}alpha`, e-mails for work (primary) and home.
    pub(crate) ada: Made,
    /// Ben: active, text `{prefix}Beta`, an e-mail for work.
    pub(crate) ben: Made,
    /// Cid: not active, no text, an e-mail for home.
    pub(crate) cid: Made,
}

impl People {
    /// Makes them.
    pub(crate) async fn make(lab: &Lab) -> Verdict<Self> {
        let prefix = format!("{}-", lab.name());
        let emails = |name: &str, types: &[&str]| {
            let email = |kind: &&str| {
                let value = format!("{prefix}{name}@{kind}.example.com");
                json!({"value": value, "type": kind, "primary": *kind == types[0]})
            };
            Value::Array(types.iter().map(email).collect())
        };
        let person = async |name: &str, text: Option<&str>, types: &[&str], active: bool| {
            let mut body = lab.new_user();
            lab.set(&mut body, "userName", json!(format!("{prefix}{name}@example.com")));
            lab.set(&mut body, "emails", emails(name, types));
            lab.set(&mut body, "active", json!(active));
            lab.set(&mut body, "name", json!({"givenName": name, "familyName": format!("{prefix}{name}")}));
            lab.set(&mut body, "externalId", json!(format!("{prefix}{name}")));
            if let Some(text) = text {
                lab.set(&mut body, lab.text_attribute(), json!(format!("{prefix}{text}")));
            }
            let made = lab.make_user(&body).await?;
            lab.share(&made);
            Ok(made)
        };
        Ok(Self {
            ada: person("ada", Some("alpha"), &["work", "home"], true).await?,
            ben: person("ben", Some("Beta"), &["work"], true).await?,
            cid: person("cid", None, &["home"], false).await?,
            prefix,
        })
    }

    /// The names of those that are among these ids, such as `ada ben`, in the order given; others are `?`.
    pub(crate) fn names(&self, ids: &[&str]) -> String {
        let name = |id: &&str| match *id {
            id if id == self.ada.id => "ada",
            id if id == self.ben.id => "ben",
            id if id == self.cid.id => "cid",
            _ => "?",
        };
        ids.iter().map(name).collect::<Vec<_>>().join(" ")
    }
}
