//! Operators and values of filters.

use serde_json::json;

use super::finding::{found, refused};
use crate::check::{Verdict, checks, ensure};
use crate::lab::Lab;

checks! { 7644, "3.4.2.2", "Filtering";
    Must "filter-eq" eq "eq finds equal text";
    Must "filter-ne" ne "ne finds other text";
    Must "filter-co" co "co finds a part";
    Must "filter-sw" sw "sw finds a beginning";
    Must "filter-ew" ew "ew finds an end";
    Must "filter-pr" pr "pr finds those that have a value";
    Must "filter-gt" gt "gt compares text";
    Must "filter-ge" ge "ge compares text";
    Must "filter-lt" lt "lt compares text";
    Must "filter-le" le "le compares text";
    Must "filter-boolean" boolean "A boolean is compared with true and false";
    Must "filter-date" date "A date is compared as an instant, whatever its offset";
    Must "filter-id" id "id can be filtered";
    Must "filter-sub-attribute" sub_attribute "A sub-attribute is named after a dot";
    Must "filter-any-value" any_value "One of several values is enough";
    Must "filter-case-of-values" case_of_values "Text is compared in any case where the schema says so";
    Must "filter-case-exact" case_exact "externalId is compared in its case";
    Must "filter-case-of-names" case_of_names "Names of attributes match in any case";
    Must "filter-case-of-operators" case_of_operators "Operators match in any case";
    Must "filter-escapes" escapes "Escapes in a text are those of JSON";
    Must "filter-by-schema" by_schema "schemas can be filtered";
    Must "filter-unknown-operator" unknown_operator "An unknown operator is 400 invalidFilter";
    Must "filter-malformed" malformed "A filter that cannot be read is 400 invalidFilter";
    Must "filter-trailing" trailing "A filter with something after its end is 400 invalidFilter";
    Must "filter-boolean-ordered" boolean_ordered "gt on a boolean is 400 invalidFilter";
}

async fn eq(lab: &Lab) -> Verdict {
    found(lab, r#"{t} eq "{p}alpha""#, "ada").await
}

async fn ne(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and {t} pr and {t} ne "{p}alpha""#, "ben").await
}

async fn co(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and userName co "en@ex""#, "ben").await
}

async fn sw(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}""#, "ada ben cid").await
}

async fn ew(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and userName ew "cid@example.com""#, "cid").await
}

async fn pr(lab: &Lab) -> Verdict {
    if lab.text_attribute() == "displayName" {
        return crate::check::skip("the server's User schema has no optional text attribute");
    }
    found(lab, r#"userName sw "{p}" and {t} pr"#, "ada ben").await
}

async fn gt(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and userName gt "{p}ben@example.com""#, "cid").await
}

async fn ge(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and userName ge "{p}ben@example.com""#, "ben cid").await
}

async fn lt(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and userName lt "{p}ben@example.com""#, "ada").await
}

async fn le(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and userName le "{p}ben@example.com""#, "ada ben").await
}

async fn boolean(lab: &Lab) -> Verdict {
    lab.features.need_attribute("active")?;
    found(lab, r#"userName sw "{p}" and active eq false"#, "cid").await?;
    found(lab, r#"userName sw "{p}" and active eq true"#, "ada ben").await
}

async fn date(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and meta.created gt "2011-05-13T04:42:34Z""#, "ada ben cid").await?;
    found(lab, r#"userName sw "{p}" and meta.created lt "2011-05-13T04:42:34+05:00""#, "").await
}

async fn id(lab: &Lab) -> Verdict {
    let filter = format!("id eq \"{}\"", lab.people().await?.ben.id);
    found(lab, &filter, "ben").await
}

async fn sub_attribute(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/familyName")?;
    found(lab, r#"name.familyName eq "{p}ben""#, "ben").await
}

async fn any_value(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/value")?;
    found(lab, r#"emails.value eq "{p}ada@home.example.com""#, "ada").await?;
    found(lab, r#"emails.value eq "{p}ada@work.example.com""#, "ada").await
}

async fn case_of_values(lab: &Lab) -> Verdict {
    let exact = lab.features.attribute(crate::urn::USER, "userName");
    if exact.is_some_and(|known| crate::json::member(known, "caseExact") == true) {
        return crate::check::skip("the server's schema says that userName is case-exact");
    }
    found(lab, r#"userName eq "{p}ADA@Example.COM""#, "ada").await
}

async fn case_exact(lab: &Lab) -> Verdict {
    let external = format!("{}-AbC", lab.name());
    let user = lab.user_with(&json!({"externalId": external})).await?;
    lab.features.need("filter")?;
    for (text, there) in [(external.clone(), true), (external.to_uppercase(), false)] {
        let filter = format!("externalId eq \"{text}\"");
        let listed = lab.query(&[("filter", &filter)]).await?.list()?;
        ensure(listed.ids().contains(&user.id.as_str()) == there, || {
            format!(
                "{filter} {} the user whose externalId is {external:?}",
                if there { "does not find" } else { "finds" }
            )
        })?;
    }
    Ok(())
}

async fn case_of_names(lab: &Lab) -> Verdict {
    found(lab, r#"USERNAME eq "{p}ada@example.com""#, "ada").await
}

async fn case_of_operators(lab: &Lab) -> Verdict {
    found(lab, r#"userName EQ "{p}ada@example.com" Or userName Eq "{p}ben@example.com""#, "ada ben").await
}

async fn escapes(lab: &Lab) -> Verdict {
    lab.features.need("filter")?;
    let attribute = lab.text_attribute();
    let text = format!("{} \"quoted\" \\ naïve", lab.name());
    let user = lab.user_with(&json!({attribute: text})).await?;
    let plain = json!(text).to_string();
    for literal in [plain.clone(), plain.replace('ï', "\\u00ef")] {
        let filter = format!("{attribute} eq {literal}");
        let listed = lab.query(&[("filter", &filter)]).await?.list()?;
        ensure(listed.ids() == [user.id.as_str()], || format!("{filter} finds {:?}", listed.ids()))?;
    }
    Ok(())
}

async fn by_schema(lab: &Lab) -> Verdict {
    let filter = format!(r#"userName sw "{{p}}" and schemas eq "{}""#, crate::urn::USER);
    found(lab, &filter, "ada ben cid").await
}

async fn unknown_operator(lab: &Lab) -> Verdict {
    refused(lab, r#"userName regex "a.*""#).await
}

async fn malformed(lab: &Lab) -> Verdict {
    for filter in ["userName eq", r#"userName eq "a"#, r#"(userName eq "a""#, r#"and userName eq "a""#] {
        refused(lab, filter).await?;
    }
    Ok(())
}

async fn trailing(lab: &Lab) -> Verdict {
    refused(lab, r#"userName eq "a" userName eq "b""#).await
}

async fn boolean_ordered(lab: &Lab) -> Verdict {
    lab.features.need_attribute("active")?;
    refused(lab, "active gt false").await
}
