//! Whether the description of an API can be answered by.

use std::collections::BTreeSet;

use super::api::{Action, Api, Carrier, Property, Route, Segment};
use super::pattern;
use super::profile::Profile;
use super::template::Template;
use crate::request::is_token_byte;

/// What slots can stand for; those that are true are written as a shape.
const SLOTS: [(&str, bool); 28] = [
    ("id", false),
    ("name", false),
    ("url", false),
    ("events", false),
    ("description", false),
    ("enabled", false),
    ("secret", false),
    ("created_at", false),
    ("changed_at", false),
    ("successes", false),
    ("failures", false),
    ("last_success", false),
    ("last_failure", false),
    ("title", false),
    ("about", false),
    ("category", false),
    ("event", false),
    ("event_names", false),
    ("payload", false),
    ("count", false),
    ("endpoint", true),
    ("endpoints", true),
    ("event_list", true),
    ("problems", true),
    ("field", false),
    ("code", false),
    ("message", false),
    ("why", false),
];

impl Api {
    /// What is wrong with it, all at once.
    pub(super) fn problems(&self, profile: &Profile) -> Vec<String> {
        let mut problems = self.wrong_facts();
        problems.extend(self.wrong_templates());
        problems.extend(self.wrong_fields());
        for (index, route) in self.routes.iter().enumerate() {
            let name = format!("route `{} {}`", route.method, route.path.text());
            let own = self.wrong_route(route, &self.routes[..index]);
            problems.extend(own.into_iter().map(|problem| format!("{name}: {problem}")));
        }
        problems.extend(self.unknown_events(profile));
        problems
    }

    fn wrong_facts(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let base = self.base.iter().map(|base| &base.value);
        for base in base.filter(|base| !base.starts_with("https://") || base.ends_with('/')) {
            problems.push(format!(
                "`base`: `{base}` is no https:// URL without a slash at its end"
            ));
        }
        problems.extend(pattern::check(&self.id.value).err());
        if self.auth.value.is_empty() {
            problems.push("`auth` needs one value at least".to_owned());
        }
        for carrier in &self.auth.value {
            if let Carrier::Header(name) = carrier
                && !name.bytes().all(is_token_byte)
            {
                problems.push(format!("`auth`: `{name}` is no name of a header"));
            }
        }
        let routes = self.routes.iter().map(|route| route.status);
        let errors = self.errors.values().filter_map(|error| error.status);
        let denied = self.denied.iter().map(|denied| denied.status);
        let unfit = |status: &u16| !(200..=599).contains(status);
        for status in routes.chain(errors).chain(denied).filter(unfit) {
            problems.push(format!("`{status}` is no status from 200 to 599"));
        }
        for denied in &self.denied {
            let suffix = &denied.suffix;
            if suffix.is_empty() || !suffix.bytes().all(|byte| byte.is_ascii_graphic()) {
                problems.push(format!("`denied`: a token cannot end in {suffix:?}"));
            }
            let is_plain = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
            for (name, value) in &denied.headers {
                if name.is_empty() || !name.bytes().all(is_token_byte) || !is_plain(value) {
                    problems.push(format!("`denied`: `{name}: {value}` is no header"));
                }
            }
        }
        problems
    }

    fn wrong_templates(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, template) in self.templates() {
            for slot in template.slots() {
                let known = SLOTS.iter().find(|(known, _)| *known == slot.name);
                let problem = match (known, slot.shape) {
                    (None, _) => "there is no such slot".to_owned(),
                    (Some((_, true)), None) => {
                        "say how it is written, as in `{NAME:SHAPE}`".to_owned()
                    }
                    (Some((_, false)), Some(_)) => "it has no shape".to_owned(),
                    (Some(_), Some(shape)) if !self.shapes.contains_key(shape) => {
                        format!("there is no shape `{shape}`")
                    }
                    _ => continue,
                };
                problems.push(format!("{name}: `{{{}}}`: {problem}", slot.name));
            }
        }
        problems.extend(self.endless_shapes());
        problems
    }

    /// Shapes that are written by way of themselves.
    fn endless_shapes(&self) -> Vec<String> {
        let is_endless = |name: &str| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![name]);
            while let Some(shape) = next.pop() {
                let template = self.shapes.get(shape);
                let used = template.into_iter().flat_map(Template::slots);
                for shape in used.filter_map(|slot| slot.shape) {
                    if shape == name {
                        return true;
                    }
                    if seen.insert(shape) {
                        next.push(shape);
                    }
                }
            }
            false
        };
        let names = self.shapes.keys().filter(|name| is_endless(name));
        names
            .map(|name| format!("shape `{name}` is written by way of itself"))
            .collect()
    }

    /// All templates, with what they are.
    fn templates(&self) -> Vec<(String, &Template)> {
        let shapes = self.shapes.iter();
        let mut all: Vec<_> = shapes
            .map(|(name, template)| (format!("shape `{name}`"), template))
            .collect();
        all.push(("`error`".to_owned(), &self.error.body));
        for route in &self.routes {
            let body = route.body.iter();
            all.extend(body.map(|body| (format!("route `{}`", route.path.text()), body)));
        }
        for (fault, error) in &self.errors {
            let own = error.body.iter().chain(&error.message);
            all.extend(own.map(|template| (format!("error of `{}`", fault.words()), template)));
        }
        for denied in &self.denied {
            let body = denied.body.iter();
            all.extend(body.map(|body| (format!("denied `{}`", denied.suffix), body)));
        }
        all
    }

    fn wrong_fields(&self) -> Vec<String> {
        let (mut names, mut problems) = (BTreeSet::new(), Vec::new());
        for field in &self.fields {
            let of_tests = field.sets.is_of_tests();
            if !names.insert((&field.name, of_tests)) {
                problems.push(format!("field `{}` is there twice", field.name));
            }
            if field.at.is_some() != (field.sets == Property::Data) {
                problems.push(format!(
                    "field `{}`: `at` says where data goes, and belongs to a field that sets `data`",
                    field.name
                ));
            }
        }
        problems
    }

    fn wrong_route(&self, route: &Route, before: &[Route]) -> Vec<String> {
        let mut problems = Vec::new();
        let is_method = |byte: u8| byte.is_ascii_uppercase();
        if route.method.is_empty() || !route.method.bytes().all(is_method) {
            problems.push(format!("`{}` is no method such as `POST`", route.method));
        }
        let same = |other: &&Route| {
            other.method == route.method && other.path.segments == route.path.segments
        };
        if before.iter().any(|other| same(&other)) {
            problems.push("it is there twice".to_owned());
        }
        let (id, event) = (
            route.path.has(&Segment::Id),
            route.path.has(&Segment::Event),
        );
        let needs_id = matches!(route.does, Action::Show | Action::Update | Action::Delete);
        let may_have_id = needs_id || route.does == Action::Test;
        if (needs_id && !id) || (id && !may_have_id) {
            problems.push(format!(
                "`{}` and `{{id}}` in the path do not fit",
                route.does.word()
            ));
        }
        if event != (route.does == Action::Example) {
            problems.push(format!(
                "`{}` and `{{event}}` in the path do not fit",
                route.does.word()
            ));
        }
        let sets = |property| self.fields.iter().any(|field| field.sets == property);
        if route.does == Action::Create && !(sets(Property::Url) && sets(Property::Events)) {
            problems.push("fields that set `url` and `events` are missing".to_owned());
        }
        if route.does == Action::Test && !id && !sets(Property::Event) {
            problems.push("a field that sets `event` is missing".to_owned());
        }
        problems
    }

    fn unknown_events(&self, profile: &Profile) -> Vec<String> {
        let listed = self.routes.iter().flat_map(|route| &route.events).flatten();
        let unknown = listed
            .chain(self.labels.keys())
            .filter(|event| !profile.events.contains_key(*event));
        unknown
            .map(|event| format!("{} has no event `{event}`", profile.name))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::api::Api;
    use super::super::catalogue::Catalogue;
    use super::super::profile::Profile;
    use proptest::prelude::*;

    fn profile() -> Profile {
        Profile::parse(include_str!("../../fixtures/kakiyo/provider.toml")).unwrap()
    }

    const GOOD: &str = r#"
base = { value = "https://api.example.com", from = "assumed" }
auth = { value = ["bearer", "header:X-Key", "query:key"], from = "assumed" }
id = { value = "wh_{hex:8}", from = "assumed" }
error = { body = '{"error":"{code}","at":"{problems:problem?}"}', from = "assumed" }
[shapes]
problem = '{"field":"{field}","message":"{message}"}'
[[fields]]
name = "url"
sets = "url"
required = true
from = "assumed"
[[fields]]
name = "events"
sets = "events"
from = "assumed"
[[routes]]
method = "POST"
path = "/hooks"
does = "create"
status = 201
body = '{"id":"{id}"}'
from = "assumed"
"#;

    #[track_caller]
    fn problem(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from}");
        Api::parse(&GOOD.replacen(from, to, 1), &profile()).unwrap_err()
    }

    #[test]
    fn every_api_that_comes_with_hookctl_can_be_answered_by() {
        let all = Catalogue::default().all().unwrap();
        let apis = all.iter().filter_map(|provider| provider.api().unwrap());
        assert_eq!(apis.count(), 4);
    }

    #[test]
    fn what_cannot_be_answered_by_is_named() {
        Api::parse(GOOD, &profile()).unwrap();
        for (from, to, wanted) in [
            (
                "{id}\"}'",
                "{ids}\"}'",
                "route `/hooks`: `{ids}`: there is no such slot",
            ),
            (
                ":problem?",
                ":other",
                "`error`: `{problems}`: there is no shape `other`",
            ),
            (
                ":problem?",
                "",
                "`error`: `{problems}`: say how it is written, as in `{NAME:SHAPE}`",
            ),
            (
                "{field}",
                "{problems:problem}",
                "shape `problem` is written by way of itself",
            ),
            (
                "\"POST\"",
                "\"post\"",
                "route `post /hooks`: `post` is no method such as `POST`",
            ),
            (
                "\"create\"",
                "\"show\"",
                "route `POST /hooks`: `show` and `{id}` in the path do not fit",
            ),
            (
                "\"create\"",
                "\"test\"",
                "route `POST /hooks`: a field that sets `event` is missing",
            ),
            (
                "/hooks",
                "/hooks/{event}",
                "route `POST /hooks/{event}`: `create` and `{event}` in the path do not fit",
            ),
            (
                "sets = \"url\"",
                "sets = \"name\"",
                "route `POST /hooks`: fields that set `url` and `events` are missing",
            ),
            (
                "name = \"events\"",
                "name = \"url\"",
                "field `url` is there twice",
            ),
            (
                "sets = \"url\"",
                "sets = \"url\"\nat = \"data\"",
                "field `url`: `at` says where data goes, and belongs to a field that sets `data`",
            ),
            ("201", "99", "`99` is no status from 200 to 599"),
            (
                "https://api",
                "http://api",
                "`base`: `http://api.example.com` is no https:// URL without a slash at its end",
            ),
            (
                "{hex:8}",
                "{rot:8}",
                "`wh_{rot:8}`: `{rot:8}` is none of {hex:N}, {digits:N}, {base36:N}, {base62:N}, {upper:N} and {uuid}",
            ),
            ("X-Key", "X Key", "`auth`: `X Key` is no name of a header"),
            (
                "status = 201",
                "events = [\"no.such\"]",
                "kakiyo has no event `no.such`",
            ),
        ] {
            assert_eq!(problem(from, to), wanted, "{to}");
        }
        assert!(problem("/hooks", "hooks").contains("`hooks` is no path such as"));
        assert!(problem("header:X-Key", "cookie:x").contains("`cookie:x` is none of"));
        assert!(
            problem("\"create\"", "\"create\"\nfrom_where = 1")
                .contains("unknown field `from_where`")
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(at in 0..GOOD.len(), length in 0usize..40, by: String) {
            let mut text = GOOD.to_owned();
            text.replace_range(at..(at + length).min(GOOD.len()), &by);
            let _ = Api::parse(&text, &profile());
        }
    }
}
