//! "Test connection": it really makes a user and a group, and takes both away again (J-1).

use serde_json::json;

use crate::company::Account;
use crate::jumpcloud::{create_or_take_over, user};
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::connect::reachable;
use crate::shared::groups;
use crate::shared::users::{delete, shows_active, trial_person};
use crate::wire::operation;

/// Creates, reads, updates and deletes a test user and a test group with that user in it.
///
/// # Errors
/// A sentence why nothing else can be played: no answer, or the token was refused.
pub(crate) async fn test_connection(session: &Session, choices: &mut Choices) -> Result<(), String> {
    let script = Script::new(session, "test connection");
    let person = trial_person("jumpcloud", choices.guid());
    let first = script.find("/Users", "userName", &person.user_name).await;
    reachable(&first)?;
    first.list();
    script.get_as("/Users", "Bearer wrong-token").await.refused(401, None);
    if let Some(mut account) = user::provision(session, &person).await {
        account.person.title = "Test".to_owned();
        user::put(script, &account).await;
        user::patch_title(script, &mut account, "Tested").await;
        test_group(script, &account).await;
        // Servers without DELETE are asked to deactivate; this one is asked for both.
        user::set_active(script, &mut account, false).await;
        delete(script, &account).await;
    }
    Ok(())
}

async fn test_group(script: Script<'_>, account: &Account) -> Option<()> {
    let group = create_or_take_over(script, "JumpCloud Test Group").await?;
    groups::add_members(script, &group, &[account]).await;
    groups::verify(script, &group, &[account]).await;
    // The member goes by a list of values at the path `members`, as Entra ID has it (J-2).
    let removal = operation("remove", "members", json!([{"value": account.id}]));
    groups::change(script, &group, vec![removal]).await;
    groups::verify(script, &group, &[]).await;
    groups::delete(script, &group, &[account]).await?;
    shows_active(script, account).await
}
