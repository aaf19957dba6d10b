//! The checks of a verified assertion: for whom, from whom, until when, and in answer to what (SAML profiles §4.1.4.3).

use jiff::Timestamp;
use roxmltree::Node;

use crate::begin::Pending;
use crate::connection::{Connection, ServiceProvider};
use crate::identity::{Authenticated, BegunBy, Once};
use crate::refusal::{Reason, Refusal};
use crate::response::version;
use crate::xml::{ASSERTION, at_most_one, attribute, children, is, one, text};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// What a response is compared with.
pub(crate) struct Expected<'a> {
    pub(crate) service_provider: &'a ServiceProvider,
    pub(crate) connection: &'a Connection,
    pub(crate) pending: Option<&'a Pending>,
    pub(crate) now: Timestamp,
}

/// The session of the user at the identity provider.
pub(crate) struct Session {
    pub(crate) index: Option<String>,
    pub(crate) ends: Option<Timestamp>,
    pub(crate) authenticated: Authenticated,
}

impl Expected<'_> {
    /// Which request the response answers (A14). One that names no request, neither in the response nor in the assertion, was begun
    /// by the identity provider; one that names any has to name the pending one. So a response that was made for
    /// one browser's request is not accepted from another, whatever the switch says.
    pub(crate) fn request(
        &self,
        response: Node<'_, '_>,
        assertion: Node<'_, '_>,
    ) -> Result<BegunBy, Refusal> {
        let named = response.attribute("InResponseTo");
        let confirmed = assertion
            .descendants()
            .filter(|node| is(*node, ASSERTION, "SubjectConfirmationData"))
            .any(|data| data.attribute("InResponseTo").is_some());
        if named.is_none() && !confirmed {
            let allowed = self.connection.allow_idp_initiated;
            return if allowed { Ok(BegunBy::IdentityProvider) } else { Err(Reason::IdpInitiated.into()) };
        }
        let Some(pending) = self.pending else {
            return Err(Refusal::with(Reason::InResponseTo, "no sign-in is pending in this browser"));
        };
        if self.now >= pending.expires() {
            return Err(Reason::PendingExpired.into());
        }
        if named != Some(pending.request_id.as_str()) {
            return Err(Reason::InResponseTo.into());
        }
        Ok(BegunBy::ServiceProvider)
    }

    /// Version and issuer of the assertion (A11); gives what to show.
    pub(crate) fn issuer(&self, assertion: Node<'_, '_>) -> Result<String, Refusal> {
        version(assertion)?;
        let issuer = text(one(assertion, ASSERTION, "Issuer")?)?;
        self.is_issuer(&issuer)?;
        Ok(issuer)
    }

    /// Whether this is the entity ID of the identity provider.
    pub(crate) fn is_issuer(&self, found: &str) -> Result<(), Refusal> {
        let expected = self.connection.identity_provider.entity_id.as_str();
        if found == expected {
            return Ok(());
        }
        Err(Refusal::with(Reason::Issuer, format!("found {found}, expected {expected}")))
    }

    /// The destination of a logout message: it is signed, so it has to name our place for them (SAML bindings §3.4.5.2, §3.5.5.2).
    pub(crate) fn is_logout_destination(&self, message: Node<'_, '_>) -> Result<(), Refusal> {
        let expected = self.service_provider.logout.as_ref().map_or("none", |logout| logout.as_str());
        let found = message.attribute("Destination").unwrap_or("none");
        if found == expected && self.service_provider.logout.is_some() {
            return Ok(());
        }
        Err(Refusal::with(Reason::Destination, format!("found {found}, expected {expected}")))
    }

    /// A bearer confirmation that holds; gives its end (A11, A12, A14). Where there are several, one has to hold
    /// (SAML core §2.4.1.1).
    pub(crate) fn confirmation(
        &self,
        assertion: Node<'_, '_>,
        begun_by: BegunBy,
    ) -> Result<Timestamp, Refusal> {
        let subject = one(assertion, ASSERTION, "Subject")?;
        let mut first = None;
        for confirmation in children(subject, ASSERTION, "SubjectConfirmation") {
            if confirmation.attribute("Method") != Some(BEARER) {
                continue;
            }
            match self.bearer(confirmation, begun_by) {
                Ok(end) => return Ok(end),
                Err(refusal) => first = first.or(Some(refusal)),
            }
        }
        Err(first.unwrap_or(Reason::ConfirmationMethod.into()))
    }

    fn bearer(&self, confirmation: Node<'_, '_>, begun_by: BegunBy) -> Result<Timestamp, Refusal> {
        let data = one(confirmation, ASSERTION, "SubjectConfirmationData")?;
        let acs = self.service_provider.acs.as_str();
        let recipient = data.attribute("Recipient").unwrap_or("none");
        if recipient != acs {
            return Err(Refusal::with(Reason::Recipient, format!("found {recipient}, expected {acs}")));
        }
        let request = match begun_by {
            BegunBy::ServiceProvider => self.pending.map(|pending| pending.request_id.as_str()),
            BegunBy::IdentityProvider => None,
        };
        if data.attribute("InResponseTo") != request {
            return Err(Reason::InResponseTo.into());
        }
        self.after(data, "NotBefore", Reason::ConfirmationNotBefore)?;
        self.before(data, "NotOnOrAfter", Reason::Expired)
    }

    /// Times, audiences, and no condition that is not known (A11, A12); gives their end.
    pub(crate) fn conditions(&self, assertion: Node<'_, '_>) -> Result<Timestamp, Refusal> {
        let conditions =
            at_most_one(assertion, ASSERTION, "Conditions")?.ok_or(Refusal::from(Reason::NoConditions))?;
        self.after(conditions, "NotBefore", Reason::NotYetValid)?;
        let end = self.before(conditions, "NotOnOrAfter", Reason::Expired)?;
        let mut restricted = false;
        for condition in conditions.children().filter(Node::is_element) {
            if is(condition, ASSERTION, "AudienceRestriction") {
                self.audience(condition)?;
                restricted = true;
            } else if !is(condition, ASSERTION, "OneTimeUse") && !is(condition, ASSERTION, "ProxyRestriction")
            {
                return Err(Refusal::with(Reason::UnknownCondition, condition.tag_name().name()));
            }
        }
        if restricted {
            Ok(end)
        } else {
            Err(Refusal::with(Reason::NoConditions, "AudienceRestriction is missing"))
        }
    }

    /// Each restriction has to name this service.
    fn audience(&self, restriction: Node<'_, '_>) -> Result<(), Refusal> {
        let expected = self.service_provider.entity_id.as_str();
        let audiences = children(restriction, ASSERTION, "Audience")
            .map(text)
            .collect::<Result<Vec<String>, Refusal>>()?;
        if audiences.iter().any(|audience| audience == expected) {
            return Ok(());
        }
        let found = audiences.join(" ");
        Err(Refusal::with(Reason::Audience, format!("found {found}, expected {expected}")))
    }

    /// That the user signed in, and until when the session may last (A12).
    pub(crate) fn session(&self, assertion: Node<'_, '_>, begun_by: BegunBy) -> Result<Session, Refusal> {
        let mut session = None;
        // Who was asked to prove anew who she is has done so since she was asked (SAML core §3.4.1 ForceAuthn).
        let asked = self.pending.filter(|pending| pending.anew && begun_by == BegunBy::ServiceProvider);
        for statement in children(assertion, ASSERTION, "AuthnStatement") {
            let proved = time(attribute(statement, "AuthnInstant")?, "AuthnInstant")?;
            if let Some(asked) = asked {
                let skew = self.connection.skew.as_duration();
                if proved.saturating_add(skew).unwrap_or(Timestamp::MAX) < asked.begun {
                    return Err(Refusal::with(
                        Reason::NotAnew,
                        format!("signed in at {proved}, asked at {}", asked.begun),
                    ));
                }
            }
            // Clocks may be apart: nobody has proved anything in the future, or, asked for it, before that.
            let at = proved.max(asked.map_or(Timestamp::MIN, |asked| asked.begun)).min(self.now);
            let authenticated = Authenticated { at, anew: asked.is_some() };
            let session = session.get_or_insert(Session { index: None, ends: None, authenticated });
            // Of several the oldest counts.
            session.authenticated.at = session.authenticated.at.min(at);
            if session.index.is_none() {
                session.index = statement.attribute("SessionIndex").map(str::to_owned);
            }
            if statement.attribute("SessionNotOnOrAfter").is_some() {
                let ends = self.before(statement, "SessionNotOnOrAfter", Reason::SessionEnded)?;
                session.ends = Some(session.ends.map_or(ends, |known| known.min(ends)));
            }
        }
        session.ok_or(Reason::NoAuthnStatement.into())
    }

    /// The one use of an assertion that is refused as expired from `end` on, by clocks that may be apart (A13).
    pub(crate) fn once(&self, assertion: Node<'_, '_>, end: Timestamp) -> Result<Once, Refusal> {
        let remember_until = end.saturating_add(self.connection.skew.as_duration()).unwrap_or(Timestamp::MAX);
        Ok(Once { assertion_id: attribute(assertion, "ID")?.to_owned(), remember_until })
    }

    /// A time, if it is given, from which on something holds.
    fn after(&self, element: Node<'_, '_>, name: &'static str, reason: Reason) -> Result<(), Refusal> {
        let Some(written) = element.attribute(name) else { return Ok(()) };
        let begin = time(written, name)?;
        if self.now.saturating_add(self.connection.skew.as_duration()).unwrap_or(Timestamp::MAX) >= begin {
            return Ok(());
        }
        Err(Refusal::with(reason, format!("valid from {begin}, it is {}", self.now)))
    }

    /// A time, which has to be given, until which something holds.
    fn before(
        &self,
        element: Node<'_, '_>,
        name: &'static str,
        reason: Reason,
    ) -> Result<Timestamp, Refusal> {
        let written = element
            .attribute(name)
            .ok_or_else(|| Refusal::with(Reason::TimeForm, format!("{name} is missing")))?;
        let end = time(written, name)?;
        if self.now < end.saturating_add(self.connection.skew.as_duration()).unwrap_or(Timestamp::MAX) {
            return Ok(end);
        }
        Err(Refusal::with(reason, format!("valid until {end}, it is {}", self.now)))
    }
}

/// An `xs:dateTime` with its offset from UTC (SAML core §1.3.3).
pub(crate) fn time(written: &str, name: &'static str) -> Result<Timestamp, Refusal> {
    let plain = written.chars().all(|c| c.is_ascii_digit() || "-:.TZ+".contains(c));
    let read = written.parse().ok().filter(|_| plain && written.contains('T'));
    read.ok_or_else(|| Refusal::with(Reason::TimeForm, format!("{name}=\"{written}\"")))
}
