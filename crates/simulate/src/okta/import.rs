//! Import: reads everything page by page, and must see it in the same order every time.

use serde_json::Value;

use crate::company::{Account, RemoteGroup};
use crate::compare::text;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups::verify;
use crate::shared::pages::pages;

/// Okta imports a hundred at a time.
const PAGE: usize = 100;
/// A second page size that divides nothing evenly, to see whether the order depends on the page size (O-2).
const ODD_PAGE: usize = 37;
/// Above this the second reading would cost more than it tells.
const READ_TWICE_UP_TO: usize = 2_000;

fn ids(resources: &[Value]) -> Vec<&str> {
    resources.iter().filter_map(|resource| text(resource, "id")).collect()
}

/// Reads a collection, twice with different page sizes if it is not too large.
async fn import(script: Script<'_>, collection: &str) -> Option<Vec<Value>> {
    let everything = pages(script, collection, PAGE).await?;
    let mut unique = ids(&everything);
    unique.sort_unstable();
    unique.dedup();
    let ledger = &script.session.ledger;
    ledger.checked();
    if unique.len() != everything.len() {
        let doubles = everything.len() - unique.len();
        ledger.failed("import", format!("{collection}: {doubles} resources came twice while paging"), None);
    }
    if everything.len() <= READ_TWICE_UP_TO {
        let again = pages(script, collection, ODD_PAGE).await?;
        ledger.checked();
        if ids(&again) != ids(&everything) {
            let sentence =
                format!("{collection}: the order differs between pages of {PAGE} and of {ODD_PAGE}");
            ledger.failed("import", sentence, None);
        }
    }
    Some(everything)
}

/// Imports users and groups and compares them with what was pushed.
pub(crate) async fn import_and_compare(
    session: &Session,
    accounts: &[&Account],
    groups: &[(RemoteGroup, Vec<&Account>)],
) -> Option<()> {
    let script = Script::new(session, "import");
    let users = import(script, "/Users").await?;
    let found: std::collections::HashMap<&str, &Value> =
        users.iter().filter_map(|user| Some((text(user, "id")?, user))).collect();
    for account in accounts {
        let name = &account.person.user_name;
        session.ledger.checked();
        let failure = match found.get(account.id.as_str()) {
            None => Some(format!("{name} is missing in the import")),
            Some(user) if user.get("active") != Some(&Value::Bool(account.person.active)) => {
                Some(format!("{name} was imported with the wrong active flag"))
            }
            Some(_) => None,
        };
        if let Some(sentence) = failure {
            session.ledger.failed("import", sentence, None);
        }
    }
    let imported = import(script, "/Groups").await?;
    for (group, members) in groups {
        session.ledger.checked();
        if !ids(&imported).contains(&group.id.as_str()) {
            session.ledger.failed(
                "import",
                format!("the group {} is missing in the import", group.name),
                None,
            );
        }
        verify(script, group, members).await;
    }
    Some(())
}
