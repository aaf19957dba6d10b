//! Cuts a filter into words, strings and brackets.

use super::syntax_error::{SyntaxError, excerpt};

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind<'t> {
    /// A path, an operator, a keyword, a number: anything up to a space, a bracket or a quote.
    Word(&'t str),
    /// A JSON string, decoded.
    Text(String),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenElement,
    /// `]`
    CloseElement,
    /// There is no more.
    End,
}

/// A token and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    /// Byte offset of its first character.
    pub(super) start: usize,
    /// Whether a space stood before it.
    pub(super) spaced: bool,
}

impl Token<'_> {
    /// How to name the token in a message.
    pub(super) fn describe(&self) -> String {
        match &self.kind {
            TokenKind::Word(word) => excerpt(word),
            TokenKind::Text(_) => "a quoted string".into(),
            TokenKind::Open => "'('".into(),
            TokenKind::Close => "')'".into(),
            TokenKind::OpenElement => "'['".into(),
            TokenKind::CloseElement => "']'".into(),
            TokenKind::End => "the end".into(),
        }
    }

    /// An error at this token.
    pub(super) fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.start, message)
    }
}

/// Reads tokens from left to right and never looks back.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    /// Starts at the byte offset `at` of `text`.
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    /// The byte offset of what has not been read.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads one token.
    pub(super) fn next(&mut self) -> Result<Token<'t>, SyntaxError> {
        let before = self.at;
        self.at += self.rest().bytes().take_while(|byte| *byte == b' ').count();
        let start = self.at;
        let kind = match self.rest().bytes().next() {
            None => TokenKind::End,
            Some(b'(') => self.bracket(TokenKind::Open),
            Some(b')') => self.bracket(TokenKind::Close),
            Some(b'[') => self.bracket(TokenKind::OpenElement),
            Some(b']') => self.bracket(TokenKind::CloseElement),
            Some(b'"') => TokenKind::Text(self.string()?),
            Some(byte) if byte.is_ascii_control() => {
                return Err(SyntaxError::new(start, "found a control character; separate words with spaces"));
            }
            Some(_) => TokenKind::Word(self.word()),
        };
        Ok(Token { kind, start, spaced: start > before })
    }

    fn bracket(&mut self, kind: TokenKind<'t>) -> TokenKind<'t> {
        self.at += 1;
        kind
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let ends =
            |byte: u8| byte.is_ascii_control() || matches!(byte, b' ' | b'(' | b')' | b'[' | b']' | b'"');
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// A JSON string (RFC 8259 §7) with its quotes.
    fn string(&mut self) -> Result<String, SyntaxError> {
        let start = self.at;
        let mut escaped = false;
        let end = self.rest().bytes().skip(1).position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        let Some(end) = end else {
            return Err(SyntaxError::new(start, "this string has no closing '\"'"));
        };
        let quoted = self.rest().get(..end + 2).unwrap_or_default();
        self.at += quoted.len();
        if let Some(control) = quoted.bytes().position(|byte| byte < b' ') {
            let message = "a string holds control characters only as escapes (\\n, \\t, \\uXXXX)";
            return Err(SyntaxError::new(start + control, message));
        }
        let decoded: String = serde_json::from_str(quoted).map_err(|error| {
            let message = "not a JSON escape; there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX, in pairs above U+FFFF";
            SyntaxError::new(start + error.column().saturating_sub(1), message)
        })?;
        if decoded.contains('\0') {
            return Err(SyntaxError::new(start, "a string must not hold U+0000: no attribute value does"));
        }
        Ok(decoded)
    }
}
