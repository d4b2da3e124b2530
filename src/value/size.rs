//! Sizes in bytes.

/// Reads a size: `512`, `64kB`, `10MB`, `1MiB`.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let units = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("b", 1),
    ];
    let (digits, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((lower.strip_suffix(unit)?, *factor)))
        .unwrap_or((&lower, 1));
    let number: u64 = digits
        .trim()
        .parse()
        .map_err(|_| format!("`{text}` is no size such as `10MB`"))?;
    number
        .checked_mul(factor)
        .ok_or_else(|| format!("`{text}` is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("512", 512),
            ("0b", 0),
            ("64kB", 64_000),
            ("10 MB", 10_000_000),
            ("2GB", 2_000_000_000),
            ("3KiB", 3_072),
            ("1mib", 1_048_576),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "much", "1TB", "-1", "1.5MB", "MB"] {
            assert_eq!(size(bad), Err(format!("`{bad}` is no size such as `10MB`")));
        }
        assert_eq!(
            size("99999999999999999GB"),
            Err("`99999999999999999GB` is too large".to_owned())
        );
    }
}
