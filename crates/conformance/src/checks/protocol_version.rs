//! The version in the URL.

use crate::check::{Verdict, checks, ensure, skip};
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.13", "SCIM Protocol Versioning";
    Must "unsupported-version" unsupported "A version that is none of the server's is refused";
}

async fn unsupported(lab: &Lab) -> Verdict {
    if !lab.base_url().ends_with("/v2") {
        return skip("the base URL does not end in a version");
    }
    let answer = lab.send(Request::get(format!("/../v9{}", lab.users()))).await?;
    ensure(answer.status() >= 400, || format!("{} answered {}", answer.request(), answer.status()))
}
