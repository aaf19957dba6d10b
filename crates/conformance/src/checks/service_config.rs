//! The content of ServiceProviderConfig.

use serde_json::Value;

use crate::check::{Verdict, checks, ensure, skip};
use crate::json::{at, elements, member};
use crate::lab::Lab;
use crate::request::{Credentials, Request};

checks! { 7643, "5", "Service Provider Configuration Schema";
    Must "config-features" features_are_booleans "patch, bulk, filter, changePassword, sort and etag say whether they are supported";
    Must "config-bulk-limits" bulk_limits "bulk has maxOperations and maxPayloadSize, even when it is not supported";
    Must "config-filter-limit" filter_limit "filter has maxResults, even when it is not supported";
    Must "config-authentication" authentication_schemes "authenticationSchemes each have type, name and description";
    Should "config-without-token" without_token "ServiceProviderConfig can be read without signing in";
}

fn config(lab: &Lab) -> Verdict<&Value> {
    let config = &lab.features.config;
    if config.is_object() { Ok(config) } else { skip("ServiceProviderConfig cannot be read") }
}

async fn features_are_booleans(lab: &Lab) -> Verdict {
    let config = config(lab)?;
    for feature in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        let supported = at(config, feature).get("supported").unwrap_or(&Value::Null);
        ensure(supported.is_boolean(), || format!("{feature}.supported is {supported}"))?;
    }
    Ok(())
}

fn limit(lab: &Lab, path: &str) -> Verdict {
    let limit = at(config(lab)?, path);
    ensure(limit.is_u64(), || format!("{} is {limit} and no number", path.replace('/', ".")))
}

async fn bulk_limits(lab: &Lab) -> Verdict {
    limit(lab, "bulk/maxOperations")?;
    limit(lab, "bulk/maxPayloadSize")
}

async fn filter_limit(lab: &Lab) -> Verdict {
    limit(lab, "filter/maxResults")
}

async fn authentication_schemes(lab: &Lab) -> Verdict {
    let schemes = member(config(lab)?, "authenticationSchemes");
    ensure(schemes.is_array(), || format!("authenticationSchemes is {schemes} and no array"))?;
    for scheme in elements(schemes) {
        for name in ["type", "name", "description"] {
            let text = member(scheme, name);
            ensure(text.as_str().is_some_and(|text| !text.is_empty()), || {
                format!("{name} of the authentication scheme {scheme} is {text}")
            })?;
        }
    }
    Ok(())
}

async fn without_token(lab: &Lab) -> Verdict {
    lab.need_token()?;
    let request = Request::get("/ServiceProviderConfig").credentials(Credentials::None);
    lab.send(request).await?.object().map(drop)
}
