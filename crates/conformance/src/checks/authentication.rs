//! Who may ask.

use crate::check::{Verdict, checks, ensure, skip};
use crate::lab::Lab;
use crate::request::{Credentials, Request};

checks! { 7644, "2", "Authentication and Authorization";
    Should "token-needed-to-read" needed_to_read "Without a token, users cannot be listed";
    Should "token-needed-to-write" needed_to_write "Without a token, no user can be made";
    Must "wrong-token" wrong_token "A wrong token is 401";
    Must "challenge" challenge "401 names the schemes in WWW-Authenticate";
    Must "unauthorized-body" unauthorized_body "401 has a SCIM error";
}

async fn needed_to_read(lab: &Lab) -> Verdict {
    lab.need_token()?;
    let request = Request::get(lab.users()).credentials(Credentials::None);
    lab.send(request).await?.expect(&[401]).map(drop)
}

async fn needed_to_write(lab: &Lab) -> Verdict {
    lab.need_token()?;
    let request = Request::post(lab.users(), &lab.new_user()).credentials(Credentials::None);
    lab.send(request).await?.expect(&[401]).map(drop)
}

fn with_wrong_token(lab: &Lab) -> Verdict<Request> {
    lab.need_token()?;
    Ok(Request::get(lab.users()).credentials(Credentials::Other("not-a-token-of-this-server")))
}

async fn wrong_token(lab: &Lab) -> Verdict {
    lab.send(with_wrong_token(lab)?).await?.expect(&[401]).map(drop)
}

async fn challenge(lab: &Lab) -> Verdict {
    let answer = lab.send(with_wrong_token(lab)?).await?;
    if answer.status() != 401 {
        return skip(format!("a wrong token was answered {}", answer.status()));
    }
    ensure(answer.header("www-authenticate").is_some_and(|challenge| !challenge.is_empty()), || {
        "401 has no WWW-Authenticate".to_owned()
    })
}

async fn unauthorized_body(lab: &Lab) -> Verdict {
    let answer = lab.send(with_wrong_token(lab)?).await?;
    if answer.is_success() {
        return skip(format!("a wrong token was answered {}", answer.status()));
    }
    answer.error_body()
}
