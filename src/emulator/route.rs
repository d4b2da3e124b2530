//! Which route of which provider a call means.
//!
//! Every path is answered as the provider has it, and behind the provider's name, `/NAME/v1/...`, too. The more of a
//! path is spelt out, the better it fits; where two providers have the same one, the first of them has it.

use percent_encoding::percent_decode_str;

use super::Served;
use crate::provider::api::{Path, Route, Segment};

/// What a call means.
pub(super) enum Found<'a> {
    Route(Match<'a>),
    /// The path is there, and takes these methods.
    OtherMethods(&'a Served, Vec<&'a str>),
    /// No such path; with the provider, if it is named.
    Nothing(Option<&'a Served>),
    /// The list of what is answered.
    Index,
}

/// A route that a call means, and what stands in its path.
pub(super) struct Match<'a> {
    pub(super) served: &'a Served,
    pub(super) route: &'a Route,
    pub(super) id: Option<String>,
    pub(super) event: Option<String>,
}

/// Finds what a call means.
pub(super) fn find<'a>(served: &'a [Served], method: &str, path: &str) -> Found<'a> {
    if path == "/" && method == "GET" {
        return Found::Index;
    }
    let Some(segments) = segments(path) else {
        return Found::Nothing(None);
    };
    let named = segments.split_first().and_then(|(first, rest)| {
        let named = served.iter().find(|served| served.name() == first)?;
        Some((named, rest))
    });
    match named {
        Some((named, rest)) => {
            find_in(&[named], method, rest).unwrap_or(Found::Nothing(Some(named)))
        }
        None => {
            let all: Vec<&Served> = served.iter().collect();
            find_in(&all, method, &segments).unwrap_or(Found::Nothing(None))
        }
    }
}

fn find_in<'a>(served: &[&'a Served], method: &str, path: &[String]) -> Option<Found<'a>> {
    let mut fitting: Vec<(&'a Served, &'a Route)> = Vec::new();
    for served in served {
        let routes = served.api.routes.iter();
        let fits = routes.filter(|route| fits(&route.path, path));
        fitting.extend(fits.map(|route| (*served, route)));
    }
    // Stable, so the first of those that fit as well stays the first.
    fitting.sort_by_key(|(_, route)| std::cmp::Reverse(exactness(&route.path)));
    let found = fitting.iter().find(|(_, route)| route.method == method);
    if let Some((served, route)) = found {
        let at = |wanted: &Segment| {
            let mut own = route.path.segments.iter().zip(path);
            own.find(|(segment, _)| *segment == wanted)
                .map(|(_, text)| text.clone())
        };
        return Some(Found::Route(Match {
            served,
            route,
            id: at(&Segment::Id),
            event: at(&Segment::Event),
        }));
    }
    let (first, best) = *fitting.first()?;
    let mut allowed = Vec::new();
    for (_, route) in fitting.iter().filter(|(served, route)| {
        std::ptr::eq(*served, first) && route.path.segments == best.path.segments
    }) {
        allowed.push(&*route.method);
    }
    Some(Found::OtherMethods(first, allowed))
}

/// The parts of a path, decoded; `None` for one that no route can have. A slash at its end makes no difference.
fn segments(path: &str) -> Option<Vec<String>> {
    let inner = path.strip_prefix('/')?;
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let decoded = |part: &str| {
        let text = percent_decode_str(part).decode_utf8().ok()?;
        (!text.is_empty()).then(|| text.into_owned())
    };
    inner.split('/').map(decoded).collect()
}

fn fits(path: &Path, given: &[String]) -> bool {
    let fits = |(segment, text): (&Segment, &String)| match segment {
        Segment::Text(own) => own == text,
        Segment::Id | Segment::Event => true,
    };
    path.segments.len() == given.len() && path.segments.iter().zip(given).all(fits)
}

/// Which parts of a path are spelt out, from the left.
fn exactness(path: &Path) -> Vec<bool> {
    let segments = path.segments.iter();
    segments
        .map(|segment| matches!(segment, Segment::Text(_)))
        .collect()
}

/// Routes that another provider before them has too, so that they are answered behind their provider's name alone:
/// the provider, the route and the other provider.
pub(crate) fn hidden(served: &[Served]) -> Vec<(&str, &Route, &str)> {
    let mut hidden = Vec::new();
    for (index, own) in served.iter().enumerate() {
        for route in &own.api.routes {
            let same = |other: &&Served| {
                other.api.routes.iter().any(|other| {
                    other.method == route.method && other.path.segments == route.path.segments
                })
            };
            if let Some(other) = served[..index].iter().find(same) {
                hidden.push((own.name(), route, other.name()));
            }
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Catalogue;
    use proptest::prelude::*;

    fn served(names: &[&str]) -> Vec<Served> {
        let catalogue = Catalogue::default();
        let one = |name: &&str| {
            let provider = catalogue.provider(name).unwrap();
            let api = provider.api().unwrap().unwrap();
            Served { provider, api }
        };
        names.iter().map(one).collect()
    }

    fn means(served: &[Served], method: &str, path: &str) -> String {
        match find(served, method, path) {
            Found::Route(Match {
                served,
                route,
                id,
                event,
            }) => {
                let parts = [
                    Some(served.name().to_owned()),
                    Some(route.does.word().to_owned()),
                    id,
                    event,
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
            }
            Found::OtherMethods(served, allowed) => format!("{} {allowed:?}", served.name()),
            Found::Nothing(served) => format!("nothing {:?}", served.map(Served::name)),
            Found::Index => "index".to_owned(),
        }
    }

    #[test]
    fn calls_are_told_apart_by_their_paths() {
        let all = served(&["kakiyo", "ken", "klen", "konvox"]);
        assert!(hidden(&all).is_empty());
        for (method, path, wanted) in [
            ("GET", "/", "index"),
            ("POST", "/", "nothing None"),
            ("POST", "/v1/webhooks", "kakiyo create"),
            ("POST", "/v1/webhooks/", "kakiyo create"),
            ("PUT", "/v1/webhooks/webhook_1", "kakiyo update webhook_1"),
            ("PUT", "/v1/webhooks/a%2Fb", "kakiyo update a/b"),
            ("GET", "/v1/webhooks/events", "kakiyo events"),
            (
                "GET",
                "/v1/webhooks/test/example/message.sent",
                "kakiyo example message.sent",
            ),
            ("GET", "/v1/webhooks/endpoints", "ken list"),
            ("PUT", "/v1/webhooks/endpoints", "kakiyo update endpoints"),
            (
                "GET",
                "/kakiyo/v1/webhooks/endpoints",
                "kakiyo [\"PUT\", \"DELETE\"]",
            ),
            (
                "GET",
                "/v1/webhooks/webhook_1",
                "kakiyo [\"PUT\", \"DELETE\"]",
            ),
            ("PATCH", "/v1/webhooks", "kakiyo [\"POST\", \"GET\"]"),
            ("POST", "/api/webhooks/create/", "klen create"),
            ("POST", "/api/webhooks/create", "klen create"),
            ("POST", "/api/webhooks", "konvox create"),
            ("GET", "/api/webhooks/create", "konvox show create"),
            ("POST", "/klen/api/v1/webhooks/7/delete", "klen delete 7"),
            ("GET", "/klen/v1/webhooks", "nothing Some(\"klen\")"),
            ("GET", "/klen", "nothing Some(\"klen\")"),
            ("GET", "//v1/webhooks", "nothing None"),
            ("GET", "/v1/webhooks/%ff", "nothing None"),
            ("GET", "*", "nothing None"),
        ] {
            assert_eq!(means(&all, method, path), wanted, "{method} {path}");
        }
    }

    #[test]
    fn the_first_of_two_with_one_path_has_it() {
        let twice = served(&["klen", "klen"]);
        assert_eq!(hidden(&twice).len(), twice[0].api.routes.len());
    }

    proptest! {
        #[test]
        fn any_path_means_something_or_nothing(path: String, tail: String) {
            let all = served(&["kakiyo", "ken"]);
            let _ = means(&all, "GET", &path);
            let _ = means(&all, "GET", &format!("/v1/webhooks/{tail}"));
        }
    }
}
