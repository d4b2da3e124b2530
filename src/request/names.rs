//! A table by header name that is looked into without copying the name: each request does so for each of its fields.

/// Values by the names of header fields, in any spelling of these.
#[derive(Debug)]
pub(crate) struct ByName<T> {
    /// At each index the names of that length: few are of one.
    by_length: Vec<Vec<(String, T)>>,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self {
            by_length: Vec::new(),
        }
    }
}

impl<T: Default> ByName<T> {
    /// The value of a name, which is made if there is none.
    pub(crate) fn entry(&mut self, name: &str) -> &mut T {
        let length = name.len();
        if self.by_length.len() <= length {
            self.by_length.resize_with(length + 1, Vec::new);
        }
        let alike = &mut self.by_length[length];
        let known = alike
            .iter()
            .position(|(of, _)| of.eq_ignore_ascii_case(name));
        let at = known.unwrap_or_else(|| {
            alike.push((name.to_owned(), T::default()));
            alike.len() - 1
        });
        &mut alike[at].1
    }
}

impl<T> ByName<T> {
    /// The value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        let alike = self.by_length.get(name.len())?;
        let known = alike.iter().find(|(of, _)| of.eq_ignore_ascii_case(name));
        known.map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_spelling_and_no_other_is() {
        let mut table: ByName<Vec<u8>> = ByName::default();
        table.entry("X-Id").push(1);
        table.entry("x-at").push(2);
        table.entry("x-ID").push(3);
        assert_eq!(table.get("X-ID"), Some(&vec![1, 3]));
        assert_eq!(table.get("X-At"), Some(&vec![2]));
        assert_eq!(table.get("x-a"), None);
        assert_eq!(table.get("x-a-name-that-is-longer"), None);
    }
}
