//! `hookctl sign`: the headers that a delivery would carry.

use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use super::Context;
use super::message::{Making, Message, PayloadArgs, messages, random_seed};
use super::options::{EditArgs, SecretArgs, Target};
use super::outgoing::{Planned, Writing, one_reads_stdin, signing_key};
use crate::error::{Error, Outcome, Result};
use crate::provider::compose::{Shape, compose};
use crate::render::outgoing::{self, Form, Printing};
use crate::request::{Headers, Request, latin1};
use crate::sender::{Delivery, Signing};

/// Print the headers that a delivery would carry
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl sign --body body.json --scheme svix --secret whsec_...
  hookctl sign lead_replied --seed 1 --timestamp 1614265330 --as http")]
pub(crate) struct SignArgs {
    /// Event to sign
    #[arg(value_name = "EVENT")]
    event: Option<String>,
    /// File with the body to sign; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["event", "set", "unset", "map", "data", "seed"])]
    body: Option<String>,
    /// Signature scheme of the body
    #[arg(long, value_name = "NAME", conflicts_with_all = ["event", "provider", "variant"])]
    scheme: Option<String>,
    /// URL that the request would go to
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080/")]
    to: Target,
    /// Form of the output
    #[arg(long = "as", value_name = "FORM", default_value = "headers")]
    form: SignForm,
    #[command(flatten)]
    payload: PayloadArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    secret: SecretArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SignForm {
    /// Header lines
    Headers,
    /// A curl command for sh, bash, zsh and fish
    Curl,
    /// A curl command for PowerShell
    Powershell,
    /// A curl command for the Windows command prompt
    Cmd,
    /// The bytes on the wire
    Http,
    /// One JSON object
    Json,
}

pub(crate) fn run(args: &SignArgs, context: &mut Context) -> Result<Outcome> {
    one_reads_stdin(&[
        ("--secret-file -", args.secret.reads_stdin()),
        ("--data -", args.payload.data.as_deref() == Some("-")),
        ("--body -", args.body.as_deref() == Some("-")),
    ])?;
    if args.to.credentials.is_some() {
        return Err(
            Error::usage("the URL holds credentials, which are no part of a signature")
                .hint("Take them out of the URL; `hookctl send --basic` sends some."),
        );
    }
    let now = Timestamp::now();
    let timestamp = args
        .payload
        .timestamp
        .map_or(now, |time| time.resolve(now))
        .as_second();
    let planned = match (&args.event, &args.body, &args.scheme) {
        (Some(event), ..) => args.of_event(event, context)?,
        (None, Some(_), Some(scheme)) => args.of_scheme(scheme, context)?,
        (None, Some(_), None) => args.of_provider(context)?,
        (None, None, _) => {
            return Err(Error::usage("nothing to sign").hint(
                "Give an EVENT, as in `hookctl sign lead_replied`, or a body: `--body FILE`",
            ));
        }
    };
    for (index, one) in planned.iter().enumerate() {
        let request = one.delivery.attempt(timestamp).map_err(Error::usage)?;
        if planned.len() > 1 {
            args.announce(index, &one.delivery, context)?;
        }
        let form = match args.form {
            SignForm::Headers if context.ui.json => Form::Json,
            SignForm::Headers => {
                context.ui.foreign(header_lines(&request).as_bytes())?;
                continue;
            }
            SignForm::Curl => Form::Curl,
            SignForm::Powershell => Form::Powershell,
            SignForm::Cmd => Form::Cmd,
            SignForm::Http => Form::Http,
            SignForm::Json => Form::Json,
        };
        let printing = Printing {
            form,
            insecure: false,
            cacert: None,
            // What it prints is what was asked for.
            reveal: true,
        };
        context.ui.foreign_by(|out| {
            outgoing::write_request(&request, &one.delivery, printing, out).map(drop)
        })?;
    }
    Ok(Outcome::Good)
}

/// The headers that make the delivery, without those that belong to the connection.
fn header_lines(request: &Request) -> String {
    let of_connection = ["host", "content-length", "accept", "user-agent"];
    let lines = request
        .headers
        .iter()
        .filter(|header| !of_connection.contains(&&*header.name));
    let lines = lines.map(|header| {
        format!(
            "{}: {}
",
            header.name,
            latin1(&header.value)
        )
    });
    lines.collect::<Vec<_>>().concat()
}

impl SignArgs {
    fn of_event(&self, event: &str, context: &mut Context) -> Result<Vec<Planned>> {
        let catalogue = context.settings.catalogue()?;
        let messages = messages(
            &Making::new(&self.payload)?,
            &[event.to_owned()],
            &self.payload,
            &self.edits,
            &catalogue,
            context,
        )?;
        for note in messages.iter().flat_map(|message| &message.notes) {
            context.ui.note(&format!("note: {note}"))?;
        }
        messages
            .iter()
            .map(|message| self.of_message(message, context))
            .collect()
    }

    /// Says which of several events comes next.
    fn announce(&self, index: usize, delivery: &Delivery, context: &mut Context) -> Result<()> {
        let name = match (&delivery.provider, &delivery.event) {
            (Some(provider), Some(event)) => format!("{provider}/{event}"),
            _ => String::new(),
        };
        let between = if index > 0 { "\n" } else { "" };
        let ui = &mut context.ui;
        match self.form {
            SignForm::Json => Ok(()),
            SignForm::Headers if ui.json => Ok(()),
            // A comment would be part of the request, and `cmd` does not know this form of one.
            SignForm::Http | SignForm::Cmd => {
                ui.data(between)?;
                ui.note(&format!("# {name}"))
            }
            SignForm::Headers | SignForm::Curl | SignForm::Powershell => {
                ui.data(format!("{between}# {name}\n"))
            }
        }
    }

    fn of_message(&self, message: &Message, context: &mut Context) -> Result<Planned> {
        let profile = &message.provider.profile;
        let shape = Shape::new(profile, None, None);
        let secret = self.secret.for_signing(&context.settings, profile)?;
        let signing = message.signing(secret.as_ref(), None)?;
        let sends_id = message.sends_id(&signing);
        let label = &profile.label;
        if signing.key.is_none() {
            let note = if signing.scheme.signs() {
                "unsigned: the secret is empty.".to_owned()
            } else {
                format!("{label} does not sign its webhooks; these headers carry no signature.")
            };
            context.ui.note(&format!("note: {note}"))?;
        }
        if !sends_id && self.payload.id.is_some() {
            context.ui.note(&format!("note: {}", message.unused_id()))?;
        }
        let delivery = Delivery {
            provider: Some(profile.name.clone()),
            event: Some(message.event.clone()).filter(|event| !event.is_empty()),
            id: message.id.text.clone(),
            sends_id,
            request: compose(
                profile,
                &message.event,
                &message.id.text,
                &message.content,
                &shape,
                &self.to.url,
            ),
            url: self.to.url.clone(),
            reach: self.to.reach,
            signing: Some(signing),
            headers: Vec::new(),
            tamper: None,
            lower_case: true,
        };
        Ok(Planned {
            delivery,
            provider: Some(Arc::clone(&message.provider)),
            writing: Writing::Library,
            stored_status: None,
            origin: None,
            again: None,
            gap: None,
            slots: Vec::new(),
        })
    }

    /// A body of a provider, signed as it signs.
    fn of_provider(&self, context: &mut Context) -> Result<Vec<Planned>> {
        let Some(name) = &self.payload.provider else {
            return Err(Error::usage("a body needs to know its signer")
                .hint("Give `--provider NAME` or `--scheme NAME`."));
        };
        let provider = context.settings.catalogue()?.provider(name)?;
        let body = self.read_body(context)?;
        let seed = random_seed()?;
        let message = Message::of_body(provider, body, &self.payload, &seed)?;
        Ok(vec![self.of_message(&message, context)?])
    }

    /// A body signed by a scheme.
    fn of_scheme(&self, name: &str, context: &mut Context) -> Result<Vec<Planned>> {
        let scheme = super::verify::named_scheme(name)?;
        let secret = self.secret.given(&context.settings)?.into_iter().next();
        let secret = secret.ok_or_else(|| {
            Error::usage(format!("no secret to sign with ({})", scheme.label))
                .hint("Give `--secret`.")
        })?;
        let (scheme, key) = signing_key(scheme, &secret, None, None)?;
        let sends_id = scheme.id_header.is_some();
        if !sends_id && self.payload.id.is_some() {
            let label = &scheme.label;
            let note = format!("note: {label} sends no delivery id; `--id` is not used.");
            context.ui.note(&note)?;
        }
        let id = self.payload.id.clone().map_or_else(
            || Ok(random_seed()?.value("msg_{base62:27}", "delivery id")),
            Ok,
        )?;
        let request = Request {
            method: "POST".into(),
            target: crate::provider::compose::target(&self.to.url),
            headers: Headers::default(),
            body: self.read_body(context)?.into(),
        };
        let signing = Some(Signing {
            scheme,
            key: Some(key),
            prefix: None,
        });
        let delivery = Delivery {
            provider: None,
            event: None,
            id,
            sends_id,
            url: self.to.url.clone(),
            reach: self.to.reach,
            request,
            signing,
            headers: Vec::new(),
            tamper: None,
            lower_case: true,
        };
        Ok(vec![Planned {
            delivery,
            provider: None,
            writing: Writing::Library,
            stored_status: None,
            origin: None,
            again: None,
            gap: None,
            slots: Vec::new(),
        }])
    }

    fn read_body(&self, context: &Context) -> Result<Vec<u8>> {
        context.settings.read(self.body.as_deref().unwrap_or("-"))
    }
}
