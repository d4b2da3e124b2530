//! Columns of text.

use super::text::safe;

/// A plain text, by which the columns are aligned, and the text as it is painted.
pub(crate) type Cell = (String, String);

/// Least width of a last column that is worth wrapping.
const LEAST: usize = 20;

/// Lines with their columns aligned, two spaces apart. The last column is not padded.
pub(crate) fn columns<const N: usize>(rows: &[[Cell; N]], prefix: &str) -> String {
    columns_within(rows, prefix, None)
}

/// As [`columns`]; a last column that does not fit into the width goes on below itself.
pub(crate) fn columns_within<const N: usize>(
    rows: &[[Cell; N]],
    prefix: &str,
    width: Option<usize>,
) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, (plain, _)) in widths.iter_mut().zip(row) {
            *width = (*width).max(plain.chars().count());
        }
    }
    let before: usize = widths[..N - 1].iter().map(|width| width + 2).sum();
    let start = prefix.chars().count() + before;
    let left = width
        .and_then(|width| width.checked_sub(start))
        .filter(|left| *left >= LEAST);
    let mut text = String::new();
    for row in rows {
        let mut line = prefix.to_owned();
        for (index, ((plain, painted), width)) in row.iter().zip(widths).enumerate() {
            if index + 1 < N {
                line.push_str(painted);
                line.push_str(&" ".repeat(width - plain.chars().count() + 2));
            } else {
                // What is painted would have to be painted anew on each line.
                let left = left.filter(|_| plain == painted).unwrap_or(usize::MAX);
                line.push_str(&wrap(painted, left, start));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Breaks a text between words; all lines but the first are indented.
fn wrap(text: &str, width: usize, indent: usize) -> String {
    let (mut wrapped, mut used) = (String::new(), 0);
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            used = 0;
        } else if !wrapped.is_empty() {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += length;
    }
    wrapped
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_goes_on_below_itself() {
        let rows = [
            [plain("a"), plain("one two three four five six")],
            [plain("long"), plain("wordwithoutanyspaceinit")],
        ];
        let wide = "  a     one two three four five six\n  long  wordwithoutanyspaceinit\n";
        assert_eq!(columns(&rows, "  "), wide);
        assert_eq!(columns_within(&rows, "  ", Some(35)), wide);
        assert_eq!(
            columns_within(&rows, "  ", Some(31)),
            "  a     one two three four five\n        six\n  long  wordwithoutanyspaceinit\n"
        );
        // Too narrow for anything.
        assert_eq!(columns_within(&rows, "  ", Some(12)), wide);
    }
}
