//! Columns of text.

use super::text::safe;

/// A plain text, by which the columns are aligned, and the text as it is painted.
pub(crate) type Cell = (String, String);

/// Lines with their columns aligned, two spaces apart. The last column is not padded.
pub(crate) fn columns<const N: usize>(rows: &[[Cell; N]], prefix: &str) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, (plain, _)) in widths.iter_mut().zip(row) {
            *width = (*width).max(plain.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = prefix.to_owned();
        for (index, ((plain, painted), width)) in row.iter().zip(widths).enumerate() {
            line.push_str(painted);
            if index + 1 < N {
                line.push_str(&" ".repeat(width - plain.chars().count() + 2));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A cell: the text, made safe for a terminal, and how it is painted.
pub(crate) fn cell(text: impl Into<String>, paint: impl FnOnce(&str) -> String) -> Cell {
    let plain = safe(&text.into());
    let painted = paint(&plain);
    (plain, painted)
}

/// A cell without paint.
pub(crate) fn plain(text: impl Into<String>) -> Cell {
    let text = safe(&text.into());
    (text.clone(), text)
}
