//! Values to text. The paint is passed in; nothing in here writes anywhere.

pub(crate) mod api;
pub(crate) mod audit;
pub(crate) mod body;
pub(crate) mod capture;
pub(crate) mod command_line;
pub(crate) mod difference;
pub(crate) mod endpoint;
pub(crate) mod event;
pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod outgoing;
mod paint;
pub(crate) mod profile;
pub(crate) mod sheet;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod verification;
pub(crate) mod volume;

pub(crate) use crate::sender::measured as duration;
pub(crate) use paint::Paint;

use std::time::Duration;

/// A size as people read it: `812 B`, `1.4 kB`, `2.0 MB`.
pub(crate) fn size(bytes: usize) -> String {
    #[allow(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let bytes_f = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes_f / 1e3),
        _ => format!("{:.1} MB", bytes_f / 1e6),
    }
}

/// A number of deliveries: `1 delivery`, `1,200 deliveries`.
pub(crate) fn deliveries(count: u64) -> String {
    match count {
        1 => "1 delivery".to_owned(),
        _ => format!("{} deliveries", grouped(count)),
    }
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Milliseconds for machine output, to the microsecond as the history keeps it.
pub(crate) fn millis(duration: Duration) -> f64 {
    match u32::try_from(duration.as_micros()) {
        Ok(micros) => f64::from(micros) / 1e3,
        Err(_) => (duration.as_secs_f64() * 1e3).floor(),
    }
}

/// Indents every line that is not empty.
pub(crate) fn indent(text: &str, by: &str) -> String {
    let mut indented = String::with_capacity(text.len() + by.len() * 8);
    for line in text.split_inclusive('\n') {
        if line != "\n" {
            indented.push_str(by);
        }
        indented.push_str(line);
    }
    indented
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
