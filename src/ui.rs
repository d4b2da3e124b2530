//! The only place that writes to the terminal: data to stdout, everything else to stderr.

use std::io::{self, BufWriter, Write};
use std::process::Stdio;

use crate::error::{Error, Result};
use crate::render::text::{for_terminal, safe_lines};
use crate::render::{Paint, command_line};
use crate::request::{json_text, redact};

/// When to paint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What decides about colour, beside the user's choice.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ColorWorld {
    /// `NO_COLOR` is set and not empty (no-color.org).
    pub(crate) no_color: bool,
    /// `CLICOLOR_FORCE` is set, and neither empty nor 0 (bixense.com/clicolors).
    pub(crate) force: bool,
    /// `TERM=dumb`, or a console without escape sequences.
    pub(crate) dumb: bool,
}

impl ColorChoice {
    fn paints(self, terminal: bool, world: ColorWorld) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if world.no_color => false,
            Self::Auto if world.force => true,
            Self::Auto => terminal && !world.dumb,
        }
    }
}

/// A stream, until it cannot be written any more. What a command does never depends on who reads it: a reader that
/// goes away is no error, and what is written afterwards goes nowhere.
struct Stream(Option<Box<dyn Write + Send>>);

impl Stream {
    fn new(to: impl Write + Send + 'static) -> Self {
        Self(Some(Box::new(to)))
    }

    /// Closes the stream if it failed. A closed pipe is quiet; any other failure is told once.
    fn settled<T>(&mut self, written: io::Result<T>, all: T) -> io::Result<T> {
        match written {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.0 = None;
                if error.kind() == io::ErrorKind::BrokenPipe {
                    Ok(all)
                } else {
                    Err(error)
                }
            }
            written => written,
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Some(to) => {
                let written = to.write(bytes);
                self.settled(written, bytes.len())
            }
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Some(to) => {
                let flushed = to.flush();
                self.settled(flushed, ())
            }
            None => Ok(()),
        }
    }
}

/// The two streams and how they are written.
pub(crate) struct Ui {
    out: Stream,
    err: Box<dyn Write + Send>,
    pub(crate) out_paint: Paint,
    pub(crate) err_paint: Paint,
    /// Machine output is wanted.
    pub(crate) json: bool,
    quiet: bool,
    /// How many times `-v` was given.
    pub(crate) verbose: u8,
    /// Whether a person can be asked: stdin and stderr are terminals.
    pub(crate) interactive: bool,
    /// Whether stderr is a terminal.
    pub(crate) err_is_terminal: bool,
    out_is_terminal: bool,
    out_width: Option<usize>,
    /// Whether control characters were escaped for the terminal.
    escaped: bool,
}

/// What is known of the streams.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terminals {
    pub(crate) stdin: bool,
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
    /// Columns of stdout, if it is one.
    pub(crate) width: Option<usize>,
}

/// What the user wants of the output.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: u8,
    pub(crate) color: ColorChoice,
}

impl Wanted {
    /// Colour as it is wanted, and nothing else.
    pub(crate) fn color(color: ColorChoice) -> Self {
        Self {
            color,
            ..Self::default()
        }
    }
}

impl Ui {
    /// The standard streams.
    pub(crate) fn new(wanted: Wanted, terminals: Terminals, world: ColorWorld) -> Self {
        let world = ColorWorld {
            dumb: world.dumb || !interprets_escapes(terminals),
            ..world
        };
        Self {
            out: Stream::new(BufWriter::new(io::stdout())),
            err: Box::new(io::stderr()),
            out_paint: Paint::new(wanted.color.paints(terminals.stdout, world)),
            err_paint: Paint::new(wanted.color.paints(terminals.stderr, world)),
            json: wanted.json,
            quiet: wanted.quiet,
            verbose: wanted.verbose,
            interactive: terminals.stdin && terminals.stderr,
            err_is_terminal: terminals.stderr,
            out_is_terminal: terminals.stdout,
            out_width: terminals.width,
            escaped: false,
        }
    }

    /// Machine output for another reader than the standard streams have, with what is said beside it.
    pub(crate) fn machine(
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
    ) -> Self {
        Self {
            out: Stream::new(out),
            err: Box::new(err),
            ..Self::new(
                Wanted {
                    json: true,
                    color: ColorChoice::Never,
                    ..Wanted::default()
                },
                Terminals::default(),
                ColorWorld::default(),
            )
        }
    }

    /// Hands the streams over, to a thread that may have to wait for their reader. What stays writes no data.
    pub(crate) fn take(&mut self) -> Self {
        let stays = Self {
            out: Stream(None),
            err: Box::new(io::stderr()),
            ..*self
        };
        std::mem::replace(self, stays)
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn out_is_terminal(&self) -> bool {
        self.out_is_terminal
    }

    /// Columns of the terminal that the data goes to; none if it goes elsewhere.
    pub(crate) fn out_width(&self) -> Option<usize> {
        self.out_width
    }

    /// Whether data still has a reader. One that only prints may end early without.
    pub(crate) fn out_is_open(&self) -> bool {
        self.out.0.is_some()
    }

    /// Where the output of a command goes that is run for the user: beside machine output, never into it.
    pub(crate) fn output_of_others(&self) -> Stdio {
        if self.json {
            Stdio::from(io::stderr())
        } else {
            Stdio::inherit()
        }
    }

    /// Writes data as it is.
    pub(crate) fn data(&mut self, bytes: impl AsRef<[u8]>) -> Result<()> {
        self.out.write_all(bytes.as_ref()).map_err(cannot_write)
    }

    /// Writes foreign bytes: exactly to a file or a pipe, with control characters escaped to a terminal.
    pub(crate) fn foreign(&mut self, bytes: &[u8]) -> Result<()> {
        if !self.out_is_terminal {
            return self.data(bytes);
        }
        let (shown, escaped) = for_terminal(bytes);
        self.escaped |= escaped;
        self.data(shown)
    }

    /// As [`Self::foreign`], for what is written piece by piece.
    pub(crate) fn foreign_by(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let mut foreign = Foreign {
            escaped: self.out_is_terminal.then(Vec::new),
            ui: self,
        };
        write(&mut foreign)
            .and_then(|()| foreign.end())
            .map_err(cannot_write)
    }

    /// Writes one line of machine output.
    pub(crate) fn json_line(&mut self, value: &impl serde::Serialize) -> Result<()> {
        json_text::to_writer(&mut self.out, value)
            .and_then(|()| self.out.write_all(b"\n"))
            .map_err(cannot_write)
    }

    /// Brings what was written to its reader.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(cannot_write)
    }

    /// Flushes the output at the end of a command, and notes escaped characters.
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.flush()?;
        if !std::mem::take(&mut self.escaped) {
            return Ok(());
        }
        self.note("note: control characters are escaped at a terminal; a pipe or a file gets the exact bytes.")
    }

    /// Says something beside the data: a sentence with a full stop.
    pub(crate) fn note(&mut self, text: &str) -> Result<()> {
        if self.quiet {
            return Ok(());
        }
        self.talk(&format!("{}\n", said(text)))
    }

    /// Shows what was made for people and is safe already, beside the data.
    pub(crate) fn shown(&mut self, text: &str) -> Result<()> {
        if self.quiet {
            return Ok(());
        }
        self.talk(&format!("{text}\n"))
    }

    /// Warns of something that a user should know, even a quiet one.
    pub(crate) fn warn(&mut self, text: &str) -> Result<()> {
        let head = self.err_paint.warn("warning:");
        self.talk(&format!("{head} {}\n", said(text)))
    }

    /// Says what is wrong with an answer.
    pub(crate) fn problem(&mut self, text: &str) -> Result<()> {
        let head = self.err_paint.error("error:");
        self.talk(&format!("{head} {}\n", said(text)))
    }

    /// Says what to do next.
    pub(crate) fn hint(&mut self, text: &str) -> Result<()> {
        if self.quiet {
            return Ok(());
        }
        let head = self.err_paint.name("hint:");
        self.talk(&format!("{head} {}\n", said(text)))
    }

    /// Says why a command did not work.
    pub(crate) fn error(&mut self, error: &Error) {
        let head = self.err_paint.error("error:");
        let mut text = format!("{head} {}\n", said(&error.to_string()));
        for hint in error.hints() {
            let head = self.err_paint.name("hint:");
            text.push_str(&format!("{head} {}\n", said(hint)));
        }
        // There is nobody left to tell if this fails.
        let _ = self.talk(&text);
    }

    /// Shows help or version, or says what is wrong with the command line.
    pub(crate) fn command_line(&mut self, error: clap::Error) -> Result<()> {
        if error.use_stderr() {
            self.talk(&command_line::problem(error, self.err_paint))
        } else {
            self.data(command_line::help(&error, self.out_paint))
                .and_then(|()| self.flush())
        }
    }

    /// Writes to stderr in one piece, after all data that was written before it.
    fn talk(&mut self, text: &str) -> Result<()> {
        let flushed = self.flush();
        // A message that cannot be written changes no result, and there is nobody to tell.
        let _ = self.err.write_all(text.as_bytes());
        flushed
    }
}

fn cannot_write(error: io::Error) -> Error {
    Error::machine("cannot write the output").because(error)
}

/// Bytes of a stranger on their way to the data.
struct Foreign<'a> {
    ui: &'a mut Ui,
    /// At a terminal, what is still to be escaped: a line, or the start of a long one.
    escaped: Option<Vec<u8>>,
}

/// Most bytes of a line that are escaped together.
const MAX_LINE: usize = 64 * 1024;

impl Foreign<'_> {
    /// Writes what is left.
    fn end(&mut self) -> io::Result<()> {
        match self.escaped.take() {
            Some(rest) => self.escape(&rest),
            None => Ok(()),
        }
    }

    fn escape(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (shown, escaped) = for_terminal(bytes);
        self.ui.escaped |= escaped;
        self.ui.out.write_all(shown.as_bytes())
    }
}

impl Write for Foreign<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(waiting) = &mut self.escaped else {
            return self.ui.out.write(bytes);
        };
        let taken = &bytes[..bytes.len().min(MAX_LINE)];
        waiting.extend_from_slice(taken);
        let end = match memchr::memrchr(b'\n', waiting) {
            Some(end) => end + 1,
            None if waiting.len() < MAX_LINE => 0,
            // Neither a character nor the end of a line is taken apart.
            None => {
                let text = waiting.utf8_chunks().last();
                let cut = text.map_or(0, |chunk| chunk.invalid().len());
                let end = waiting.len() - cut;
                end - usize::from(waiting[..end].ends_with(b"\r"))
            }
        };
        let rest = waiting.split_off(end);
        let whole = std::mem::replace(waiting, rest);
        self.escape(&whole)?;
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes a message safe: no control characters, no credentials in URLs.
fn said(text: &str) -> String {
    safe_lines(&redact::text(text))
}

/// Returns whether the terminals interpret escape sequences. On Windows that must be enabled, through stdout.
#[cfg(windows)]
fn interprets_escapes(terminals: Terminals) -> bool {
    terminals.stdout && colored::control::set_virtual_terminal(true).is_ok()
}

#[cfg(unix)]
fn interprets_escapes(_: Terminals) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_flag_then_the_environment_then_the_stream() {
        let world = |no_color, force, dumb| ColorWorld {
            no_color,
            force,
            dumb,
        };
        let cases = [
            (ColorChoice::Always, false, world(true, false, true), true),
            (ColorChoice::Never, true, world(false, true, false), false),
            (ColorChoice::Auto, true, world(false, false, false), true),
            (ColorChoice::Auto, false, world(false, false, false), false),
            (ColorChoice::Auto, true, world(true, true, false), false),
            (ColorChoice::Auto, false, world(false, true, false), true),
            (ColorChoice::Auto, true, world(false, false, true), false),
        ];
        for (choice, terminal, world, painted) in cases {
            assert_eq!(
                choice.paints(terminal, world),
                painted,
                "{choice:?} {terminal} {world:?}"
            );
        }
    }
}
