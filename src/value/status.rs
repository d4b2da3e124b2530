//! Statuses of responses.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Statuses, written `2xx`, `200` or `2xx,404`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct StatusSet {
    text: String,
    /// Ranges, both ends included.
    ranges: Vec<(u16, u16)>,
}

impl StatusSet {
    pub(crate) fn contains(&self, status: u16) -> bool {
        self.ranges
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&status))
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Ranges, both ends included.
    pub(crate) fn ranges(&self) -> &[(u16, u16)] {
        &self.ranges
    }
}

impl FromStr for StatusSet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = |part: &str| {
            let part = part.trim();
            if let Some(class) = part
                .strip_suffix("xx")
                .and_then(|class| class.parse::<u16>().ok())
            {
                return (1..=5)
                    .contains(&class)
                    .then_some((class * 100, class * 100 + 99));
            }
            part.parse()
                .ok()
                .filter(|status| (100..=599).contains(status))
                .map(|status| (status, status))
        };
        let ranges = text.split(',').map(range).collect::<Option<Vec<_>>>();
        let ranges = ranges
            .ok_or_else(|| format!("`{text}` is no list of statuses such as `2xx` or `200,204`"))?;
        Ok(Self {
            text: text.to_owned(),
            ranges,
        })
    }
}

impl From<StatusSet> for String {
    fn from(set: StatusSet) -> Self {
        set.text
    }
}

impl TryFrom<String> for StatusSet {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_classes_and_single_statuses() {
        let set: StatusSet = "2xx, 404".parse().unwrap();
        for (status, is_in) in [
            (199, false),
            (200, true),
            (299, true),
            (300, false),
            (404, true),
        ] {
            assert_eq!(set.contains(status), is_in, "{status}");
        }
        assert_eq!(set.text(), "2xx, 404");
        assert_eq!(set.ranges(), [(200, 299), (404, 404)]);
        for bad in ["", "9xx", "2x", "xx", "99", "600", "200,", "ok"] {
            let wanted = format!("`{bad}` is no list of statuses such as `2xx` or `200,204`");
            assert_eq!(bad.parse::<StatusSet>(), Err(wanted));
        }
    }
}
