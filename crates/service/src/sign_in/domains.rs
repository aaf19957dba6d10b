//! The e-mail domains of a directory: whoever has an address there signs in by it. Domains compare as DNS does it, in their ASCII form.

use enroll_domain::DirectoryId;
use enroll_store::{Tx, directory, sign_in_domain};
use url::Host;

use crate::Error;

/// Domains of one directory.
const MOST: usize = 100;

/// Longest name in DNS, in bytes (RFC 1035 §2.3.4).
const BYTES: usize = 253;

/// Reads a domain, in ASCII or not; `None` for what is no name with a dot in it.
pub(super) fn domain(text: &str) -> Option<String> {
    let text = text.trim();
    if text.contains(['%', '@', '/']) {
        return None;
    }
    match Host::parse(text) {
        Ok(Host::Domain(name)) => {
            let labels = name.split('.');
            let plain = |label: &str| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            };
            (name.contains('.') && name.len() <= BYTES && labels.clone().all(plain)).then_some(name)
        }
        _ => None,
    }
}

/// The domain of an e-mail address.
pub(super) fn of_address(address: &str) -> Option<String> {
    let (local, name) = address.trim().rsplit_once('@')?;
    if local.is_empty() { None } else { domain(name) }
}

/// Domains as an administrator gives them: in one form, in their order, none twice.
///
/// # Errors
/// [`Error::Invalid`]
pub(super) fn domains(given: &[String]) -> Result<Vec<String>, Error> {
    let read = |text: &String| {
        domain(text).ok_or_else(|| {
            Error::Invalid(format!(
                "domains: {text:?} is no domain of e-mail addresses: write what follows the @, for example example.com"
            ))
        })
    };
    let mut all = given.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    all.sort_unstable();
    all.dedup();
    if all.len() > MOST {
        return Err(Error::Invalid(format!("domains: a directory has at most {MOST}")));
    }
    Ok(all)
}

/// Makes these the domains of a directory; gives those that it had.
///
/// # Errors
/// [`Error::Conflict`] when one leads to another directory.
pub(super) fn set(tx: &Tx<'_>, of: DirectoryId, domains: &[String]) -> Result<Vec<String>, Error> {
    let before = sign_in_domain::list(tx, of)?;
    for domain in domains {
        let Some(other) = sign_in_domain::find(tx, domain)?.filter(|other| *other != of) else { continue };
        let other = directory::find(tx, other)?.map(|row| row.name.to_string()).unwrap_or_default();
        return Err(Error::Conflict(format!(
            "the domain {domain} leads to the directory {other}: a domain leads to one directory, take it away there first"
        )));
    }
    if before != domains {
        sign_in_domain::clear(tx, of)?;
        for domain in domains {
            sign_in_domain::insert(tx, of, domain)?;
        }
    }
    Ok(before)
}

#[cfg(test)]
mod tests {
    use super::{domain, domains, of_address};

    #[test]
    fn domains_have_one_form() {
        for (text, form) in [
            ("example.com", "example.com"),
            (" EXAMPLE.Com ", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("a-b.c.example", "a-b.c.example"),
        ] {
            assert_eq!(domain(text).as_deref(), Some(form), "{text}");
        }
        for text in [
            "",
            "localhost",
            "@example.com",
            "a@example.com",
            "example.com.",
            "127.0.0.1",
            "[::1]",
            "a b.example",
            "ex%61mple.com",
            "a..b",
            "a_b.example",
        ] {
            assert_eq!(domain(text), None, "{text}");
        }
        let given = ["b.example", "a.example", "B.example"].map(str::to_owned);
        assert_eq!(domains(&given).unwrap(), ["a.example", "b.example"]);
        let many: Vec<String> = (0..101).map(|n| format!("d{n}.example")).collect();
        assert!(domains(&many).is_err() && domains(&many[..100]).is_ok());
    }

    #[test]
    fn the_domain_of_an_address_follows_its_last_at_sign() {
        assert_eq!(of_address("Ada@Example.com").as_deref(), Some("example.com"));
        assert_eq!(of_address("\"a@b\"@example.com").as_deref(), Some("example.com"));
        for text in ["", "ada", "@example.com", "ada@", "ada@localhost"] {
            assert_eq!(of_address(text), None, "{text}");
        }
    }
}
