//! /Me.

use crate::check::{Verdict, checks, ensure, skip};
use crate::lab::Lab;
use crate::request::Request;

checks! { 7644, "3.11", "\"/Me\" Authenticated Subject Alias";
    Should "me-not-supported" not_supported "Where /Me is not supported it is 501";
    Must "me-location" location "Where it is, Location is the permanent URL";
}

async fn not_supported(lab: &Lab) -> Verdict {
    let answer = lab.send(Request::get("/Me")).await?;
    if matches!(answer.status(), 200..400) {
        return skip(format!("/Me is supported ({})", answer.status()));
    }
    answer.expect(&[501]).map(drop)
}

async fn location(lab: &Lab) -> Verdict {
    let answer = lab.send(Request::get("/Me")).await?;
    if !matches!(answer.status(), 200 | 308) {
        return skip(format!("/Me is not supported ({})", answer.status()));
    }
    ensure(answer.header("location").is_some_and(|location| !location.ends_with("/Me")), || {
        format!("Location is {:?}", answer.header("location"))
    })
}
