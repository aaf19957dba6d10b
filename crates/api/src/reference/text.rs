//! Descriptions: paragraphs and list items, with code between backquotes.

/// A part of a line.
pub(super) struct Piece<'d> {
    pub(super) is_code: bool,
    pub(super) text: &'d str,
}

/// A paragraph or a list item.
pub(super) struct Block<'d> {
    pub(super) is_item: bool,
    pub(super) pieces: Vec<Piece<'d>>,
}

/// A description.
pub(super) type Text<'d> = Vec<Block<'d>>;

/// Reads a description.
pub(super) fn text(source: &str) -> Text<'_> {
    let lines = source.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let item = line.strip_prefix("- ");
            Block { is_item: item.is_some(), pieces: pieces(item.unwrap_or(line)) }
        })
        .collect()
}

/// The parts of one line.
pub(super) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let parts = line.split('`').enumerate();
    parts
        .map(|(place, text)| Piece { is_code: place % 2 == 1, text })
        .filter(|piece| !piece.text.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn code_stands_between_backquotes_and_items_behind_dashes() {
        let text = text("Use `read`.\n\n- `a`: first");
        assert_eq!(text.iter().map(|block| block.is_item).collect::<Vec<_>>(), [false, true]);
        let code: Vec<&str> = text
            .iter()
            .flat_map(|block| &block.pieces)
            .filter(|piece| piece.is_code)
            .map(|piece| piece.text)
            .collect();
        assert_eq!(code, ["read", "a"]);
    }
}
