use std::cell::Cell;

use super::field::FIELDS;
use super::*;
use crate::receiver::{Judgement, Verdict};
use crate::request::raw;
use proptest::prelude::*;

const REQUEST: &str = "POST /webhooks/a?event=x&n=7&n=8 HTTP/1.1\nx-one: two\nX-Many: a\nX-Many: b\n\n{\"name\":\"Zoë\",\"to\":{\"email\":\"a@b.c\",\"age\":41},\"tags\":[\"new\",3],\"none\":null,\"on\":true}";

fn request() -> Request {
    raw::parse(REQUEST.as_bytes()).unwrap()
}

fn judgement(event: Option<&str>, verdict: Verdict) -> Judgement {
    let mut judgement = Judgement::of(verdict);
    judgement.delivery_id = Some("msg_1".to_owned());
    judgement.duplicate = true;
    judgement.event = event.map(str::to_owned);
    judgement
}

fn parsed(filter: &str) -> Filter {
    filter
        .parse()
        .unwrap_or_else(|problem| panic!("{filter}: {problem}"))
}

fn holds(filter: &str, event: Option<&str>, verdict: Verdict) -> bool {
    let (request, judgement) = (request(), judgement(event, verdict));
    let arrival = Arrival {
        request: &request,
        judgement: &judgement,
    };
    parsed(filter).fits(&arrival, Timestamp::UNIX_EPOCH)
}

#[test]
fn all_conditions_and_one_of_their_values_must_hold() {
    let lead = Some("lead_replied");
    for (filter, wanted) in [
        ("event=lead_replied", true),
        ("event=lead_*", true),
        ("event=*_replied", true),
        ("event=l*_*ed", true),
        ("event=*", true),
        ("event=lead", false),
        ("event~lead", true),
        ("event!=lead_*", false),
        ("event!~x", true),
        ("event=a,lead_*", true),
        ("event=/lead_*", true),
        ("event=lead_* verdict!=valid", false),
        ("event=lead_* verdict=valid,unsigned", true),
        ("verdict=in*", false),
        ("path~/webhooks path=/webhooks/a path!~event", true),
        ("path=/webhooks", false),
        ("provider!=acme", true),
        ("provider=*", true),
        ("method=POST", true),
        ("method=GET,PUT", false),
        ("id=msg_*", true),
        ("duplicate=yes", true),
        ("duplicate!=yes", false),
        ("text~Zoë", true),
        ("text~zoë", false),
        ("text~x-one text~two", true),
        ("text!~/webhooks/a", false),
        ("text~\"\\\"name\\\":\"", true),
    ] {
        assert_eq!(holds(filter, lead, Verdict::Valid), wanted, "{filter}");
        assert_eq!(parsed(filter).to_string(), filter);
    }
    assert!(!holds("event=lead_*", None, Verdict::Unsigned));
    assert!(holds("event!=lead_*", None, Verdict::Unsigned));
}

#[test]
fn headers_queries_and_bodies_are_looked_up() {
    for (filter, wanted) in [
        ("header.X-One=two", true),
        ("header.x-one=*", true),
        ("header.x-other=*", false),
        ("header.x-other!=two", true),
        ("header.x-many=b", true),
        ("header~\"x-one: t\"", true),
        ("query.n=8", true),
        ("query.n>7", true),
        ("query.n>8", false),
        ("query.m=*", false),
        ("query~n=7", true),
        ("body.to.email=a@b.c", true),
        ("body.to.email~@b", true),
        ("body.to.age>=41", true),
        ("body.to.age<41", false),
        ("body.name>1", false),
        ("body.tags=new", true),
        ("body.tags=3", true),
        ("body.tags.1=3", true),
        ("body.none=null", true),
        ("body.on=true", true),
        ("body.to={\"email\":*", true),
        ("body.missing=*", false),
        ("body~age", true),
        ("size>50", true),
        ("size<=1kB", true),
        ("direction=in kind=capture", true),
        ("delivery=msg_1", true),
        ("scheme=*", false),
        ("tag=*", false),
        ("since:-10m", true),
        ("!since:-10m", false),
        ("until:-10m", false),
    ] {
        assert_eq!(holds(filter, None, Verdict::Valid), wanted, "{filter}");
        assert_eq!(parsed(filter).to_string(), filter);
    }
}

#[test]
fn words_and_phrases_are_searched_for_in_everything() {
    for (filter, wanted) in [
        ("zoë", true),
        ("zoË", false),
        ("webhooks", true),
        ("MSG_1", true),
        ("lead_replied", true),
        ("valid", true),
        ("nothing", false),
        ("!nothing", true),
        ("!webhooks", false),
        ("nothing,webhooks", true),
        ("webhooks two", true),
        ("\"x-one: two\"", true),
        ("\"one two\"", false),
        ("a@b.c", true),
        ("\"to\":{", true),
        ("http://x/?a=b", false),
        (",", true),
        ("webhooks,", true),
        ("duplicate", false),
    ] {
        let found = holds(filter, Some("lead_replied"), Verdict::Valid);
        assert_eq!(found, wanted, "{filter}");
    }
}

/// A request that counts how often it is looked at.
struct Watched(Request, Cell<usize>);

impl Subject for Watched {
    fn meta(&self) -> Meta<'_> {
        Meta {
            at: Some(Timestamp::from_second(1_000_000).unwrap()),
            event: Some("a*b"),
            status: Some(503),
            took: Some(std::time::Duration::from_millis(1_500)),
            ..Meta::default()
        }
    }

    fn request(&self) -> Cow<'_, Request> {
        self.1.set(self.1.get() + 1);
        Cow::Borrowed(&self.0)
    }

    fn any_part(&self, is_in: &dyn Fn(&[u8]) -> bool) -> bool {
        self.1.set(self.1.get() + 1);
        is_in(&self.0.body)
    }
}

#[test]
fn responses_and_times_are_compared() {
    let now = Timestamp::from_second(1_000_300).unwrap();
    for (filter, wanted) in [
        ("status=503", true),
        ("status=5xx", true),
        ("status=2xx,404", false),
        ("status!=2xx", true),
        ("status>=400 status<600", true),
        ("!status>500", false),
        ("took>1s", true),
        ("took<=1500ms", true),
        ("took>2", false),
        ("since:-10m until:-1m", true),
        ("since:-1m", false),
        ("since:1970-01-12T13:46:40Z", true),
        ("until:1970-01-12T13:46:39Z", false),
        ("503", true),
        ("event=\"a*b\"", true),
        ("event=\"a*\"", false),
        ("event=a*", true),
        ("event=\"\"", false),
    ] {
        let watched = Watched(request(), Cell::new(0));
        assert_eq!(parsed(filter).fits(&watched, now), wanted, "{filter}");
        assert_eq!(parsed(filter).to_string(), filter);
    }
}

#[test]
fn a_request_is_opened_once_and_only_if_what_is_known_does_not_decide() {
    let opened = |filter: &str| {
        let watched = Watched(request(), Cell::new(0));
        parsed(filter).fits(&watched, Timestamp::UNIX_EPOCH);
        watched.1.get()
    };
    assert_eq!(opened("body.name=Zoë body.on=true header.x-one=two"), 1);
    assert_eq!(opened("body.name=Zoë status=200"), 0);
    assert_eq!(opened("nowhere status=200"), 0);
    assert_eq!(opened("503"), 0);
}

/// Filters that cannot be read, and how the message begins.
const MISTAKES: &[(&str, &str)] = &[
    (
        " ",
        "it holds no condition such as `event=lead_*` (at character 1)",
    ),
    (
        "event!lead",
        "`event!lead` is no condition such as `event=lead_*` (at character 1)",
    ),
    (
        "é events=x",
        "there is no field `events`. Did you mean `event`? To search for a text, quote it. (at character 3)",
    ),
    (
        "nix=x",
        "there is no field `nix`. There are provider, event, path, verdict, method, id, duplicate, text, delivery, \
             scheme, reason, status, size, took, since, until, header, query, body, direction, kind, url, pinned. To search for a text, quote it. (at character 1)",
    ),
    (
        "duplicate=maybe",
        "`duplicate` is `yes` or `no` (at character 11)",
    ),
    (
        "duplicate~yes",
        "`duplicate` takes `=`: `duplicate=yes` (at character 10)",
    ),
    (
        "text=a",
        "`text` is looked for in the request: `text~a` (at character 5)",
    ),
    (
        "event=",
        "`event=` lacks a value; an empty one is `\"\"` (at character 7)",
    ),
    (
        "event=a,",
        "`event=a,` lacks a value; an empty one is `\"\"` (at character 9)",
    ),
    (
        "verdict=good",
        "there is no verdict `good`; there are valid, invalid, missing, unsigned, no_secret (at character 9)",
    ),
    (
        "cause=secret_othr",
        "there is no cause `secret_othr`. Did you mean `secret_other`",
    ),
    (
        "event>a",
        "`event` is a text, which takes `=` and `~`: `event=lead_*` (at character 6)",
    ),
    (
        "status~5",
        "`status` is compared: `status>=400` (at character 7)",
    ),
    (
        "status=9xx",
        "`9xx` is no list of statuses such as `2xx` or `200,204` (at character 8)",
    ),
    (
        "status>4xx",
        "`4xx` is no status to compare with, such as `400` (at character 8)",
    ),
    (
        "size>much",
        "`much` is no size such as `10MB` (at character 6)",
    ),
    (
        "took>1x",
        "`1x` is no duration such as `10s` (at character 6)",
    ),
    (
        "since:soon",
        "`soon` is no time: write RFC 3339, unix seconds or milliseconds, or a time before now such as `10m` (at \
             character 7)",
    ),
    (
        "since>10m",
        "`since` takes `:`: `since:-10m` (at character 6)",
    ),
    (
        "body.a>b",
        "`b` is no number to compare with (at character 8)",
    ),
    (
        "header.=b",
        "`header.` lacks a name, as in `header.user-agent~Svix` (at character 1)",
    ),
    (
        "event.type=b",
        "`event` has no `type`; a field of the body is `body.event.type` (at character 1)",
    ),
    (
        "\"a b",
        "this quote is not closed; a quote itself is written `\\\"` between quotes (at character 1)",
    ),
    (
        "\"a b\"c",
        "a space or a comma is missing behind this quote (at character 5)",
    ),
    (
        "!",
        "a `!` stands right before a condition or a word; to search for one, quote it: `\"!\"` (at character 1)",
    ),
];

#[test]
fn mistakes_are_named_with_their_place() {
    for (filter, wanted) in MISTAKES {
        let problem = filter.parse::<Filter>().unwrap_err().to_string();
        assert!(problem.starts_with(*wanted), "{filter}: {problem}");
    }
    let long = "a ".repeat(3_000);
    let wanted = "a filter has at most 4096 bytes (at character 1)";
    assert_eq!(long.parse::<Filter>().unwrap_err().to_string(), wanted);
    let many = "a ".repeat(257);
    let wanted = "a filter has at most 256 values (at character 513)";
    assert_eq!(many.parse::<Filter>().unwrap_err().to_string(), wanted);
}

#[test]
fn fields_that_are_known_later_are_refused_on_arrival() {
    let check = |filter: &str| parsed(filter).check_for_arrival();
    assert_eq!(check("event=a size>1 header.x=1 \"words\""), Ok(()));
    assert_eq!(
        check("event=a status>=400"),
        Err("`status` is known once there is a response, and this filter decides before; the page and `hookctl history --filter` take it".to_owned())
    );
    assert!(check("!pinned=yes").is_err());
}

#[test]
fn the_table_has_each_field_once_and_its_examples_are_read() {
    for (place, row) in FIELDS.iter().enumerate() {
        let filter = parsed(row.example);
        assert_eq!(filter.to_string(), row.example);
        assert!(
            matches!(&filter.0[..], [Term { what: What::Condition { field, .. }, .. }] if *field == row.field),
            "{}",
            row.name
        );
        let others = &FIELDS[..place];
        assert!(
            others
                .iter()
                .all(|other| other.field != row.field && other.name != row.name)
        );
        let is_shown = help("", false).contains(row.about);
        assert_eq!(is_shown, row.known != Known::Unrecorded);
    }
}

/// Texts that look like filters.
fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-z\"*,!=~<>:. \\\\éA]{0,6}",
        prop::sample::select(FIELDS.iter().map(|row| row.name).collect::<Vec<_>>())
            .prop_map(str::to_owned),
        prop::sample::select(FIELDS.iter().map(|row| row.example).collect::<Vec<_>>())
            .prop_map(str::to_owned),
        Just(" ".to_owned()),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_printed_reads_back_as_the_same(text in texts()) {
        if let Ok(filter) = text.parse::<Filter>() {
            let printed = filter.to_string();
            let read = printed.parse::<Filter>();
            prop_assert_eq!(read.as_ref(), Ok(&filter), "{} {}", text, printed);
            prop_assert_eq!(read.unwrap().to_string(), printed);
        }
    }

    #[test]
    fn any_text_is_read_and_held_or_refused_at_a_place_in_it(text in "\\PC{0,40}|[a-z=~!\"<>:., ]{0,40}") {
        let request = request();
        let judgement = judgement(None, Verdict::Valid);
        let arrival = Arrival { request: &request, judgement: &judgement };
        match text.parse::<Filter>() {
            Ok(filter) => {
                let wanted = filter.fits(&arrival, Timestamp::UNIX_EPOCH);
                // Whatever a term says, its opposite says the contrary.
                if let [term] = &filter.0[..] {
                    let other = Filter(vec![Term { is_not: !term.is_not, what: term.what.clone() }]);
                    prop_assert_eq!(other.fits(&arrival, Timestamp::UNIX_EPOCH), !wanted);
                }
            }
            Err(problem) => {
                let problem = problem.to_string();
                let place = problem.rsplit("character ").next().unwrap().trim_end_matches(')');
                prop_assert!(place.parse::<usize>().unwrap() <= text.chars().count() + 1, "{}", problem);
            }
        }
    }
}
