//! A table: columns as wide as their widest cell, up to a limit.

use anstyle::Style;

use super::{BOLD, styled};

/// The widest cell, in characters; longer text is cut. What is cut is told in full elsewhere.
const WIDEST: usize = 40;

/// A cell.
pub(super) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(super) fn new(style: Style, text: &str) -> Self {
        let fits = text.chars().count() <= WIDEST;
        let cut = || text.chars().take(WIDEST - 1).chain(['…']).collect();
        Self { text: if fits { text.to_owned() } else { cut() }, style }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// The table as lines.
pub(super) fn table<const N: usize>(headings: [&str; N], rows: Vec<[Cell; N]>) -> String {
    let rows: Vec<[Cell; N]> =
        std::iter::once(headings.map(|heading| Cell::new(BOLD, heading))).chain(rows).collect();
    let mut text = String::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            text.push_str(&styled(cell.style, &cell.text));
            if column + 1 < N {
                let widest = rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
                text.push_str(&" ".repeat(widest - cell.width() + 2));
            }
        }
        text.push('\n');
    }
    text
}
