//! Flags that several commands share, and the kinds of values that users type.

use std::sync::OnceLock;
use std::time::Duration;

use crate::delivery::{Endpoint, Expectation};
use crate::error::{Error, Result, utf8};
use crate::provider::Profile;
use crate::provider::edits::{Edit, Set};
use crate::render::outgoing::Form;
use crate::request::{Header, misnamed_option, parse_header};
use crate::secret::Secret;
use crate::sender::Roots;
use crate::settings::Settings;
use crate::signature::Tamper;
use crate::value::{self, ContentType, Span, StatusSet};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

pub(crate) use super::target::Target;

/// Where secrets come from.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Secret")]
pub(crate) struct SecretArgs {
    /// Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true)]
    secret: Vec<String>,
    /// File with the secret, one a line; `-` is stdin
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
    /// Those that were read, for stdin can be read once.
    #[arg(skip)]
    read: OnceLock<Vec<Secret>>,
}

impl SecretArgs {
    /// As if these had been typed.
    pub(crate) fn of(secrets: &[Secret]) -> Self {
        let typed = secrets.iter().map(|secret| secret.reveal().to_owned());
        Self {
            secret: typed.collect(),
            ..Self::default()
        }
    }

    /// Whether the command line says where from.
    pub(crate) fn is_given(&self) -> bool {
        !self.secret.is_empty() || self.secret_file.is_some()
    }

    /// The secrets that were given: by flag, else by file, else in the environment.
    pub(crate) fn given(&self, settings: &Settings) -> Result<Vec<Secret>> {
        if let Some(read) = self.read.get() {
            return Ok(read.clone());
        }
        let secrets = self.read_given(settings)?;
        Ok(self.read.get_or_init(|| secrets).clone())
    }

    fn read_given(&self, settings: &Settings) -> Result<Vec<Secret>> {
        let mut secrets: Vec<Secret> = self.secret.iter().map(|text| Secret::new(text)).collect();
        if let Some(file) = &self.secret_file {
            let text = utf8(settings.read(file)?, file)?;
            // `lines` takes the line ends off, and nothing else.
            let lines = text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(Secret::new);
            let before = secrets.len();
            secrets.extend(lines);
            if secrets.len() == before {
                return Err(Error::usage(format!("`{file}` holds no secret")));
            }
            settings.note_open_secret(file);
        }
        if secrets.is_empty() {
            secrets.extend(settings.secret_in_environment());
        }
        Ok(secrets)
    }

    /// Whether it takes stdin for itself.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.secret_file.as_deref() == Some("-")
    }

    /// The secret to sign with: the first that was given, else the configured one, else the local one.
    pub(crate) fn for_signing(
        &self,
        settings: &Settings,
        profile: &Profile,
    ) -> Result<Option<Secret>> {
        if let Some(secret) = self.given(settings)?.into_iter().next() {
            return Ok(Some(secret));
        }
        if let Some(secret) = settings.configured_secret(&profile.name)? {
            return Ok(Some(secret));
        }
        let form = profile.signature.secret.as_ref().map(|form| form.value);
        form.map(|form| settings.local_secrets()?.get_or_make(&profile.name, form))
            .transpose()
    }

    /// As [`Self::for_signing`], for a delivery to an endpoint: its own secret comes before the local one.
    pub(crate) fn for_signing_to(
        &self,
        endpoint: Option<&Endpoint>,
        settings: &Settings,
        profile: &Profile,
    ) -> Result<Option<Secret>> {
        let Some(endpoint) = endpoint else {
            return self.for_signing(settings, profile);
        };
        if let Some(secret) = self.given(settings)?.into_iter().next() {
            return Ok(Some(secret));
        }
        let configured = settings.configured_secret(&profile.name)?;
        Ok(configured.or_else(|| endpoint.secret.clone()))
    }

    /// The secrets to verify with: those given, else the configured ones, else the local one and those of endpoints.
    pub(crate) fn for_verifying(
        &self,
        settings: &Settings,
        provider: Option<&str>,
    ) -> Result<Vec<Secret>> {
        let given = self.given(settings)?;
        let Some(provider) = provider.filter(|_| given.is_empty()) else {
            return Ok(given);
        };
        if let Some(secret) = settings.configured_secret(provider)? {
            return Ok(vec![secret]);
        }
        let local = settings.local_secrets()?.get(provider)?;
        let of_endpoints = settings.endpoint_secrets(provider);
        Ok(local.into_iter().chain(of_endpoints).collect())
    }
}

/// A secret that the scheme cannot take. `problem` comes without the secret.
pub(crate) fn unfit_secret(to: &str, problem: &str) -> Error {
    Error::usage(format!("cannot {to} with this secret: {problem}"))
        .hint("Copy the endpoint's signing secret, not an API key, and all of it.")
}

/// Edits of a payload, in the order in which they were typed.
#[derive(Clone, Default)]
pub(crate) struct EditArgs(pub(crate) Vec<Edit>);

impl EditArgs {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// By hand, since derived arguments do not know which of two flags came first.
impl Args for EditArgs {
    fn augment_args(command: Command) -> Command {
        let set = Arg::new("set")
            .long("set")
            .value_name("PATH=VALUE")
            .allow_hyphen_values(true)
            .value_parser(str::parse::<Set>)
            .help("Set a field by dot path, as JSON or else as text (can be repeated)");
        let unset = Arg::new("unset")
            .long("unset")
            .value_name("PATH")
            .help("Leave a field out (can be repeated)");
        [set, unset].into_iter().fold(command, |command, arg| {
            command.arg(arg.action(ArgAction::Append).help_heading("Payload"))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for EditArgs {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let mut edits: Vec<(usize, Edit)> = Vec::new();
        if let (Some(places), Some(values)) = (matches.indices_of("set"), matches.get_many("set")) {
            edits.extend(places.zip(values.cloned().map(Edit::Set)));
        }
        if let (Some(places), Some(values)) =
            (matches.indices_of("unset"), matches.get_many("unset"))
        {
            edits.extend(places.zip(values.cloned().map(Edit::Unset)));
        }
        edits.sort_by_key(|(place, _)| *place);
        Ok(Self(edits.into_iter().map(|(_, edit)| edit).collect()))
    }

    fn update_from_arg_matches(
        &mut self,
        matches: &ArgMatches,
    ) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// How requests are sent.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Request")]
pub(crate) struct RequestArgs {
    /// Add a header, or put it in place of ours (can be repeated)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<Header>,
    /// Time limit of an attempt; the provider's own by default, 0s for none
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub(crate) timeout: Option<Duration>,
    /// Accept any TLS certificate
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Trust the certificates in this PEM file, in place of the system's
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    pub(crate) cacert: Option<String>,
}

/// The certificates in the file for `--cacert`.
pub(crate) fn roots(file: Option<&str>, settings: &Settings) -> Result<Option<Roots>> {
    let read = |file: &str| {
        Roots::from_pem(&settings.read(file)?)
            .map_err(|why| Error::usage(format!("cannot trust `{file}`: {why}")))
    };
    file.map(read).transpose()
}

/// Whether requests are printed instead of sent, and what of them.
#[derive(Args, Default)]
pub(crate) struct PrintArgs {
    /// Print the exact requests and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Form in which the requests are printed instead of sent
    #[arg(long = "as", value_name = "FORM")]
    form: Option<Form>,
    /// Print credentials in clear
    #[arg(long)]
    pub(crate) reveal: bool,
}

impl PrintArgs {
    /// Whether requests are printed instead of sent.
    pub(crate) fn prints(&self) -> bool {
        self.dry_run || self.form.is_some()
    }

    /// The form to print in; none if the requests are to be sent.
    pub(crate) fn form(&self, json: bool) -> Option<Form> {
        let plain = if json { Form::Json } else { Form::Http };
        self.form.or(self.dry_run.then_some(plain))
    }
}

/// Shape of the request.
#[derive(Args, Default)]
#[command(next_help_heading = "Request")]
pub(crate) struct ShapeArgs {
    /// Method in place of the provider's own
    #[arg(long, value_name = "METHOD", value_parser = method)]
    pub(crate) method: Option<String>,
    /// Content type in place of the provider's own
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<ContentType>,
    /// Send HTTP Basic credentials
    #[arg(long, value_name = "USER:PASS")]
    pub(crate) basic: Option<String>,
}

/// Faults on purpose.
#[derive(Args, Default)]
#[command(next_help_heading = "Faults on purpose")]
pub(crate) struct FaultArgs {
    /// Break the delivery in one way, to see whether the handler refuses it
    #[arg(long, value_name = "WHAT")]
    pub(crate) tamper: Option<Tamper>,
    /// Send each delivery again N times, under the same id
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) duplicate: u32,
    /// Send the deliveries in reverse order
    #[arg(long)]
    pub(crate) reorder: bool,
}

/// What a good answer is.
#[derive(Args, Default)]
#[command(next_help_heading = "Expectations")]
pub(crate) struct ExpectArgs {
    /// Statuses of a good answer, as in `2xx` or `200,204`; the provider's success rule by default
    #[arg(long, value_name = "STATUSES")]
    pub(crate) expect: Option<StatusSet>,
    /// Text that a good answer contains
    #[arg(long, value_name = "TEXT")]
    pub(crate) expect_body: Option<String>,
    /// Longest time of a good answer
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub(crate) max_time: Option<Duration>,
}

impl ExpectArgs {
    pub(crate) fn expectation(&self) -> Expectation {
        Expectation {
            statuses: self.expect.clone(),
            body: self.expect_body.clone(),
            max_time: self.max_time.map(Span),
        }
    }
}

/// Reads a duration.
pub(crate) fn span(text: &str) -> std::result::Result<Duration, String> {
    text.parse::<Span>().map(|span| span.0)
}

/// Reads a size: `512`, `64kB`, `10MB`.
pub(crate) fn size(text: &str) -> std::result::Result<usize, String> {
    let size = value::size(text)?;
    usize::try_from(size).map_err(|_| format!("`{text}` is too large"))
}

/// Reads a header of a request. How its body is framed is not for a header to say.
pub(crate) fn header(text: &str) -> std::result::Result<Header, String> {
    let header = parse_header(text)?;
    let frames = ["content-length", "transfer-encoding"];
    if frames.contains(&&*header.name.to_ascii_lowercase()) {
        return Err(format!(
            "`{}` is made from the body, and a wrong one would break the connection",
            header.name
        ));
    }
    if header.name.eq_ignore_ascii_case("connection")
        && let Some(option) = misnamed_option(&header.value)
    {
        return Err(format!(
            "`Connection` cannot name `{option}`: a proxy would remove that header"
        ));
    }
    Ok(header)
}

/// Reads a seed.
pub(crate) fn seed(text: &str) -> std::result::Result<u64, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no whole number from 0 to {}", u64::MAX))
}

/// Reads a method, in any case.
pub(crate) fn method(text: &str) -> std::result::Result<String, String> {
    let upper = text.to_ascii_uppercase();
    let is_one = !upper.is_empty() && upper.bytes().all(crate::request::is_token_byte);
    if is_one {
        Ok(upper)
    } else {
        Err("it is no HTTP method".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_leave_the_framing_alone() {
        let framed = |text: &str| header(text).unwrap_err();
        for name in ["Content-Length: 5", "transfer-encoding: chunked"] {
            assert!(framed(name).contains("is made from the body"), "{name}");
        }
        assert_eq!(
            framed("connection: close, Content-Length"),
            "`Connection` cannot name `content-length`: a proxy would remove that header"
        );
        assert!(header("Connection: close, X-Own").is_ok());
    }
}
