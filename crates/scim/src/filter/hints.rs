//! What to tell somebody whose filter cannot be read: what was found, what was expected, and the usual mistake.

use super::lexer::{Token, TokenKind};
use super::syntax_error::excerpt;
use crate::path::InvalidPath;

pub(super) fn no_operand(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::End if token.start == 0 => "the filter is empty".into(),
        TokenKind::OpenElement => "expected an attribute, found '['; no space may stand before '['".into(),
        _ => format!("expected an attribute, 'not' or '(', found {}", token.describe()),
    }
}

pub(super) fn after_not(token: &Token<'_>) -> String {
    format!("'not' takes a filter in parentheses, as in not (title pr); found {}", token.describe())
}

pub(super) fn after_operand(token: &Token<'_>) -> String {
    let found = token.describe();
    match token.kind {
        TokenKind::Word("&&") => format!("expected 'and', found {found}"),
        TokenKind::Word("||") => format!("expected 'or', found {found}"),
        TokenKind::Word(_) if !token.spaced => format!("a space is missing before {found}"),
        TokenKind::OpenElement => "expected 'and', 'or' or the end, found '['".into(),
        _ => format!("expected 'and', 'or' or the end, found {found}"),
    }
}

pub(super) fn path(word: &str, error: InvalidPath) -> String {
    let found = excerpt(word);
    if word.contains("%20") || word.contains("%22") {
        return format!("{found} is not an attribute: the filter is percent-encoded twice");
    }
    if word.contains(['=', '<', '>', '!']) {
        return format!(
            "{found} is not an attribute: operators are words between spaces, as in userName eq \"x\""
        );
    }
    format!("{found} is not an attribute: {error}")
}

pub(super) fn no_operator(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::OpenElement => "expected an operator, found '['; no space may stand before '['".into(),
        _ => format!(
            "expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr), found {}",
            token.describe()
        ),
    }
}

pub(super) fn unknown_operator(word: &str) -> String {
    let meant = match word.to_ascii_lowercase().as_str() {
        "=" | "==" | "===" | "equals" | "is" => "; write eq",
        "!=" | "<>" => "; write ne",
        ">" => "; write gt",
        ">=" => "; write ge",
        "<" => "; write lt",
        "<=" => "; write le",
        "contains" | "like" => "; write co",
        "startswith" => "; write sw",
        "endswith" => "; write ew",
        "present" | "exists" => "; write pr",
        "in" => "; write eq several times, with or between",
        _ => "",
    };
    format!("the operator {} is not supported (eq, ne, co, sw, ew, gt, ge, lt, le, pr){meant}", excerpt(word))
}

pub(super) fn no_value(token: &Token<'_>) -> String {
    format!(
        "expected a value (a string in double quotes, a number, true, false or null), found {}",
        token.describe()
    )
}

pub(super) fn bad_value(word: &str) -> String {
    let is_quote = |first: &char| matches!(first, '\'' | '`' | '\u{2018}'..='\u{201f}');
    if let Some(quote) = word.chars().next().filter(is_quote) {
        return format!("strings stand in double quotes (\"), not in ({quote})");
    }
    let found = excerpt(word);
    if ["true", "false", "null"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) {
        return format!("{found} is not a value: write it in lower case");
    }
    if word.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.')) {
        return format!("{found} is not a JSON number; text stands in double quotes (\")");
    }
    format!("{found} is not a value: text stands in double quotes (\")")
}

pub(super) fn behind_element(sub: &str) -> String {
    format!("nothing may be compared behind ']': write the condition on {} inside the brackets", excerpt(sub))
}
