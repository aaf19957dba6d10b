//! The checks of the response around the assertion (SAML profiles §4.1.4.2).

use roxmltree::Node;

use crate::assertion::Expected;
use crate::refusal::{Reason, Refusal};
use crate::xml::{ASSERTION, at_most_one, attribute, text};

/// Version, issuer and destination; gives what to show of them. A signed response has to name issuer and destination; where it
/// is not signed they may be missing, but not wrong (A11).
pub(crate) fn check(
    response: Node<'_, '_>,
    is_signed: bool,
    expected: &Expected<'_>,
) -> Result<String, Refusal> {
    version(response)?;
    attribute(response, "ID")?;
    match at_most_one(response, ASSERTION, "Issuer")? {
        Some(issuer) => expected.is_issuer(&text(issuer)?)?,
        None if is_signed => return Err(Refusal::with(Reason::Issuer, "the signed response names none")),
        None => {}
    }
    let acs = expected.service_provider.acs.as_str();
    match response.attribute("Destination") {
        Some(found) if found == acs => {}
        None if !is_signed => {}
        found => {
            let found = found.unwrap_or("none");
            return Err(Refusal::with(Reason::Destination, format!("found {found}, expected {acs}")));
        }
    }
    Ok(format!("version 2.0, destination {}", response.attribute("Destination").unwrap_or("not named")))
}

/// The one version.
pub(crate) fn version(element: Node<'_, '_>) -> Result<(), Refusal> {
    match element.attribute("Version") {
        Some("2.0") => Ok(()),
        found => Err(Refusal::with(Reason::Version, found.unwrap_or("none"))),
    }
}
