//! GET of one resource.

use crate::check::{Verdict, checks, ensure};
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.4.1", "Retrieving a Known Resource";
    Must "read-status" status "A known resource is 200 with its id";
    Should "read-equals-created" equals_created "A resource reads as it was answered when it was made";
    Must "read-unknown" unknown "An unknown id is 404";
    Must "read-wrong-type" wrong_type "The id of a user is no group";
}

async fn status(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    lab.read(&user.path).await?.equals("id", user.id)
}

async fn equals_created(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let read = lab.read(&user.path).await?;
    for (name, value) in user.body.as_object().into_iter().flatten() {
        ensure(read.at(name) == value, || format!("{name} was {value} when made, and is {}", read.at(name)))?;
    }
    Ok(())
}

async fn unknown(lab: &Lab) -> Verdict {
    lab.send(Request::get(format!("{}/{}", lab.users(), lab.name()))).await?.expect(&[404]).map(drop)
}

async fn wrong_type(lab: &Lab) -> Verdict {
    let groups = lab.groups()?;
    let user = lab.user().await?;
    let id = user.path.rsplit('/').next().unwrap_or_default();
    lab.send(Request::get(format!("{groups}/{id}"))).await?.expect(&[404]).map(drop)
}
