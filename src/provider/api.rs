//! What an `api.toml` says: a provider's management API, route by route. Every fact carries where it comes from.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::check;
use super::profile::{Fact, Origin, Profile};
use super::template::Template;

/// File name of an API's description, beside the profile.
pub(crate) const API: &str = "api.toml";

/// A provider's management API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Api {
    /// Where the provider's own is, without the paths of the routes, if that is known.
    pub(crate) base: Option<Fact<String>>,
    /// Where a call carries its token: any of these.
    pub(crate) auth: Fact<Vec<Carrier>>,
    /// Pattern of the ids of endpoints that are made through it.
    pub(crate) id: Fact<String>,
    /// What the documentation leaves open or contradicts, a sentence each.
    #[serde(default)]
    pub(crate) gaps: Vec<String>,
    /// What calls say in their bodies, in the order in which problems are told.
    #[serde(default)]
    pub(crate) fields: Vec<Field>,
    /// Parts of answers, by name.
    #[serde(default)]
    pub(crate) shapes: BTreeMap<String, Template>,
    /// What lists say of events, where that is not what the profile says.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, Label>,
    /// In the order in which they are shown.
    pub(crate) routes: Vec<Route>,
    /// The body of every error that has none of its own.
    pub(crate) error: ErrorBody,
    /// What is known of errors. What is not listed is assumed.
    #[serde(default)]
    pub(crate) errors: BTreeMap<Fault, ErrorFact>,
    /// Tokens that are known and refused all the same.
    #[serde(default)]
    pub(crate) denied: Vec<Denied>,
}

/// Where a call carries its token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Carrier {
    /// `Authorization: Bearer TOKEN`
    Bearer,
    /// A header of this name.
    Header(String),
    /// A parameter of the query.
    Query(String),
}

impl Carrier {
    /// How a call carries a token there.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Bearer => "`Authorization: Bearer TOKEN`".to_owned(),
            Self::Header(name) => format!("`{name}: TOKEN`"),
            Self::Query(name) => format!("`?{name}=TOKEN`"),
        }
    }
}

impl TryFrom<String> for Carrier {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        let carrier = match text.split_once(':') {
            None if text == "bearer" => Some(Self::Bearer),
            Some(("header", name)) => named(name).map(Self::Header),
            Some(("query", name)) => named(name).map(Self::Query),
            _ => None,
        };
        carrier.ok_or_else(|| format!("`{text}` is none of `bearer`, `header:NAME`, `query:NAME`"))
    }
}

impl From<Carrier> for String {
    fn from(carrier: Carrier) -> Self {
        carrier.to_string()
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bearer => f.write_str("bearer"),
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Query(name) => write!(f, "query:{name}"),
        }
    }
}

/// A member of the object in a call's body. Others are left unread.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) sets: Property,
    /// Whether a call that makes an endpoint, or a test, needs it.
    #[serde(default)]
    pub(crate) required: bool,
    /// Whether `*` stands for all events.
    #[serde(default)]
    pub(crate) wildcard: bool,
    /// Path in the payload that it is merged into.
    #[serde(default)]
    pub(crate) at: Option<String>,
    pub(crate) from: Origin,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// What a field is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Property {
    /// A text.
    Name,
    /// A text that is a URL.
    Url,
    /// A list of texts.
    Events,
    /// A text.
    Secret,
    /// A text.
    Description,
    /// A truth value.
    Enabled,
    /// The event of a test: a text.
    Event,
    /// What takes the place of sample values in a test: an object.
    Data,
}

impl Property {
    /// Whether it is one of a test, not of an endpoint.
    pub(crate) fn is_of_tests(self) -> bool {
        matches!(self, Self::Event | Self::Data)
    }
}

/// What lists say of an event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    pub(crate) title: Option<String>,
    pub(crate) about: Option<String>,
    pub(crate) category: Option<String>,
}

/// A call that is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: Path,
    pub(crate) does: Action,
    /// Status if it goes well.
    #[serde(default = "ok")]
    pub(crate) status: u16,
    /// Body if it goes well; none without it.
    #[serde(default)]
    pub(crate) body: Option<Template>,
    /// Events that it lists or takes, in their order; all without it.
    #[serde(default)]
    pub(crate) events: Option<Vec<String>>,
    pub(crate) from: Origin,
    /// Where status and body come from, if not from there too.
    #[serde(default)]
    pub(crate) answer_from: Option<Origin>,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

fn ok() -> u16 {
    200
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    List,
    Create,
    Show,
    /// Changes what the body names.
    Update,
    Delete,
    /// Lists events.
    Events,
    /// Answers with the sample payload of an event.
    Example,
    /// Sends a sample event: to the endpoint of the path, else to all that are enabled and subscribed.
    Test,
}

impl Action {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Create => "create",
            Self::Show => "show",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Events => "events",
            Self::Example => "example",
            Self::Test => "test",
        }
    }

    /// Whether it reads a body.
    pub(crate) fn has_body(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Test)
    }
}

/// The path of a route: `/v1/webhooks/{id}`. A slash at its end makes no difference.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Path {
    text: String,
    pub(crate) segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Text(String),
    /// The id of an endpoint.
    Id,
    /// The name of an event.
    Event,
}

impl Path {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn has(&self, segment: &Segment) -> bool {
        self.segments.contains(segment)
    }
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let problem = || {
            format!(
                "`{text}` is no path such as `/v1/webhooks/{{id}}`, with `{{id}}` and `{{event}}`"
            )
        };
        let inner = text.strip_prefix('/').ok_or_else(problem)?;
        let segment = |part: &str| match part {
            "{id}" => Some(Segment::Id),
            "{event}" => Some(Segment::Event),
            "" => None,
            part if part.contains(['{', '}', '?', '#', '%', ' ']) => None,
            part => Some(Segment::Text(part.to_owned())),
        };
        let parts = inner.strip_suffix('/').unwrap_or(inner).split('/');
        let segments: Option<Vec<_>> = parts.map(segment).collect();
        let segments = segments.ok_or_else(problem)?;
        Ok(Self { text, segments })
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.text
    }
}

/// The body of errors.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorBody {
    pub(crate) body: Template,
    pub(crate) from: Origin,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// It carries no token.
    NoToken,
    /// It carries something that can be none.
    MalformedToken,
    WrongToken,
    /// The body is no JSON object.
    MalformedBody,
    /// The content type is not JSON.
    WrongType,
    TooLarge,
    /// A field is missing, or its value is not allowed.
    Invalid,
    /// An event of the path or of a test that the provider does not have.
    UnknownEvent,
    NoEndpoint,
    /// No endpoint gets the event of a test.
    NoTaker,
    NoRoute,
    WrongMethod,
    /// The machine was in the way.
    Failed,
}

impl Fault {
    pub(crate) const ALL: [Self; 13] = [
        Self::NoToken,
        Self::MalformedToken,
        Self::WrongToken,
        Self::MalformedBody,
        Self::WrongType,
        Self::TooLarge,
        Self::Invalid,
        Self::UnknownEvent,
        Self::NoEndpoint,
        Self::NoTaker,
        Self::NoRoute,
        Self::WrongMethod,
        Self::Failed,
    ];

    /// Status and code, where the provider says nothing.
    pub(crate) fn usual(self) -> (u16, &'static str) {
        match self {
            Self::NoToken | Self::MalformedToken | Self::WrongToken => (401, "unauthorized"),
            Self::MalformedBody => (400, "invalid_json"),
            Self::WrongType => (415, "unsupported_media_type"),
            Self::TooLarge => (413, "payload_too_large"),
            Self::Invalid => (400, "validation_error"),
            Self::UnknownEvent => (400, "invalid_event"),
            Self::NoEndpoint | Self::NoTaker | Self::NoRoute => (404, "not_found"),
            Self::WrongMethod => (405, "method_not_allowed"),
            Self::Failed => (500, "internal_error"),
        }
    }

    /// When it happens, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NoToken => "no token",
            Self::MalformedToken => "no bearer token",
            Self::WrongToken => "wrong token",
            Self::MalformedBody => "no JSON object",
            Self::WrongType => "other content type",
            Self::TooLarge => "body too large",
            Self::Invalid => "invalid field",
            Self::UnknownEvent => "unknown event",
            Self::NoEndpoint => "unknown id",
            Self::NoTaker => "nobody subscribed",
            Self::NoRoute => "unknown path",
            Self::WrongMethod => "wrong method",
            Self::Failed => "internal error",
        }
    }
}

/// What is known of an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorFact {
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    /// What it says; by default what hookctl has to say of the call.
    pub(crate) message: Option<Template>,
    pub(crate) body: Option<Template>,
    pub(crate) from: Origin,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// A token that is refused: a known one with this behind it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Denied {
    pub(crate) suffix: String,
    /// For calls with these methods; for all without them.
    #[serde(default)]
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) body: Option<Template>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) from: Origin,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

impl Api {
    /// Reads the description of a provider's API.
    ///
    /// # Errors
    /// All that is wrong; what cannot be read, with its line.
    pub(crate) fn parse(text: &str, profile: &Profile) -> Result<Self, String> {
        let api: Self =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let mut problems = check::unfit_texts(text);
        problems.extend(api.problems(profile));
        if problems.is_empty() {
            Ok(api)
        } else {
            Err(check::list(&problems))
        }
    }

    /// The fields of an endpoint, or those of a test.
    pub(crate) fn fields_of(&self, tests: bool) -> impl Iterator<Item = &Field> {
        let fields = self.fields.iter();
        fields.filter(move |field| field.sets.is_of_tests() == tests)
    }

    /// Whether a call can be refused for this.
    pub(crate) fn can_meet(&self, fault: Fault) -> bool {
        let does = |wanted: &[Action]| self.routes.iter().any(|route| wanted.contains(&route.does));
        match fault {
            Fault::UnknownEvent => does(&[Action::Test, Action::Example]),
            Fault::NoTaker => does(&[Action::Test]),
            _ => true,
        }
    }

    /// What is known of an error. A token that can be none is wrong, where nothing else is known.
    pub(crate) fn error_fact(&self, fault: Fault) -> Option<&ErrorFact> {
        let other = || match fault {
            Fault::MalformedToken => self.errors.get(&Fault::WrongToken),
            _ => None,
        };
        self.errors.get(&fault).or_else(other)
    }
}

impl Route {
    /// Where status and body of its answer come from.
    pub(crate) fn answer_from(&self) -> Origin {
        self.answer_from.unwrap_or(self.from)
    }
}
