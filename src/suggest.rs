//! "Did you mean": names that are near to a misspelled one.

/// A sentence with the names that are near to a misspelled one.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let near = near(name, known);
    let near: Vec<_> = near.iter().map(|name| format!("`{name}`")).collect();
    (!near.is_empty()).then(|| format!("Did you mean {}?", near.join(" or ")))
}

/// Names that are near to a misspelled one, nearest first, at most three.
pub(crate) fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let mut scored: Vec<_> = known
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let holds = name.len() >= 3 && lower.contains(&name);
            // One slip in a short name weighs more than the measure allows for.
            let slip = name.len() >= 3 && strsim::osa_distance(&name, &lower) == 1;
            let score = if holds {
                1.0
            } else if slip {
                0.99
            } else {
                strsim::jaro_winkler(&name, &lower)
            };
            (score, candidate)
        })
        .filter(|(score, _)| *score > 0.85)
        .collect();
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    scored
        .into_iter()
        .map(|(_, candidate)| candidate)
        .take(3)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        let known = ["lead_replied", "lead_clicked", "call.started"];
        assert_eq!(near("lead_replid", known.into_iter())[0], "lead_replied");
        assert_eq!(near("replied", known.into_iter()), ["lead_replied"]);
        assert!(near("zzz", known.into_iter()).is_empty());
        assert_eq!(near("kan", ["ken", "klen", "konvox"].into_iter()), ["ken"]);
    }
}
