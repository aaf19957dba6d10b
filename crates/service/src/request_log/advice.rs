//! What an error means and what to change, for the administrator who sees it in the identity provider (lessons 32, 37).
//!
//! One table, read from top to bottom: the first row that fits is the answer. A row fits by status, keyword, a part of the
//! detail, the kind of request, and the identity provider.

use enroll_domain::{DirectoryState, Idp};

use super::digest::Operation;
use super::exchange::Standing;

/// An error as the table looks at it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) status: u16,
    pub(super) scim_type: Option<&'a str>,
    pub(super) detail: &'a str,
    /// The state of the directory by which it was refused.
    pub(super) stopped: Option<DirectoryState>,
    pub(super) operation: Operation,
    pub(super) target_type: Option<&'a str>,
    /// What the token is worth; `None` when it is no token of this instance.
    pub(super) standing: Option<Standing>,
    pub(super) idp: Idp,
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) explanation: &'static str,
    /// With [`DIRECTORY`] in the commands of a directory.
    advice: &'static str,
}

/// What stands for the name of the directory.
const DIRECTORY: &str = "{directory}";

impl Advice {
    /// What to do, with the name of the directory that the request was for.
    pub(super) fn advice_for(&self, directory: Option<&str>) -> String {
        self.advice.replace(DIRECTORY, directory.unwrap_or("NAME"))
    }
}

const fn say(explanation: &'static str, advice: &'static str) -> Option<Advice> {
    Some(Advice { explanation, advice })
}

/// The advice for an error; `None` for what is no error to the identity provider, such as asking for somebody who is not there.
pub(super) fn of(problem: Problem<'_>) -> Option<Advice> {
    let Problem { status, scim_type, operation, .. } = problem;
    match problem.stopped {
        Some(DirectoryState::Held) => {
            return say(
                "The brake of the directory has held the request: by it more people would lose access than may within a while. Nothing of it was done.",
                "Is it meant? Let it pass at the next retry: enroll directory brake approve --directory {directory}. If not, stop all changes (enroll directory pause {directory}) and correct the assignment in the identity provider.",
            );
        }
        Some(_) => {
            return say(
                "A server admin has paused the directory: it takes no changes. Nothing of the request was done.",
                "When the identity provider is in order, let changes in again: enroll directory resume {directory}. It then repeats what was refused.",
            );
        }
        None => {}
    }
    match (status, scim_type) {
        (..400, _) => None,
        (401, _) => unauthorized(problem),
        (403, Some("sensitive")) => say(
            "Filters in the URL are switched off on this server, because proxies may keep what stands in URLs.",
            "Let the client send its queries to /.search, or switch url_filters on: most identity providers can only query by URL.",
        ),
        (403, _) if problem.standing == Some(Standing::Elsewhere) => say(
            "The token is valid and came from an address that its allow list does not have.",
            "If the identity provider has a new address, add it: enroll token set. If the address is that of a proxy, list it in trusted_proxies. Otherwise somebody else has the token: delete it and make a new one.",
        ),
        (403, _) => say(
            "The token does not allow this request.",
            "Use a SCIM token of the directory that is meant: enroll token list --directory {directory}.",
        ),
        (404, _) => not_found(problem),
        (405 | 501, _) => say(
            "The identity provider has used a method that this address does not take.",
            "Look at the base URL in the identity provider: it ends in /scim/v2 and has nothing behind it.",
        ),
        (408, _) => say(
            "The body of the request did not arrive in time.",
            "Look at the network and at proxies between the identity provider and this server.",
        ),
        // What has a name that is taken is told as `uniqueness`.
        (409, None) if problem.detail.contains("bulkId") || problem.detail.contains("in a circle") => say(
            "The operation refers to another one of its bulk request, which has failed or is not there.",
            "Look at what the other operation was told and at the bulkId, and let the request be sent again.",
        ),
        (409, _) => conflict(problem),
        (412, _) => say(
            "Somebody else has changed the resource since the client read it.",
            "Nothing to do: the client reads it again and repeats its change.",
        ),
        (413, _) => say(
            "The request is larger than this server takes.",
            "Let the identity provider send smaller pages: assign large groups in steps.",
        ),
        (415, _) => say(
            "The body is not announced as JSON.",
            "Set the content type to application/scim+json or application/json in the identity provider.",
        ),
        (414 | 431, _) => say(
            "The URL or the headers of the request are too long.",
            "Look for a very long filter, or for a proxy that adds many headers.",
        ),
        (429, _) => say(
            "The token has sent more requests than it may.",
            "Nothing to do: the identity provider waits and goes on. If it happens all day, raise the rate limit.",
        ),
        (499, _) => say(
            "The identity provider closed the connection before it was answered.",
            "Look at its time limit, and at proxies in between. The change may have been made: it will ask again.",
        ),
        (503, _) => say(
            "The server could not carry out the request just then.",
            "Nothing to do if it was once: the identity provider repeats it. If it goes on, look at /readyz and the server's log.",
        ),
        (507, _) => say(
            "The disk of the server is full; the change was not made.",
            "Free space on the server: writes go on by themselves.",
        ),
        (500.., _) => say(
            "The server failed; the request was not at fault.",
            "Look into the server's log for the request's id and report it.",
        ),
        (400, Some("invalidFilter")) => say(
            "The query's filter cannot be understood, or compares something that cannot be compared.",
            "Look at the matching attribute in the provisioning settings: use userName or externalId for users, displayName for groups.",
        ),
        (400, Some("invalidPath" | "noTarget")) => path(problem),
        (400, Some("mutability")) => say(
            "The identity provider tries to change something that the server sets.",
            "Take the attribute out of the attribute mappings: id, meta and groups are not for the identity provider to write.",
        ),
        (400, Some("invalidValue")) => value(problem),
        (400, Some("invalidSyntax")) => say(
            "The body of the request is not what SCIM has here.",
            "If the directory is strict, set its dialect to compat: enroll directory set {directory} --dialect compat.",
        ),
        (400, Some("invalidVers")) => say(
            "The base URL names a version of SCIM that is not spoken here.",
            "Set the base URL in the identity provider to the one that ends in /scim/v2.",
        ),
        (400, Some("tooMany")) => {
            say("The request asks for more than one answer may hold.", "Let the client ask in smaller pages.")
        }
        (400, Some("invalidCursor" | "expiredCursor" | "invalidCount")) => say(
            "The client went on with a list after too long, or with another question.",
            "Nothing to do: the client begins its list again.",
        ),
        _ if operation == Operation::Bulk => say(
            "The bulk request cannot be carried out.",
            "See the detail: it names the operation that is at fault.",
        ),
        _ => say(
            "The request cannot be understood.",
            "See the detail. If the directory is strict, set its dialect to compat.",
        ),
    }
}

fn unauthorized(problem: Problem<'_>) -> Option<Advice> {
    match problem.standing {
        Some(Standing::Expired) => say(
            "The token has expired.",
            "Make a new one (enroll token create --directory {directory}) and enter it in the identity provider.",
        ),
        Some(_) => say(
            "The token is damaged: its first part is that of a token of this directory, the rest is not.",
            "Enter the token again, all of it and without spaces. If it is lost, make a new one: it cannot be shown twice.",
        ),
        None if problem.detail.contains("API token") => say(
            "An API token was used where a SCIM token belongs.",
            "Make a SCIM token for this directory (enroll token create) and enter that.",
        ),
        None if problem.detail.contains("Bearer") && problem.idp == Idp::Okta => say(
            "The Authorization header does not begin with the word Bearer.",
            "In Okta choose HTTP Header as the authentication mode, or write Bearer and a space in front of the token.",
        ),
        None if problem.detail.contains("Bearer") || problem.detail.contains("Authorization") => say(
            "The request carries no token, or the word Bearer is missing in front of it.",
            "Enter the token in the identity provider as a bearer token (in Entra ID: Secret Token).",
        ),
        None => say(
            "The token is not one of this server: it was deleted or belongs to another one.",
            "Make a new one (enroll token create) and enter it in the identity provider.",
        ),
    }
}

fn not_found(problem: Problem<'_>) -> Option<Advice> {
    match (problem.operation, problem.target_type) {
        // Asking is how an identity provider finds out; deleting what is gone is done.
        (Operation::Read | Operation::Delete, Some(_)) => None,
        (Operation::Replace | Operation::Patch, Some(_)) if problem.idp == Idp::Entra => say(
            "Entra ID wants to change something that is not here any more; it remembers the id it was given.",
            "Choose Restart provisioning in Entra ID: it then looks everybody up again by the matching attribute.",
        ),
        (Operation::Replace | Operation::Patch, Some(_)) if problem.idp == Idp::Okta => say(
            "Okta wants to change something that is not here any more; it remembers the id it was given.",
            "Unassign the person from the app in Okta and assign her again; for a group, unlink it in Push Groups and push it again.",
        ),
        (Operation::Replace | Operation::Patch, Some(_)) => say(
            "The identity provider wants to change something that is not here any more.",
            "Unassign it there and assign it again, so that it is made anew.",
        ),
        _ => say(
            "Nothing is at this address.",
            "Look at the base URL in the identity provider: it ends in /scim/v2 and has nothing behind it.",
        ),
    }
}

fn conflict(problem: Problem<'_>) -> Option<Advice> {
    match (problem.target_type, problem.idp) {
        (Some("Group"), Idp::Okta) => say(
            "There is a group of this name already.",
            "In Okta, under Push Groups, link the group to the one that is there instead of creating it.",
        ),
        (Some("Group"), _) => say(
            "There is a group of this name already.",
            "Match groups by displayName in the identity provider, or rename one of the two groups.",
        ),
        (_, Idp::Entra) => say(
            "There is a user with this userName already, and Entra ID did not find her by its matching attribute.",
            "In Entra ID, under attribute mappings, match by userName (Match objects using this attribute). Two people with one userName: rename one.",
        ),
        (_, Idp::Okta) => say(
            "There is a user with this userName already.",
            "In Okta, run Import on the app and confirm the match, or give one of the two people another username.",
        ),
        _ => say(
            "Something with this name is there already.",
            "Let the identity provider look for it before it creates it: match by userName or displayName. Two people with one userName: rename one.",
        ),
    }
}

fn path(problem: Problem<'_>) -> Option<Advice> {
    match problem.idp {
        Idp::Entra => say(
            "An attribute mapping writes to an attribute that this directory does not have.",
            "In Entra ID, under attribute mappings, remove it, or register its schema here: enroll schema register --directory {directory}.",
        ),
        Idp::Okta => say(
            "The app's profile has an attribute that this directory does not have.",
            "In Okta, in the Profile Editor of the app, remove it or look at its external namespace; or register its schema here: enroll schema register --directory {directory}.",
        ),
        _ => say(
            "The change names an attribute that this directory does not have, or nothing that matches.",
            "Remove it from the attribute mappings of the identity provider, or register its schema here: enroll schema register --directory {directory}.",
        ),
    }
}

fn value(problem: Problem<'_>) -> Option<Advice> {
    if problem.detail.contains("userName") {
        return match problem.idp {
            Idp::Entra => say(
                "The person has no userName, or one that cannot be used.",
                "In Entra ID, look at what userName is mapped from: userPrincipalName always has a value, mail need not.",
            ),
            _ => say(
                "The person has no userName, or one that cannot be used.",
                "Look at what userName is mapped from in the identity provider, and whether this person has a value there.",
            ),
        };
    }
    if problem.detail.contains("members") || problem.detail.contains("no user") {
        return say(
            "A member of the group is not here.",
            "Assign the person to the application too, not only the group: the identity provider then creates her first.",
        );
    }
    say(
        "A value does not fit its attribute; the detail names it.",
        "Correct the value in the identity provider, or the mapping that makes it. If the directory is strict, compat accepts more.",
    )
}

#[cfg(test)]
mod tests {
    use enroll_domain::Idp;

    use super::{Operation, Problem, Standing, of};

    const PLAIN: Problem<'static> = Problem {
        status: 400,
        scim_type: None,
        detail: "",
        stopped: None,
        operation: Operation::Create,
        target_type: Some("User"),
        standing: Some(Standing::Valid),
        idp: Idp::Other,
    };

    #[test]
    fn e7_3_every_error_has_an_explanation_but_asking_for_somebody_who_is_not_there_is_none() {
        for status in 400..600 {
            assert!(of(Problem { status, ..PLAIN }).is_some(), "{status}");
        }
        for scim_type in
            ["invalidFilter", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue"]
        {
            let told = of(Problem { scim_type: Some(scim_type), ..PLAIN }).unwrap();
            assert_ne!(told.explanation, "The request cannot be understood.", "{scim_type}");
        }
        assert_eq!(of(Problem { status: 404, operation: Operation::Read, ..PLAIN }), None);
        assert_eq!(of(Problem { status: 200, ..PLAIN }), None);
    }

    #[test]
    fn e7_3_advice_names_the_place_in_the_identity_provider_it_is_for() {
        let conflict = |idp| of(Problem { status: 409, idp, ..PLAIN }).unwrap().advice_for(None);
        assert!(conflict(Idp::Entra).starts_with("In Entra ID, under attribute mappings"));
        assert!(conflict(Idp::Okta).starts_with("In Okta, run Import"));
        let expired = of(Problem { status: 401, standing: Some(Standing::Expired), ..PLAIN }).unwrap();
        assert_eq!(expired.explanation, "The token has expired.");
        let elsewhere = of(Problem { status: 403, standing: Some(Standing::Elsewhere), ..PLAIN }).unwrap();
        assert!(elsewhere.advice.contains("enroll token set"), "{}", elsewhere.advice);
    }

    #[test]
    fn e7_3_an_operation_that_was_not_tried_is_sent_on_to_the_one_it_refers_to() {
        for detail in [
            "not carried out: it refers to bulkId:a, and operation 1, which has it, has failed",
            "no POST of this request has the bulkId \"a\"",
            "the operations refer to each other in a circle that cannot be resolved: send them one by one",
        ] {
            let told = of(Problem { status: 409, detail, ..PLAIN }).unwrap();
            assert!(told.advice.contains("the other operation"), "{detail}: {}", told.advice);
        }
        let taken =
            of(Problem { status: 409, scim_type: Some("uniqueness"), detail: "bulkId", ..PLAIN }).unwrap();
        assert!(taken.advice.contains("match by userName"), "{}", taken.advice);
    }

    #[test]
    fn e7_3_advice_names_the_directory_in_every_command_that_is_for_one() {
        let strict = of(Problem { scim_type: Some("invalidSyntax"), ..PLAIN }).unwrap();
        assert!(strict.advice_for(Some("okta-x")).contains("enroll directory set okta-x --dialect compat"));
        assert!(strict.advice_for(None).contains("enroll directory set NAME"));
        for idp in [Idp::Entra, Idp::Okta, Idp::Other] {
            let path = of(Problem { scim_type: Some("invalidPath"), idp, ..PLAIN }).unwrap();
            let advice = path.advice_for(Some("okta-x"));
            assert!(advice.contains("enroll schema register --directory okta-x"), "{advice}");
        }
        let expired = of(Problem { status: 401, standing: Some(Standing::Expired), ..PLAIN }).unwrap();
        let advice = expired.advice_for(Some("okta-x"));
        assert!(advice.contains("enroll token create --directory okta-x"), "{advice}");
    }
}
