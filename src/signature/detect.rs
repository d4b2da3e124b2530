//! Which schemes a request may be signed with.

use std::sync::LazyLock;

use super::extract::{Source, header_sources};
use super::scheme::{self, Condition, Detect, Scheme, Wanted};
use crate::request::{ByName, Headers};

/// Rows of the table by the header that their first condition names; those without one are under the empty name.
static BY_HEADER: LazyLock<ByName<Vec<usize>>> = LazyLock::new(|| {
    let mut rows = ByName::default();
    for (index, scheme) in scheme::all().iter().enumerate() {
        let first = scheme.detect.all.first();
        let name = first.map_or("", |condition| &*condition.name);
        let of_name: &mut Vec<usize> = rows.entry(name);
        of_name.push(index);
    }
    rows
});

/// Whether some scheme reads a header field: its signature, what that covers, or what tells the scheme apart. The name
/// is in lower case.
pub(crate) fn is_read(name: &str) -> bool {
    static READ: LazyLock<ByName<()>> = LazyLock::new(|| {
        let mut names = ByName::default();
        for scheme in scheme::all() {
            scheme.each_field(|name| *names.entry(name) = ());
        }
        names
    });
    READ.get(name).is_some()
}

/// The schemes whose marks a request carries, the strongest first. One that fits only for want of a better is left
/// out if there is a better, and so is one whose signature is absent if another's is there.
pub(crate) fn detect(source: &Source<'_>) -> Vec<&'static Scheme> {
    let headers = source.request.headers.iter();
    let mut rows: Vec<usize> = headers
        .filter_map(|header| BY_HEADER.get(&header.name))
        .flatten()
        .copied()
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let mut best = best_of(&rows, source);
    if best.iter().all(|scheme| scheme.detect.fallback) {
        // A signature in the body comes before one that any sender might have written.
        let rows = BY_HEADER.get("").map_or(&[][..], |rows| rows);
        let in_body = best_of(rows, source);
        if !in_body.is_empty() {
            best = in_body;
        }
    }
    best.sort_by_key(|scheme| std::cmp::Reverse(scheme.strength()));
    best
}

/// Of these rows, those that fit best.
fn best_of(rows: &[usize], source: &Source<'_>) -> Vec<&'static Scheme> {
    let schemes = rows.iter().map(|row| &scheme::all()[*row]);
    let fitting: Vec<&Scheme> = schemes
        .filter(|scheme| scheme.detect.fits(source))
        .collect();
    let is_signed = |scheme: &&&Scheme| scheme.is_carried_by(source.request);
    let mut best: Vec<&Scheme> = fitting.iter().filter(is_signed).copied().collect();
    if best.is_empty() {
        best.clone_from(&fitting);
    }
    if best.iter().any(|scheme| !scheme.detect.fallback) {
        best.retain(|scheme| !scheme.detect.fallback);
    } else {
        best.truncate(1);
    }
    best
}

/// Those of a sender's schemes that a request is signed with, the strongest first; the sender's first one if it
/// carries none of their signatures.
pub(crate) fn among<'a>(schemes: &[&'a Scheme], source: &Source<'_>) -> Vec<&'a Scheme> {
    let mut carried: Vec<&Scheme> = schemes
        .iter()
        .copied()
        .filter(|scheme| scheme.is_carried_by(source.request))
        .collect();
    let fits = |scheme: &&Scheme| scheme.detect.fits(source);
    if carried.len() > 1 && carried.iter().any(fits) {
        carried.retain(fits);
    }
    if carried.is_empty() {
        let first = schemes.first().copied();
        return first
            .map(|scheme| scheme.for_request(source.request))
            .into_iter()
            .collect();
    }
    carried.sort_by_key(|scheme| std::cmp::Reverse(scheme.strength()));
    carried
}

impl Scheme {
    /// Visits the names of the header fields that the scheme reads.
    fn each_field(&self, mut visit: impl FnMut(&str)) {
        let sig = self.sig.iter();
        let signatures = sig.flat_map(|sig| sig.headers.iter().chain(&sig.header));
        let more = self.sig.as_ref().and_then(|sig| sig.more.as_deref());
        let conditions = self.detect.all.iter().map(|condition| &condition.name);
        let extra = self.extra.iter().map(|(name, _)| name);
        let signed = self.msg.headers();
        signatures
            .chain(conditions)
            .chain(&self.detect.none)
            .chain(extra)
            .chain(signed)
            .for_each(|name| visit(name));
        self.header_names().into_iter().for_each(&mut visit);
        (2..10).for_each(|number: u8| {
            if let Some(pattern) = more {
                visit(&pattern.replace("{n}", &number.to_string()));
            }
        });
        for expression in self.event.iter().chain(&self.delivery) {
            header_sources(expression).for_each(&mut visit);
        }
    }
}

impl Detect {
    fn fits(&self, source: &Source<'_>) -> bool {
        let headers = &source.request.headers;
        !(self.all.is_empty() && self.body.is_empty())
            && self.all.iter().all(|condition| condition.holds(headers))
            && !self.none.iter().any(|name| headers.contains(name))
            && self.body.iter().all(|path| source.has_field(path))
    }
}

impl Condition {
    fn holds(&self, headers: &Headers) -> bool {
        match &self.value {
            Wanted::Any => headers.contains(&self.name),
            Wanted::Part(part) => {
                let value = headers.text(&self.name);
                value.is_some_and(|value| value.contains(&**part))
            }
            Wanted::Whole(whole) => {
                let value = headers.text(&self.name);
                value.is_some_and(|value| value.eq_ignore_ascii_case(whole))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Headers, Request};

    fn found(headers: &[(&str, &str)], body: &str) -> Vec<&'static str> {
        let mut fields = Headers::default();
        for (name, value) in headers {
            fields.push(*name, *value);
        }
        let request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers: fields,
            body: body.to_owned().into(),
        };
        let found = detect(&Source::new(&request));
        found.iter().map(|scheme| &*scheme.id).collect()
    }

    /// Headers, body, and the schemes that are found.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);

    #[test]
    fn collisions_are_told_apart_by_what_stands_beside() {
        let sha256 = ("X-Hub-Signature-256", "sha256=00");
        let sha1 = ("X-Hub-Signature", "sha1=00");
        let event = ("X-GitHub-Event", "push");
        let cases: [Case<'_>; 17] = [
            (&[event, sha256, sha1], "", &["github", "github-sha1"]),
            (&[event, sha1], "", &["github-sha1"]),
            (&[event], "", &["github"]),
            (
                &[
                    event,
                    ("X-Gitea-Event", "push"),
                    ("X-Gitea-Signature", "0"),
                    sha256,
                ],
                "",
                &["gitea"],
            ),
            (
                &[
                    ("X-Event-Key", "repo:push"),
                    ("X-Hub-Signature", "sha256=0"),
                ],
                "",
                &["bitbucket"],
            ),
            (
                &[
                    ("X-Atlassian-Webhook-Identifier", "1"),
                    ("X-Hub-Signature", "sha256=0"),
                ],
                "",
                &["jira"],
            ),
            (&[sha1], r#"{"topic":"a"}"#, &["intercom"]),
            (&[sha256], r#"{"object":"page","entry":[]}"#, &["meta"]),
            (&[sha256], "{}", &["hub-sha256"]),
            (&[("X-Hub-Signature", "sha256=0")], "{}", &["hub"]),
            (&[sha1], "{}", &["hub-sha1"]),
            (&[("X-Signature", "0")], "{}", &[]),
            (
                &[("X-Signature", "0"), ("X-Event-Name", "a")],
                "{}",
                &["lemonsqueezy"],
            ),
            (&[("Authorization", "Basic YTpi")], "{}", &["basic"]),
            (
                &[("Authorization", "Bearer a"), ("svix-signature", "v1,a")],
                "{}",
                &["svix"],
            ),
            (
                &[("webhook-signature", "v1,a v1a,b")],
                "{}",
                &["standard-webhooks-v1a", "standard-webhooks"],
            ),
            (
                &[
                    ("X-Gitlab-Event", "Push Hook"),
                    ("X-Gitlab-Token", "t"),
                    ("webhook-signature", "v1,a"),
                ],
                "{}",
                &["standard-webhooks", "gitlab"],
            ),
        ];
        for (headers, body, wanted) in cases {
            assert_eq!(found(headers, body), wanted, "{headers:?}");
        }
    }

    #[test]
    fn headers_that_a_scheme_reads_are_known_in_lower_case() {
        let read = [
            "svix-id",
            "svix-timestamp",
            "svix-signature",
            "x-hub-signature-256",
            "x-github-event",
            "x-github-delivery",
            "x-hubspot-signature-v3",
            "x-docusign-signature-2",
            "stripe-signature",
        ];
        for name in read {
            assert!(is_read(name), "{name}");
        }
        for name in ["x-hop", "keep-alive", "upgrade", "http2-settings", "close"] {
            assert!(!is_read(name), "{name}");
        }
    }

    #[test]
    fn signatures_in_the_body_and_versions_are_found() {
        let mailgun = r#"{"signature":{"timestamp":"1","token":"t","signature":"s"}}"#;
        assert_eq!(found(&[], mailgun), ["mailgun"]);
        assert_eq!(found(&[], "{}"), [""; 0]);
        let v1 = [
            ("X-HubSpot-Signature", "0"),
            ("X-HubSpot-Signature-Version", "v1"),
        ];
        assert_eq!(found(&v1, "[]"), ["hubspot-v1"]);
        let both = [v1[0], v1[1], ("X-HubSpot-Signature-v3", "a")];
        assert_eq!(found(&both, "[]"), ["hubspot-v3", "hubspot-v1"]);
    }
}
