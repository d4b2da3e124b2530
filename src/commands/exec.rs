//! `--exec`: a command that is run against a listener or an emulator, and that ends with it.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::desk::Desk;
use crate::error::{Error, Outcome, Result};
use crate::ui::Ui;

/// How long a command that is asked to end may take.
const GRACE: Duration = Duration::from_secs(2);

/// The command, if there is one.
pub(super) struct Exec {
    command: Option<String>,
    group: Group,
    /// Receives the status, and the handle with it: while that is open, no other process gets the same id.
    waiting: Option<oneshot::Receiver<(std::io::Result<ExitStatus>, Child)>>,
    code: Option<u8>,
}

impl Exec {
    /// Starts a command of the shell in a process group of its own.
    pub(super) fn start(
        command: Option<&str>,
        variables: &[(&str, &str)],
        ui: &Ui,
    ) -> Result<Self> {
        let mut exec = Self {
            command: command.map(str::to_owned),
            group: Group::default(),
            waiting: None,
            code: None,
        };
        let Some(text) = command else {
            return Ok(exec);
        };
        let mut command = shell(text);
        command
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(ui.output_of_others());
        let mut child = command
            .spawn()
            .map_err(|error| Error::machine(format!("cannot run `{text}`")).because(error))?;
        exec.group = Group::of(child.id());
        let (ended, waiting) = oneshot::channel();
        std::thread::spawn(move || {
            let status = child.wait();
            // If nobody asks any more, the program is at its end.
            let _ = ended.send((status, child));
        });
        exec.waiting = Some(waiting);
        Ok(exec)
    }

    /// Waits until nothing more is waited for: the end of the command, else what the desk waits for. After a
    /// command that ended well, `patient` waits for what the desk still expects.
    pub(super) async fn done(&mut self, desk: &Desk, patient: bool) {
        let Some(code) = self.ended().await else {
            return desk.enough.notified().await;
        };
        let waits = code == 0 && patient && desk.watch().waits_for_more();
        if waits {
            desk.enough.notified().await;
        }
    }

    /// Waits for the end of the command, and returns its code; `None` if there is none to wait for.
    pub(super) async fn ended(&mut self) -> Option<u8> {
        let end = self.waiting.as_mut()?.await;
        self.waiting = None;
        self.group.leader_ended();
        let code = end.ok().and_then(|(status, _)| status.ok()).map_or(1, code);
        self.code = Some(code);
        Some(code)
    }

    /// Ends what still runs of it.
    pub(super) async fn end(&mut self) {
        let start = Instant::now();
        self.group.ask_to_end();
        while self.group.is_alive() && start.elapsed() < GRACE {
            tokio::time::sleep(GRACE / 100).await;
        }
        self.group.kill();
    }

    /// How the program ends: as the expectations say if they failed, else as the command did.
    pub(super) fn outcome(
        &self,
        watched: Outcome,
        was_cut_short: bool,
        ui: &mut Ui,
    ) -> Result<Outcome> {
        let Some(command) = self.command.as_deref().filter(|_| !was_cut_short) else {
            return Ok(watched);
        };
        let problem = match self.code {
            Some(0) => return Ok(watched),
            Some(code) => format!("`{command}` ended with exit code {code}"),
            None => format!("`{command}` did not end in time"),
        };
        ui.problem(&problem)?;
        Ok(match watched {
            Outcome::Good => Outcome::Exit(self.code.unwrap_or(1)),
            bad => bad,
        })
    }
}

impl Drop for Exec {
    fn drop(&mut self) {
        self.group.kill();
    }
}

#[cfg(unix)]
fn shell(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", text]);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// `cmd` reads the rest of its command line by rules of its own, so the text is passed as typed. `/S` strips the outer
/// quotes and nothing else; `/D` skips the AutoRun commands of the registry.
#[cfg(windows)]
fn shell(text: &str) -> Command {
    use std::os::windows::process::CommandExt as _;
    /// Keeps Ctrl-C from the command, as a process group does on Unix (learn.microsoft.com, process creation flags).
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    let mut command = Command::new("cmd");
    command
        .args(["/D", "/S", "/C"])
        .raw_arg(format!("\"{text}\""))
        .creation_flags(CREATE_NEW_PROCESS_GROUP);
    command
}

#[cfg(unix)]
fn code(status: ExitStatus) -> u8 {
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    let code = status.code().or(signal.map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(windows)]
fn code(status: ExitStatus) -> u8 {
    let code = status.code().unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

/// The processes of a command.
///
/// Windows has no process groups. There, `taskkill /T` terminates the command and its child processes without asking
/// first. Children of a command that has exited cannot be found any more.
#[derive(Default)]
struct Group {
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
    #[cfg(windows)]
    id: Option<u32>,
}

#[cfg(unix)]
impl Group {
    fn of(id: u32) -> Self {
        let id = i32::try_from(id).ok();
        Self {
            id: id.and_then(rustix::process::Pid::from_raw),
        }
    }

    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(id) = self.id {
            // It may be gone already.
            let _ = rustix::process::kill_process_group(id, signal);
        }
    }

    /// The rest of the group may outlive its first process.
    #[expect(clippy::unused_self, reason = "it matters on Windows")]
    fn leader_ended(&mut self) {}

    fn ask_to_end(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    fn is_alive(&self) -> bool {
        self.id
            .is_some_and(|id| rustix::process::test_kill_process_group(id).is_ok())
    }

    fn kill(&mut self) {
        self.signal(rustix::process::Signal::KILL);
        self.id = None;
    }
}

#[cfg(windows)]
impl Group {
    fn of(id: u32) -> Self {
        Self { id: Some(id) }
    }

    /// The system may give its id to another process from now on.
    fn leader_ended(&mut self) {
        self.id = None;
    }

    #[expect(clippy::unused_self, reason = "it matters on Unix")]
    fn ask_to_end(&self) {}

    #[expect(clippy::unused_self, reason = "it matters on Unix")]
    fn is_alive(&self) -> bool {
        false
    }

    fn kill(&mut self) {
        let Some(id) = self.id.take() else {
            return;
        };
        // It may be gone already.
        let _ = Command::new("taskkill")
            .args(["/T", "/F", "/PID", &id.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}
