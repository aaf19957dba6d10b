//! The string literals of this crate's sources, outside tests.

use std::collections::HashMap;
use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::str::Chars;

/// A piece of a source, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Mark(char),
    Text(String),
}

/// Every string literal as it stands.
pub(crate) fn literals() -> Vec<(PathBuf, String)> {
    let texts = |(path, source): (PathBuf, String)| {
        tokens_of(&source).into_iter().filter_map(move |token| match token {
            Token::Text(text) => Some((path.clone(), text)),
            Token::Word(_) | Token::Mark(_) => None,
        })
    };
    sources().into_iter().flat_map(texts).collect()
}

/// Every string literal as the compiler sees it: the pieces of `concat!` together, macros and constants of the file, or of the module
/// above, in the place of their names (`{SELECT}`).
pub(crate) fn expanded() -> Vec<(PathBuf, String)> {
    let files: Vec<_> = sources().into_iter().map(|(path, source)| (path, tokens_of(&source))).collect();
    let macros: HashMap<&Path, HashMap<String, String>> =
        files.iter().map(|(path, tokens)| (path.as_path(), macros(tokens))).collect();
    let mut found = Vec::new();
    for (path, tokens) in &files {
        let above = path.parent().map(|folder| folder.with_extension("rs"));
        let known = |name: &str| {
            let own = macros.get(path.as_path()).and_then(|macros| macros.get(name));
            own.or_else(|| macros.get(above.as_deref()?)?.get(name)).map(String::as_str)
        };
        let joined = joined(tokens, &known);
        let constants: Vec<(&str, &str)> = joined.windows(6).filter_map(constant).collect();
        for token in &joined {
            if let Token::Text(text) = token {
                let text = constants
                    .iter()
                    .fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
                found.push((path.clone(), text));
            }
        }
    }
    found
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("lib.rs")
                && !path.file_stem().unwrap().to_string_lossy().ends_with("tests")
            {
                let source = fs::read_to_string(&path).unwrap();
                found.push((path, source.split("#[cfg(test)]").next().unwrap().to_owned()));
            }
        }
    }
    found
}

/// Knows comments, characters and escapes; no raw strings are used for SQL.
fn tokens_of(source: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '/' if characters.peek() == Some(&'/') => {
                characters.by_ref().find(|c| *c == '\n');
            }
            // A character that would open a literal or end one.
            '\'' if characters.peek() == Some(&'"') => {
                characters.next();
            }
            '\'' if characters.peek() == Some(&'\\') => {
                characters.next();
                characters.next();
            }
            '"' => found.push(Token::Text(literal(&mut characters))),
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = String::from(c);
                while let Some(c) = characters.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                found.push(Token::Word(word));
            }
            c if c.is_whitespace() => {}
            other => found.push(Token::Mark(other)),
        }
    }
    found
}

fn literal(characters: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => match characters.next() {
                Some('\n') => while characters.next_if(|c| c.is_whitespace()).is_some() {},
                Some(escaped) => text.push(escaped),
                None => break,
            },
            other => text.push(other),
        }
    }
    text
}

/// `macro_rules! columns { () => { "..." } }`, and the beginning in `macro_rules! around { ($rest:literal) => { concat!("...", $rest) } }`.
fn macros(tokens: &[Token]) -> HashMap<String, String> {
    let named = |window: &'_ [Token]| match window {
        [
            Token::Word(rules),
            Token::Mark('!'),
            Token::Word(_),
            Token::Mark('{'),
            Token::Mark('('),
            after,
            ..,
            Token::Text(_),
        ] if rules == "macro_rules" => *after == Token::Mark(if window.len() == 10 { ')' } else { '$' }),
        _ => false,
    };
    let short = tokens.windows(10).filter(|window| named(window));
    let long = tokens.windows(17).filter(|window| named(window));
    let pair = |window: &'_ [Token]| match (window.get(2), window.last()) {
        (Some(Token::Word(name)), Some(Token::Text(text))) => Some((name.clone(), text.clone())),
        _ => None,
    };
    short.chain(long).filter_map(pair).collect()
}

/// `const SELECT: &str = "..."`
fn constant(window: &[Token]) -> Option<(&str, &str)> {
    match window {
        [
            Token::Word(name),
            Token::Mark(':'),
            Token::Mark('&'),
            Token::Word(of),
            Token::Mark('='),
            Token::Text(text),
        ] if of == "str" => Some((name, text)),
        _ => None,
    }
}

/// The same tokens with a text for each `concat!(...)` and each `around!("...")`.
fn joined<'m>(tokens: &[Token], known: &impl Fn(&str) -> Option<&'m str>) -> Vec<Token> {
    let (mut found, mut rest) = (Vec::new(), tokens);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if let (Token::Word(name), [Token::Mark('!'), Token::Mark('('), Token::Text(end), ..]) =
            (first, after)
            && let Some(beginning) = known(name)
        {
            found.push(Token::Text(format!("{beginning}{end}")));
            rest = &after[3..];
            continue;
        }
        let begins = *first == Token::Word("concat".to_owned()) && after.first() == Some(&Token::Mark('!'));
        if !begins {
            found.push(first.clone());
            continue;
        }
        let (mut text, mut depth) = (String::new(), 0);
        for (place, token) in after.iter().enumerate().skip(1) {
            match token {
                Token::Mark('(') => depth += 1,
                Token::Mark(')') => depth -= 1,
                Token::Text(piece) => text.push_str(piece),
                // The end comes where the macro is used.
                Token::Word(_) if after[place - 1] == Token::Mark('$') => {}
                Token::Word(name) => text.push_str(known(name).unwrap()),
                Token::Mark(_) => {}
            }
            if depth == 0 {
                rest = &after[place + 1..];
                break;
            }
        }
        found.push(Token::Text(text));
    }
    found
}

#[test]
fn pieces_macros_and_constants_are_put_together() {
    for (source, expected) in [
        (
            "macro_rules! columns { () => { \"a, b\" }; }\n\
             const T: &str = concat!(\"SELECT \", columns!(), \" FROM t\"); // \"no\"",
            "SELECT a, b FROM t",
        ),
        (
            "macro_rules! around { ($rest:literal) => { concat!(\"WITH a AS (b) \", $rest) }; }\n\
             const T: &str = around!(\"SELECT c\");",
            "WITH a AS (b) SELECT c",
        ),
    ] {
        let tokens = tokens_of(source);
        let macros = macros(&tokens);
        let joined = joined(&tokens, &|name| macros.get(name).map(String::as_str));
        assert_eq!(joined.windows(6).find_map(constant), Some(("T", expected)));
    }
}
