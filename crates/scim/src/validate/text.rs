//! What strings may hold: names that are looked up or shown to people must not deceive.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::schema::{USER_SCHEMA, Uniqueness};
use crate::{Attribute, Folded, ResourceModel, ScimError};

/// Longest text, sent or folded, of an attribute that is looked up, in bytes: databases bound the size of an index entry.
const LONGEST_NAME: usize = 1024;

/// Checks the text of a string attribute.
///
/// No string holds U+0000. A string that is unique or an `externalId` is at most 1024 bytes long and has no control
/// characters. A `userName` is prepared as RFC 8265 §3.3 asks (inner spaces are allowed, ordinary punctuation is not looked
/// at): no white space around it, no invisible or private-use characters.
///
/// # Errors
/// 400 `invalidValue`. The message does not repeat the text.
pub(super) fn check(
    model: &ResourceModel,
    attribute: &Attribute,
    path: &str,
    text: &str,
) -> Result<(), ScimError> {
    let refuse = |complaint: &str| Err(ScimError::invalid_value(format!("{path} {complaint}")));
    if text.contains('\0') {
        return refuse("holds the character U+0000, which cannot be stored");
    }
    let is_unique = attribute.uniqueness != Uniqueness::None;
    if !is_unique && !attribute.name.is("externalId") {
        return Ok(());
    }
    if text.chars().any(char::is_control) {
        return refuse("holds a control character, for example a tab or a line break");
    }
    if text.len() > LONGEST_NAME || Folded::new(text).as_str().len() > LONGEST_NAME {
        return refuse("is longer than 1024 bytes");
    }
    if is_unique && attribute.name.is("userName") && model.base().id.is(USER_SCHEMA) {
        if text.trim() != text {
            return refuse("begins or ends with white space");
        }
        if text.chars().any(is_invisible) {
            return refuse("holds an invisible or private-use character");
        }
    }
    Ok(())
}

/// Characters that show nothing of their own (Default_Ignorable_Code_Point), non-characters, private use and line
/// separators: RFC 8264 §9 disallows them all in an identifier.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffd}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{f0000}'..)
        || u32::from(character) & 0xfffe == 0xfffe
}

/// Whether the text is base64 (RFC 4648 §4) with or without padding (RFC 7643 §2.3.6).
pub(super) fn is_base64(text: &str) -> bool {
    const OPTIONAL_PADDING: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::STANDARD, OPTIONAL_PADDING).decode(text).is_ok()
}

/// Whether the text may be an absolute or relative URI (RFC 7643 §2.3.7). It is never fetched, so nothing but control
/// characters is refused: clients send URLs with spaces and with letters of every script.
pub(super) fn may_be_uri(text: &str) -> bool {
    !text.chars().any(char::is_control)
}
