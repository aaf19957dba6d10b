//! The list of names in a query parameter.

/// Takes `attributes=a, b.c` apart at its commas, but for those inside brackets or quotes. Names without text are left out.
///
/// ```
/// use enroll_scim::projection::split_list;
///
/// assert_eq!(split_list(r#"a, b.c,,emails[type eq "x,y"]"#), ["a", "b.c", r#"emails[type eq "x,y"]"#]);
/// ```
pub fn split_list(text: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut brackets) = (false, false, 0_usize);
    let is_separator = |character: char| {
        let after_backslash = std::mem::take(&mut escaped);
        match character {
            '\\' if quoted => escaped = !after_backslash,
            '"' if !after_backslash => quoted = !quoted,
            '[' if !quoted => brackets += 1,
            ']' if !quoted => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        character == ',' && !quoted && brackets == 0
    };
    text.split(is_separator).map(str::trim).filter(|name| !name.is_empty()).collect()
}
