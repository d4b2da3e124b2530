//! The history as files that other programs read, and that `import` reads back.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::super::Context;
use super::list::FilterArgs;
use super::{named, open};
use crate::error::{Error, Outcome, Result};
use crate::private;
use crate::render::history;
use crate::request::curl::{self, Shell};
use crate::request::{har, json_text, raw, redact};
use crate::store::{Direction, Entry, Filter, Store};
use crate::ui::Ui;

/// Write requests out, the oldest first
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl history export --reveal > history.ndjson
  hookctl history export --format har --since -1h > today.har
  hookctl history export cap_01h2k3m4n5p6 --format curl
  hookctl history export --in --format fixture --output fixtures/

NDJSON and HAR read back without a loss. A raw request is the request alone, and a curl command sends it.")]
pub(super) struct ExportArgs {
    /// Ids, or `last`; everything by default
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Form of the export
    #[arg(long, value_name = "FORM", default_value = "ndjson")]
    format: Format,
    /// File to write to, or a folder that gets a file for each request
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Export credentials too
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    filter: FilterArgs,
    /// Most that are exported, of the newest
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object a line
    Ndjson,
    /// HAR 1.2, for browsers and proxies
    Har,
    /// Commands for sh, bash, zsh and fish
    Curl,
    /// Commands for PowerShell
    Powershell,
    /// Commands for the Windows command prompt
    Cmd,
    /// Raw HTTP requests
    Http,
    /// JSON over several lines, for `send` and `replay`
    Fixture,
}

impl Format {
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Har => "har",
            Self::Curl => "sh",
            Self::Powershell => "ps1",
            Self::Cmd => "cmd",
            Self::Http => "http",
            Self::Fixture => "json",
        }
    }

    /// What stands before a request in a file of several.
    fn before(self, first: bool) -> String {
        match self {
            Self::Har if first => har::start(),
            Self::Har => ",\n".to_owned(),
            Self::Curl | Self::Powershell | Self::Cmd if !first => "\n".to_owned(),
            _ => String::new(),
        }
    }

    /// What stands behind them all.
    fn end(self, none: bool) -> String {
        match self {
            Self::Har if none => format!("{}{}", har::start(), har::END),
            Self::Har => har::END.to_owned(),
            _ => String::new(),
        }
    }

    /// Whether several requests can stand in one file.
    pub(crate) fn takes_several(self) -> bool {
        !matches!(self, Self::Http | Self::Fixture)
    }
}

pub(super) fn run(args: &ExportArgs, context: &mut Context) -> Result<Outcome> {
    let store = open(&context.settings)?;
    let mut export = Export {
        args,
        out: Out::new(args, context.settings.directory())?,
        count: 0,
        held: None,
        left_out: false,
        ui: &mut context.ui,
    };
    args.each(store.as_ref(), |entry| {
        export.add(entry)?;
        Ok(export.goes_on())
    })?;
    export.end()?;
    Ok(Outcome::Good)
}

impl ExportArgs {
    /// Visits what is exported, the oldest first.
    fn each(
        &self,
        store: Option<&Store>,
        mut visit: impl FnMut(Entry) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let mut filter = self.filter.filter(store)?;
        if self.format != Format::Ndjson {
            // What was rejected is no request that could be sent again.
            filter.directions.retain(|one| *one != Direction::Rejected);
            if filter.directions.is_empty() {
                filter.directions = vec![Direction::In, Direction::Out];
            }
        }
        if !self.ids.is_empty() {
            for id in &self.ids {
                if visit(named(id, store)?)?.is_break() {
                    break;
                }
            }
            return Ok(());
        }
        let Some(store) = store else {
            return Ok(());
        };
        let Some(limit) = self.limit else {
            return store.each(&filter, false, visit);
        };
        let newest = store.newest_ids(&Filter {
            limit: Some(limit),
            ..filter
        })?;
        for id in newest.into_iter().rev() {
            // One that was deleted meanwhile is passed over.
            if let Some(entry) = store.get(id)?
                && visit(entry)?.is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

/// Where it goes.
enum Out {
    Stdout,
    File(fs::File, PathBuf),
    Folder(PathBuf),
}

impl Out {
    fn new(args: &ExportArgs, directory: &Path) -> Result<Self> {
        let Some(path) = &args.output else {
            return Ok(Self::Stdout);
        };
        let whole = directory.join(path);
        let is_folder = path.to_string_lossy().ends_with(std::path::is_separator) || whole.is_dir();
        if is_folder {
            private::folder(&whole).map_err(|error| cannot(&whole, error))?;
            return Ok(Self::Folder(whole));
        }
        Ok(Self::File(create(&whole)?, whole))
    }
}

fn cannot(path: &Path, error: std::io::Error) -> Error {
    Error::machine(format!("cannot write `{}`", path.display())).because(error)
}

fn create(path: &Path) -> Result<fs::File> {
    private::overwrite(path).map_err(|error| cannot(path, error))
}

struct Export<'a> {
    args: &'a ExportArgs,
    out: Out,
    count: usize,
    /// What is written if nothing else comes.
    held: Option<Entry>,
    /// Whether credentials were left out.
    left_out: bool,
    ui: &'a mut Ui,
}

impl Export<'_> {
    fn add(&mut self, entry: Entry) -> Result<()> {
        let (format, reveal) = (self.args.format, self.args.reveal);
        self.left_out |= !reveal && history::holds_credentials(&entry);
        let first = self.count == 0;
        self.count += 1;
        if let Out::Folder(folder) = &self.out {
            let path = folder.join(format!("{}.{}", entry.id, format.ending()));
            let mut file = BufWriter::new(create(&path)?);
            let written = write_all([Ok(entry)], format, reveal, &mut file);
            return written
                .and_then(|()| file.flush())
                .map_err(|error| cannot(&path, error));
        }
        if !format.takes_several() {
            return self.hold(entry);
        }
        self.write(|out| {
            out.write_all(format.before(first).as_bytes())?;
            write_one(&entry, format, reveal, out)
        })
    }

    /// Whether there is somebody to export the rest to.
    fn goes_on(&self) -> ControlFlow<()> {
        match self.out {
            Out::Stdout if !self.ui.out_is_open() => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Waits with what must be alone until it is known to be.
    fn hold(&mut self, entry: Entry) -> Result<()> {
        if self.held.replace(entry).is_some() {
            return Err(Error::usage("several of these do not fit into one file")
                .hint("Name one id, or a folder that gets a file for each: `--output captures/`"));
        }
        Ok(())
    }

    fn write(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        match &mut self.out {
            Out::File(file, path) => {
                let mut file = BufWriter::new(file);
                write(&mut file)
                    .and_then(|()| file.flush())
                    .map_err(|error| cannot(path, error))
            }
            _ => self.ui.foreign_by(write),
        }
    }

    fn end(mut self) -> Result<()> {
        let (format, reveal) = (self.args.format, self.args.reveal);
        if let Some(held) = self.held.take() {
            self.write(|out| write_one(&held, format, reveal, out))?;
        }
        if !matches!(self.out, Out::Folder(_)) {
            let end = format.end(self.count == 0);
            self.write(|out| out.write_all(end.as_bytes()))?;
        }
        if !matches!(self.out, Out::Stdout) {
            self.ui.note(&format!("{} exported.", self.count))?;
        }
        if self.left_out {
            self.ui
                .note("note: credentials are left out; `--reveal` exports them.")?;
        }
        Ok(())
    }
}

/// Writes requests as one file.
///
/// # Errors
/// The writer fails, or a request does not come.
pub(crate) fn write_all(
    entries: impl IntoIterator<Item = io::Result<Entry>>,
    format: Format,
    reveal: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut first = true;
    for entry in entries {
        out.write_all(format.before(first).as_bytes())?;
        write_one(&entry?, format, reveal, out)?;
        first = false;
    }
    out.write_all(format.end(first).as_bytes())
}

/// Writes one request in its form.
fn write_one(entry: &Entry, format: Format, reveal: bool, out: &mut dyn Write) -> io::Result<()> {
    let object = || match history::json(entry, reveal) {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    match format {
        Format::Ndjson => {
            json_text::to_writer(&mut *out, &object())?;
            out.write_all(b"\n")
        }
        Format::Har => json_text::to_writer(out, &har::entry(object())),
        Format::Fixture => {
            json_text::to_writer_pretty(&mut *out, &Value::Object(object()))?;
            out.write_all(b"\n")
        }
        Format::Http => raw::write(&history::request(entry, reveal), out),
        Format::Curl => out.write_all(&command(entry, Shell::Posix, reveal)),
        Format::Powershell => out.write_all(&command(entry, Shell::Powershell, reveal)),
        Format::Cmd => out.write_all(&command(entry, Shell::Cmd, reveal)),
    }
}

/// Returns one request as a curl command to its original destination.
fn command(entry: &Entry, shell: Shell, reveal: bool) -> Vec<u8> {
    let request = &history::request(entry, reveal);
    let sent_to = entry.facts.url.as_deref();
    let sent_to = sent_to.map(|url| redact::unless(reveal, url, redact::url));
    let whole = sent_to.as_deref().unwrap_or(&request.target);
    let is_web = ["http://", "https://"].iter().any(|scheme| {
        let start = whole.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let (url, target) = if is_web {
        (whole.to_owned(), None)
    } else {
        let host = request.headers.text("host");
        let host = host.as_deref().unwrap_or("localhost");
        curl::at(&format!("http://{host}"), &request.target)
    };
    let (_, rest) = url.split_once("://").unwrap_or_default();
    let destination = curl::Destination {
        url: &url,
        authority: rest.split(['/', '?']).next().unwrap_or_default(),
        target,
        insecure: false,
        cacert: None,
    };
    curl::print(request, &destination, shell).into_bytes()
}
