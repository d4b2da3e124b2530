//! The fields of the filter language: one table from which help, errors and completion are made.

use clap::ValueEnum as _;

use crate::receiver::Verdict;
use crate::signature::{Code, Reason};

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Provider,
    Event,
    Path,
    Verdict,
    Method,
    Id,
    Duplicate,
    Text,
    Delivery,
    Scheme,
    Reason,
    Cause,
    Status,
    Size,
    Took,
    Since,
    Until,
    Header,
    Query,
    Body,
    Direction,
    Kind,
    Url,
    Listener,
    Run,
    Tag,
    Note,
    Pinned,
}

/// What values of a field are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    Text,
    /// One of a few words.
    Word(fn() -> Vec<&'static str>),
    /// `yes` or `no`.
    Flag,
    Status,
    /// Bytes.
    Size,
    Duration,
    Time,
    /// Text that is looked for in target, headers and body.
    Contents,
    /// Text or number, with a name behind the field's own.
    Keyed,
}

/// When a field is known of a request that is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Before it is responded to.
    Arrival,
    Response,
    /// When somebody looks at it.
    Afterwards,
    /// Not yet: it is read, and holds for nothing.
    Unrecorded,
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(super) field: Field,
    pub(crate) name: &'static str,
    pub(super) of: Type,
    pub(super) known: Known,
    /// What it is, without a full stop.
    pub(crate) about: &'static str,
    pub(crate) example: &'static str,
}

const VERDICTS: [Verdict; 5] = [
    Verdict::Valid,
    Verdict::Invalid,
    Verdict::Missing,
    Verdict::Unsigned,
    Verdict::NoSecret,
];

fn verdicts() -> Vec<&'static str> {
    VERDICTS.map(Verdict::word).to_vec()
}

fn reasons() -> Vec<&'static str> {
    let all = Reason::value_variants().iter();
    all.map(|reason| reason.code()).collect()
}

fn causes() -> Vec<&'static str> {
    let all = Code::value_variants().iter();
    all.map(|code| code.word()).collect()
}

const fn row(
    field: Field,
    name: &'static str,
    of: Type,
    known: Known,
    about: &'static str,
    example: &'static str,
) -> Row {
    Row {
        field,
        name,
        of,
        known,
        about,
        example,
    }
}

/// All fields.
#[rustfmt::skip]
pub(super) static FIELDS: [Row; 28] = {
    use Known::{Afterwards, Arrival, Response, Unrecorded};
    [
        row(Field::Provider, "provider", Type::Text, Arrival, "sender of the webhook", "provider=ken"),
        row(Field::Event, "event", Type::Text, Arrival, "event, also with its provider", "event=lead_*"),
        row(Field::Path, "path", Type::Text, Arrival, "path of the URL", "path~/webhooks"),
        row(Field::Verdict, "verdict", Type::Word(verdicts), Arrival, "verdict on the signature", "verdict!=valid"),
        row(Field::Method, "method", Type::Text, Arrival, "HTTP method", "method=POST"),
        row(Field::Id, "id", Type::Text, Arrival, "id of the delivery or of the entry", "id=msg_*"),
        row(Field::Duplicate, "duplicate", Type::Flag, Arrival, "whether the delivery was received before", "duplicate=yes"),
        row(Field::Text, "text", Type::Contents, Arrival, "text in the target, headers or body, case-sensitive", "text~Nils"),
        row(Field::Delivery, "delivery", Type::Text, Arrival, "id of the delivery", "delivery=msg_*"),
        row(Field::Scheme, "scheme", Type::Text, Arrival, "signature scheme", "scheme=svix"),
        row(Field::Reason, "reason", Type::Word(reasons), Arrival, "why a signature is invalid", "reason=mismatch"),
        row(Field::Cause, "cause", Type::Word(causes), Unrecorded, "proven cause of an invalid signature", "cause=secret_*"),
        row(Field::Status, "status", Type::Status, Response, "status of the response", "status>=400"),
        row(Field::Size, "size", Type::Size, Arrival, "size of the body", "size>1MB"),
        row(Field::Took, "took", Type::Duration, Response, "time to the response", "took>1s"),
        row(Field::Since, "since", Type::Time, Arrival, "received or sent at this time or later", "since:-10m"),
        row(Field::Until, "until", Type::Time, Arrival, "received or sent at this time or earlier", "until:2026-11-28T10:00:00Z"),
        row(Field::Header, "header", Type::Keyed, Arrival, "header of this name, or any header line", "header.user-agent~Svix"),
        row(Field::Query, "query", Type::Keyed, Arrival, "query parameter of this name, or the whole query", "query.test=1"),
        row(Field::Body, "body", Type::Keyed, Arrival, "field of the body at this path, or the whole body", "body.contact.email=a@example.com"),
        row(Field::Direction, "direction", Type::Word(|| vec!["in", "out"]), Arrival, "received or sent", "direction=out"),
        row(Field::Kind, "kind", Type::Word(|| vec!["capture", "delivery", "rejected"]), Arrival, "what the entry is", "kind=delivery"),
        row(Field::Url, "url", Type::Text, Response, "URL that it was sent to", "url~localhost:3000"),
        row(Field::Listener, "listener", Type::Text, Unrecorded, "address of the listener that received it", "listener~:8080"),
        row(Field::Run, "run", Type::Text, Unrecorded, "run that received or sent it", "run=*"),
        row(Field::Tag, "tag", Type::Text, Unrecorded, "tag that somebody gave it", "tag=broken"),
        row(Field::Note, "note", Type::Text, Unrecorded, "note that somebody wrote", "note~later"),
        row(Field::Pinned, "pinned", Type::Flag, Afterwards, "whether it is pinned", "pinned=yes"),
    ]
};

impl Row {
    /// The row of a field's name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|row| row.name == name)
    }
}

impl Field {
    pub(super) fn row(self) -> &'static Row {
        let own = FIELDS.iter().find(|row| row.field == self);
        own.expect("the table has all fields, as a test says")
    }

    /// Whether its values are times.
    pub(super) fn is_of_time(self) -> bool {
        matches!(self, Self::Since | Self::Until)
    }

    /// Whether it is looked up in headers and body.
    pub(super) fn is_of_content(self) -> bool {
        matches!(self, Self::Text | Self::Header | Self::Body)
    }
}

/// The fields that requests have.
pub(crate) fn recorded() -> impl Iterator<Item = &'static Row> + Clone {
    FIELDS.iter().filter(|row| row.known != Known::Unrecorded)
}

/// The help of a flag that takes a filter, with what the flag does: of requests that are about to be responded to, or of
/// all.
pub(crate) fn help(what: &str, on_arrival: bool) -> String {
    let rows = recorded().filter(|row| !on_arrival || row.known == Known::Arrival);
    let width = rows.clone().map(|row| row.example.len()).max();
    let width = width.unwrap_or_default();
    let rows = rows.map(|row| format!("  {:<width$}  {}\n", row.example, row.about));
    format!(
        "{what}\n\nConditions with spaces between them, all of which must hold:\n\n{}\n\
         `=` takes `*` for any text, `~` finds a part, `<` `<=` `>` `>=` compare; `!=`, `!~` and a `!` before a condition \
         turn it round; a comma separates alternatives. A word alone, or a phrase in double quotes, is searched for in \
         everything, in upper and lower case.",
        rows.collect::<String>()
    )
}
