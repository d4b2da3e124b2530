//! Columns of text.

/// Lines with their columns aligned, two spaces apart. The last column is not padded. `widths` are those of the
/// plain texts; a cell is a plain text and how it is painted.
pub(crate) fn columns<const N: usize>(rows: &[[(String, String); N]], prefix: &str) -> String {
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

/// A cell: the text, and how it is painted.
pub(crate) fn cell(
    text: impl Into<String>,
    paint: impl FnOnce(&str) -> String,
) -> (String, String) {
    let plain = text.into();
    let painted = paint(&plain);
    (plain, painted)
}

/// A cell without paint.
pub(crate) fn plain(text: impl Into<String>) -> (String, String) {
    let text = text.into();
    (text.clone(), text)
}
