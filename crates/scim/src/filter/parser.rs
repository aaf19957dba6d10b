//! Reads the grammar of RFC 7644 Figure 1, with the errata and the precedence of §3.4.2.2.
//!
//! The parser keeps its open brackets on a list of its own and never calls itself, so that hostile nesting cannot overflow
//! the stack. Depth and terms are counted while reading, so that a filter over its budget costs no more than the budget.

use super::hints;
use super::lexer::{Lexer, Token, TokenKind};
use super::syntax_error::SyntaxError;
use super::{CompareOp, Filter, Literal};
use crate::quirks::{missing_filter_space, value_path_comparison};
use crate::{AttributeName, AttributePath, Dialect, Limits, Notes};

/// Deepest nesting whatever the configuration says: what comes after parsing walks the tree by recursion.
const DEEPEST: usize = 64;

/// What opened a level of nesting.
#[derive(Debug)]
enum Opened {
    /// The start of a filter.
    Filter,
    /// The `[` of a PATCH path, which the caller has read.
    ValuePath,
    /// `(`
    Parenthesis,
    /// `not (`
    Not,
    /// `path[`
    Element(AttributePath),
}

/// A filter of which the end has not been read: alternatives, and the conjunction being read.
#[derive(Debug)]
struct Level {
    opened: Opened,
    start: usize,
    alternatives: Vec<Filter>,
    terms: Vec<Filter>,
}

impl Level {
    fn new(opened: Opened, start: usize) -> Self {
        Self { opened, start, alternatives: Vec::new(), terms: Vec::new() }
    }

    fn end_conjunction(&mut self) {
        if let Some(filter) = Filter::all(std::mem::take(&mut self.terms)) {
            self.alternatives.push(filter);
        }
    }
}

/// One run over one text.
#[derive(Debug)]
pub(super) struct Parser<'t, 'c> {
    lexer: Lexer<'t>,
    limits: &'c Limits,
    dialect: &'c Dialect,
    notes: &'c mut Notes,
    outer: Vec<Level>,
    level: Level,
    terms: usize,
    space_added: bool,
}

impl<'t, 'c> Parser<'t, 'c> {
    /// For a whole filter.
    pub(super) fn filter(
        text: &'t str,
        limits: &'c Limits,
        dialect: &'c Dialect,
        notes: &'c mut Notes,
    ) -> Self {
        Self::new(text, 0, Opened::Filter, limits, dialect, notes)
    }

    /// For the filter in a PATCH path, from the byte after `[` to its `]`.
    pub(super) fn value_path(
        text: &'t str,
        start: usize,
        limits: &'c Limits,
        dialect: &'c Dialect,
        notes: &'c mut Notes,
    ) -> Self {
        Self::new(text, start, Opened::ValuePath, limits, dialect, notes)
    }

    fn new(
        text: &'t str,
        start: usize,
        opened: Opened,
        limits: &'c Limits,
        dialect: &'c Dialect,
        notes: &'c mut Notes,
    ) -> Self {
        let level = Level::new(opened, start);
        let lexer = Lexer::new(text, start);
        Self { lexer, limits, dialect, notes, outer: Vec::new(), level, terms: 0, space_added: false }
    }

    /// Reads to the end; gives the filter and the byte offset behind it.
    pub(super) fn run(mut self) -> Result<(Filter, usize), SyntaxError> {
        loop {
            self.operand()?;
            if let Some(filter) = self.after_operand()? {
                return Ok((filter, self.lexer.offset()));
            }
        }
    }

    /// Reads opening brackets up to and including one term.
    fn operand(&mut self) -> Result<(), SyntaxError> {
        loop {
            let token = self.lexer.next()?;
            match token.kind {
                TokenKind::Open => self.open(Opened::Parenthesis, &token)?,
                TokenKind::Word(word) if word.eq_ignore_ascii_case("not") => {
                    let next = self.lexer.next()?;
                    if next.kind != TokenKind::Open {
                        return Err(next.error(hints::after_not(&next)));
                    }
                    self.open(Opened::Not, &token)?;
                }
                TokenKind::Word(word) if !is_connective(word) => {
                    let path =
                        AttributePath::parse(word).map_err(|error| token.error(hints::path(word, error)))?;
                    if !self.lexer.rest().starts_with('[') {
                        let term = self.term(path)?;
                        self.level.terms.push(term);
                        return Ok(());
                    }
                    let bracket = self.lexer.next()?;
                    self.open_element(path, &bracket)?;
                }
                _ => return Err(token.error(hints::no_operand(&token))),
            }
        }
    }

    /// Reads closing brackets up to and including `and` or `or`, or up to the end, where it gives the whole filter.
    fn after_operand(&mut self) -> Result<Option<Filter>, SyntaxError> {
        loop {
            let token = self.lexer.next()?;
            match token.kind {
                TokenKind::Close => self.close_parenthesis(&token)?,
                TokenKind::CloseElement => {
                    if let Some(filter) = self.close_element(&token)? {
                        return Ok(Some(filter));
                    }
                }
                TokenKind::End => return self.end(&token).map(Some),
                TokenKind::Word(word) if token.spaced && is_connective(word) => {
                    if !self.lexer.rest().is_empty() && !self.lexer.rest().starts_with(' ') {
                        let message = format!("a space is missing after '{}'", word.to_ascii_lowercase());
                        return Err(SyntaxError::new(self.lexer.offset(), message));
                    }
                    if word.eq_ignore_ascii_case("or") {
                        self.level.end_conjunction();
                    }
                    return Ok(None);
                }
                _ => return Err(token.error(hints::after_operand(&token))),
            }
        }
    }

    fn open(&mut self, opened: Opened, token: &Token<'_>) -> Result<(), SyntaxError> {
        let deepest = self.limits.filter_depth.min(DEEPEST);
        if self.outer.len() >= deepest {
            return Err(token.error(format!(
                "nested deeper than {deepest} levels, the limit for filters (filter_depth)"
            )));
        }
        let outer = std::mem::replace(&mut self.level, Level::new(opened, token.start));
        self.outer.push(outer);
        Ok(())
    }

    fn open_element(&mut self, path: AttributePath, token: &Token<'_>) -> Result<(), SyntaxError> {
        let inside = |level: &Level| matches!(level.opened, Opened::ValuePath | Opened::Element(_));
        if inside(&self.level) || self.outer.iter().any(inside) {
            return Err(token.error("a filter in brackets cannot hold another one in brackets"));
        }
        self.open(Opened::Element(path), token)
    }

    fn close_parenthesis(&mut self, token: &Token<'_>) -> Result<(), SyntaxError> {
        if !matches!(self.level.opened, Opened::Parenthesis | Opened::Not) {
            return Err(token.error("this ')' closes nothing"));
        }
        let Some((opened, filter)) = self.leave() else {
            return Err(token.error(hints::no_operand(token)));
        };
        self.level.terms.push(if matches!(opened, Opened::Not) {
            Filter::Not(Box::new(filter))
        } else {
            filter
        });
        Ok(())
    }

    /// Closes `path[`; a comparison behind it, `].value eq "x"`, is one more condition on the same element. Gives the filter
    /// when the bracket was that of a PATCH path.
    fn close_element(&mut self, token: &Token<'_>) -> Result<Option<Filter>, SyntaxError> {
        if !matches!(self.level.opened, Opened::Element(_) | Opened::ValuePath) {
            return Err(token.error("this ']' closes nothing"));
        }
        let Some((opened, mut filter)) = self.leave() else {
            return Err(token.error(hints::no_operand(token)));
        };
        let Opened::Element(path) = opened else {
            return Ok(Some(filter));
        };
        if self.lexer.rest().starts_with('.') {
            let token = self.lexer.next()?;
            let sub = match token.kind {
                TokenKind::Word(word) => AttributeName::new(word.strip_prefix('.').unwrap_or_default()).ok(),
                _ => None,
            };
            let Some(sub) = sub else {
                return Err(
                    token.error(format!("expected a sub-attribute after ']', found {}", token.describe()))
                );
            };
            if !value_path_comparison::accept(self.dialect, self.notes) {
                return Err(token.error(hints::behind_element(sub.as_str())));
            }
            let term = self.term(AttributePath::attribute(sub.as_str()))?;
            filter = filter.and_also(term);
        }
        self.level.terms.push(Filter::Element { path, filter: Box::new(filter) });
        Ok(None)
    }

    /// Goes back to the enclosing level; gives what was read in this one.
    fn leave(&mut self) -> Option<(Opened, Filter)> {
        let outer = self.outer.pop().unwrap_or_else(|| Level::new(Opened::Filter, 0));
        let mut level = std::mem::replace(&mut self.level, outer);
        level.end_conjunction();
        Filter::any(level.alternatives).map(|filter| (level.opened, filter))
    }

    fn end(&mut self, token: &Token<'_>) -> Result<Filter, SyntaxError> {
        let start = self.level.start;
        match self.level.opened {
            Opened::Filter => {
                self.leave().map(|(_, filter)| filter).ok_or_else(|| token.error("the filter is empty"))
            }
            Opened::Parenthesis | Opened::Not => Err(SyntaxError::new(start, "this '(' is not closed")),
            Opened::Element(_) => Err(SyntaxError::new(start, "this '[' is not closed")),
            Opened::ValuePath => Err(SyntaxError::outside(start.saturating_sub(1), "this '[' is not closed")),
        }
    }

    /// What follows a path: `pr`, or an operator and a value.
    fn term(&mut self, path: AttributePath) -> Result<Filter, SyntaxError> {
        let token = self.lexer.next()?;
        self.terms += 1;
        if self.terms > self.limits.filter_terms {
            let most = self.limits.filter_terms;
            return Err(
                token.error(format!("more than {most} comparisons, the limit for filters (filter_terms)"))
            );
        }
        let TokenKind::Word(word) = token.kind else {
            return Err(token.error(hints::no_operator(&token)));
        };
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let op = CompareOp::parse(word).ok_or_else(|| token.error(hints::unknown_operator(word)))?;
        Ok(Filter::Compare { path, op, value: self.literal()? })
    }

    fn literal(&mut self) -> Result<Literal, SyntaxError> {
        let token = self.lexer.next()?;
        let word = match token.kind {
            TokenKind::Text(text) if token.spaced || self.add_space() => return Ok(Literal::String(text)),
            TokenKind::Text(_) => return Err(token.error("a space is missing before this string")),
            TokenKind::Word(word) => word,
            _ => return Err(token.error(hints::no_value(&token))),
        };
        match word {
            "null" => Ok(Literal::Null),
            "true" => Ok(Literal::Boolean(true)),
            "false" => Ok(Literal::Boolean(false)),
            _ => serde_json::from_str(word)
                .map(Literal::Number)
                .map_err(|_| token.error(hints::bad_value(word))),
        }
    }

    fn add_space(&mut self) -> bool {
        self.space_added = self.space_added || missing_filter_space::accept(self.dialect, self.notes);
        self.space_added
    }
}

fn is_connective(word: &str) -> bool {
    word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or")
}
