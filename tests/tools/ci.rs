//! The examples for CI are run as a user would run them: the jobs of the README and the action, step by step, in a
//! project of its own.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::harness::{Room, project};

/// A project with a handler, and the tools that a runner has.
struct Runner {
    room: Room,
    /// Where its handler listens.
    port: u16,
    variables: BTreeMap<String, String>,
    /// Folders that are searched before those of the machine.
    path: Vec<PathBuf>,
    /// Process groups of what was left running.
    groups: Vec<u32>,
}

impl Runner {
    /// One that has the program that is tested.
    fn new() -> Self {
        let mut runner = Self::bare();
        let program = Path::new(env!("CARGO_BIN_EXE_hookctl"));
        runner.path.push(program.parent().unwrap().to_owned());
        runner
    }

    fn bare() -> Self {
        let room = Room::new();
        for file in fs::read_dir(project("tests/zoo/example")).unwrap() {
            let file = file.unwrap().path();
            room.write(
                file.file_name().unwrap().to_str().unwrap(),
                fs::read(&file).unwrap(),
            );
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        // The file of cases is the README's.
        let cases = blocks("toml")
            .into_iter()
            .find(|block| block.contains("[[case]]"))
            .unwrap();
        assert_eq!(room.read("webhooks.toml"), cases);
        let runner = Self {
            room,
            port,
            variables: BTreeMap::new(),
            path: Vec::new(),
            groups: Vec::new(),
        };
        let cases = runner.moved(&cases);
        runner.room.write("webhooks.toml", cases);
        runner
    }

    /// A text for this runner, where others may have port 3000 and the program is not fetched.
    fn moved(&self, text: &str) -> String {
        text.replace("localhost:3000", &format!("localhost:{}", self.port))
            .replace("npx hookctl", "hookctl")
    }

    fn set(&mut self, variables: &Value) {
        for (name, value) in variables.as_object().unwrap() {
            self.variables
                .insert(name.clone(), self.moved(value.as_str().unwrap()));
        }
    }

    /// A file of the runner's own, by the name of its variable.
    fn set_file(&mut self, variable: &str, name: &str) {
        let file = self.room.path().join(name);
        self.variables
            .insert(variable.to_owned(), file.display().to_string());
    }

    /// Runs a script as a step of a job, with bash.
    #[track_caller]
    fn step(&mut self, script: &str, own: &BTreeMap<String, String>) -> (i32, String) {
        let machine = std::env::var_os("PATH").unwrap();
        let path = self.path.iter().cloned();
        let path = std::env::join_paths(path.chain(std::env::split_paths(&machine))).unwrap();
        let log = self.room.path().join("step.log");
        let output = fs::File::create(&log).unwrap();
        let mut child = Command::new("bash")
            .args(["-e", "-o", "pipefail", "-c", &self.moved(script)])
            .current_dir(self.room.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.room.path().parent().unwrap())
            .env("PORT", self.port.to_string())
            .envs(&self.variables)
            .envs(own)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .process_group(0)
            .spawn()
            .unwrap();
        self.groups.push(child.id());
        let code = child.wait().unwrap().code().unwrap_or(-1);
        (code, fs::read_to_string(log).unwrap())
    }

    /// Runs a step that has to go well.
    #[track_caller]
    fn goes_well(&mut self, script: &str) -> String {
        let (code, said) = self.step(script, &BTreeMap::new());
        assert_eq!(code, 0, "{script}\n{said}");
        said
    }

    /// What a runner gives to actions.
    fn as_github(&mut self, action: &Path) {
        for (variable, name) in [
            ("RUNNER_TEMP", "temp"),
            ("RUNNER_TOOL_CACHE", "tools"),
            ("GITHUB_STEP_SUMMARY", "temp/summary.md"),
            ("GITHUB_OUTPUT", "temp/output"),
            ("GITHUB_PATH", "temp/path"),
        ] {
            self.set_file(variable, name);
        }
        for name in ["temp/output", "temp/path"] {
            self.room.write(name, "");
        }
        let known = [("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")];
        let action = action.display().to_string();
        for (variable, value) in known.into_iter().chain([("GITHUB_ACTION_PATH", &*action)]) {
            self.variables.insert(variable.to_owned(), value.to_owned());
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        for group in &self.groups {
            let all = format!("-{group}");
            let _ = Command::new("kill")
                .args(["-KILL", "--", &all])
                .stderr(Stdio::null())
                .status();
        }
    }
}

/// The README's blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let readme = fs::read_to_string(project("README.md")).unwrap();
    let fence = format!("```{language}\n");
    let blocks = readme.split(&fence).skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

/// The jobs in the README.
fn jobs() -> [Value; 3] {
    let jobs: Vec<Value> = blocks("yaml")
        .iter()
        .map(|block| serde_saphyr::from_str(block).unwrap())
        .collect();
    jobs.try_into().unwrap()
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}

/// Runs the steps of an action with the inputs of a job. Returns the code of the last one and what it said.
fn run_action(runner: &mut Runner, folder: &Path, with: &Value) -> (i32, String) {
    let action = fs::read_to_string(folder.join("action.yml")).unwrap();
    let action: Value = serde_saphyr::from_str(&action).unwrap();
    assert_eq!(action["runs"]["using"], "composite");
    let inputs = action["inputs"].as_object().unwrap();
    for given in with.as_object().unwrap().keys() {
        assert!(inputs.contains_key(given), "{given}");
    }
    runner.as_github(folder);
    let mut last = None;
    for step in action["runs"]["steps"].as_array().unwrap() {
        let outputs = runner.room.read("temp/output");
        // The value of `inputs.NAME` or `steps.find.outputs.NAME`.
        let value = |name: &str| match name.rsplit_once('.').unwrap() {
            ("inputs", name) => {
                let default = text(&inputs[name]["default"]).to_owned();
                with[name].as_str().map_or(default, str::to_owned)
            }
            ("steps.find.outputs", name) => {
                let mut lines = outputs.lines().filter_map(|line| line.split_once('='));
                let found = lines.find(|(key, _)| *key == name);
                found.map_or(String::new(), |(_, value)| value.to_owned())
            }
            _ => panic!("{name}"),
        };
        if let Some(condition) = step["if"].as_str() {
            let name = condition.strip_suffix(" != ''").unwrap();
            if value(name).is_empty() {
                continue;
            }
        }
        if let Some(other) = step["uses"].as_str() {
            assert!(other.starts_with("actions/cache@"), "{other}");
            continue;
        }
        assert_eq!(step["shell"], "bash");
        let variables = step["env"].as_object().into_iter().flatten();
        let variables = variables.map(|(name, from)| {
            let from = text(from).strip_prefix("${{ ").unwrap();
            (name.clone(), value(from.strip_suffix(" }}").unwrap()))
        });
        let ran = runner.step(text(&step["run"]), &variables.collect());
        let added = runner.room.read("temp/path");
        for folder in added.lines().map(PathBuf::from) {
            if !runner.path.contains(&folder) {
                runner.path.push(folder);
            }
        }
        let failed = ran.0 != 0;
        last = Some(ran);
        if failed {
            break;
        }
    }
    last.unwrap()
}

/// Runs the README's job with the action on a project. Returns the code of its last step and what it said.
fn act(runner: &mut Runner, folder: &Path, change: impl Fn(&mut Value)) -> (i32, String) {
    let [job, _, _] = jobs();
    let job = &job["jobs"]["webhooks"];
    runner.set(&job["env"]);
    let steps = job["steps"].as_array().unwrap();
    let mut last = None;
    for step in steps {
        if let Some(script) = step["run"].as_str() {
            runner.goes_well(script);
            continue;
        }
        if text(&step["uses"]).starts_with("actions/") {
            continue;
        }
        assert_eq!(step["uses"], "OWNER/hookctl/.github/actions/hookctl@COMMIT");
        let mut with = step["with"].clone();
        assert_eq!(with["secret"], "${{ env.KEN_WEBHOOK_SECRET }}");
        with["secret"] = job["env"]["KEN_WEBHOOK_SECRET"].clone();
        with["to"] = Value::from(runner.moved(text(&with["to"])));
        change(&mut with);
        last = Some(run_action(runner, folder, &with));
    }
    last.unwrap()
}

/// The action of the project.
fn action() -> PathBuf {
    project(".github/actions/hookctl")
}

/// Puts an archive of a release beside a project, with a program that leaves a mark and then is the one that is
/// tested. Returns its name and its SHA-256.
fn release(runner: &Runner, name: &str) -> (String, String) {
    let program = env!("CARGO_BIN_EXE_hookctl");
    let mark = runner.room.path().join("downloaded");
    let script = format!(
        "#!/bin/sh\ntouch '{}'\nexec '{program}' \"$@\"\n",
        mark.display()
    );
    runner
        .room
        .write(&format!("release/{name}/hookctl"), script);
    let archive = format!("{name}.tar.gz");
    let made = Command::new("sh")
        .args([
            "-c",
            "chmod +x \"$1/hookctl\" && tar -czf \"$1.tar.gz\" \"$1\" && rm -r \"$1\"",
            "sh",
            name,
        ])
        .current_dir(runner.room.path().join("release"))
        .status();
    assert!(made.unwrap().success());
    let bytes = fs::read(runner.room.path().join("release").join(&archive)).unwrap();
    (archive, hex::encode(Sha256::digest(bytes)))
}

/// The address of that release.
fn downloads(runner: &Runner) -> String {
    format!("file://{}/release", runner.room.path().display())
}

/// A copy of the action with other checksums.
fn action_with(runner: &Runner, checksums: &str) -> PathBuf {
    let folder = runner.room.path().join("action/.github/actions/hookctl");
    fs::create_dir_all(&folder).unwrap();
    for file in fs::read_dir(action()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    fs::write(folder.join("checksums.txt"), checksums).unwrap();
    folder
}

#[test]
fn the_job_with_the_action_audits_a_project() {
    let mut runner = Runner::new();
    let (code, said) = act(&mut runner, &action(), |_| {});
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("✓ All 21 checks passed.\n"), "{said}");
    assert!(
        runner
            .room
            .read("hookctl.xml")
            .contains("tests=\"21\" failures=\"0\"")
    );
    assert!(
        runner
            .room
            .read("temp/summary.md")
            .starts_with("### ✅ All 21 checks passed")
    );
}

#[test]
fn the_action_runs_a_file_of_cases() {
    let mut runner = Runner::new();
    let (code, said) = act(&mut runner, &action(), |with| {
        with["file"] = Value::from("webhooks.toml");
        with["provider"] = Value::from("");
        with["args"] = Value::from("--case unknown");
    });
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("`webhooks.toml` has no case `unknown`"),
        "{said}"
    );
}

#[test]
fn the_action_fails_with_the_log_of_a_handler_that_does_wrong() {
    let mut runner = Runner::new();
    let server = runner.room.read("server.js").replace(
        "if (!isRight(",
        "console.log(req.headers['hookctl-check']);\n  if (false && !isRight(",
    );
    runner.room.write("server.js", server);
    let (code, said) = act(&mut runner, &action(), |with| {
        with["args"] = Value::from("--skip survives-burst");
    });
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("✗ 1 of 11 checks failed: `rejects-missing-signature`."),
        "{said}"
    );
    assert!(
        said.contains("\nrejects-missing-signature\n"),
        "the handler's log is shown: {said}"
    );
    assert!(
        runner
            .room
            .read("temp/summary.md")
            .starts_with("### ❌ 1 of 11 checks failed")
    );
}

#[test]
fn the_job_of_single_commands_runs_on_a_project() {
    let [_, job, _] = jobs();
    let job = &job["jobs"]["webhooks"];
    let mut runner = Runner::new();
    runner.set(&job["env"]);
    let scripts: Vec<&str> = job["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["run"].as_str())
        .collect();
    assert_eq!(scripts.len(), 7);
    for script in scripts {
        runner.goes_well(script);
    }
    assert!(
        runner
            .room
            .read("audit.html")
            .contains("All 21 checks passed")
    );
    assert!(runner.room.read("webhooks.xml").contains("failures=\"0\""));
}

#[test]
fn the_job_for_gitlab_downloads_hookctl_and_runs_on_a_project() {
    let [_, _, job] = jobs();
    let job = &job["webhooks"];
    let mut runner = Runner::bare();
    runner.set(&job["variables"]);
    let (archive, sum) = release(&runner, &runner.variables["ARCHIVE"]);
    let at = downloads(&runner);
    runner.variables.insert("HOOKCTL".to_owned(), at);
    runner.variables.insert("SHA256".to_owned(), sum);
    // All of them run in one shell.
    let scripts = ["before_script", "script"].map(|key| job[key].as_array().unwrap().iter());
    let scripts: Vec<&str> = scripts.into_iter().flatten().map(text).collect();
    runner.goes_well(&scripts.join("\n"));
    assert!(runner.room.path().join("downloaded").exists());
    assert!(runner.room.read("audit.xml").contains("failures=\"0\""));
    assert_eq!(job["artifacts"]["reports"]["junit"][0], "*.xml");

    // The next job finds it in the cache, and does not trust it blindly.
    fs::remove_dir_all(runner.room.path().join("release")).unwrap();
    runner.goes_well(scripts[0]);
    runner.room.write(&format!(".hookctl/{archive}"), "another");
    let (code, said) = runner.step(scripts[0], &BTreeMap::new());
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains(&format!(".hookctl/{archive}: FAILED\n")),
        "{said}"
    );
}

#[test]
fn the_action_downloads_verifies_and_caches_the_binary_of_its_release() {
    let mut runner = Runner::bare();
    let (archive, sum) = release(&runner, "hookctl-1.2.3-x86_64-unknown-linux-musl");
    let checksums = format!(
        "# A comment.\ndownloads {}\n{sum}  {archive}\n",
        downloads(&runner)
    );
    let folder = action_with(&runner, &checksums);
    let (code, said) = act(&mut runner, &folder, |_| {});
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("checks passed.\n"), "{said}");
    assert!(runner.room.path().join("downloaded").exists());
    let output = runner.room.read("temp/output");
    let tools = runner.room.path().join("tools").display().to_string();
    assert_eq!(
        output,
        format!("key=hookctl-{sum}\nfolder={tools}/hookctl/hookctl-{sum}\n")
    );

    // What the cache brought back is used, and verified again.
    fs::remove_dir_all(runner.room.path().join("release")).unwrap();
    let install = format!("'{}/install.sh' install", folder.display());
    assert_eq!(runner.goes_well(&install), "");
    let cached = format!("tools/hookctl/hookctl-{sum}/{archive}");
    runner.room.write(&cached, "another");
    let (code, said) = runner.step(&install, &BTreeMap::new());
    let expected =
        format!("::error::{archive} does not have the SHA-256 that the action expects\n");
    assert_eq!((code, said), (1, expected));
    assert!(!runner.room.path().join(cached).exists());
}

#[test]
fn the_action_compiles_where_there_is_no_binary() {
    let mut runner = Runner::bare();
    let folder = action_with(
        &runner,
        &fs::read_to_string(action().join("checksums.txt")).unwrap(),
    );
    for name in [
        "Cargo.lock",
        "Cargo.toml",
        "build.rs",
        "completions/a",
        "fixtures/a",
        "snippets/a",
        "src/a",
    ] {
        runner.room.write(&format!("action/{name}"), name);
    }
    let cargo = "mkdir -p \"$6/bin\" && echo 'echo compiled' > \"$6/bin/hookctl\" && chmod +x \"$6/bin/hookctl\"";
    runner
        .room
        .write("bin/cargo", format!("#!/bin/sh\necho \"$@\"\n{cargo}\n"));
    runner.goes_well("chmod +x bin/cargo");
    runner.path.push(runner.room.path().join("bin"));
    runner.as_github(&folder);
    runner.goes_well("\"$GITHUB_ACTION_PATH/install.sh\" find");
    let output = runner.room.read("temp/output");
    let (key, at) = output.trim().split_once("\nfolder=").unwrap();
    assert!(key.starts_with("key=hookctl-source-Linux-X64-"), "{output}");
    let said = runner.goes_well("\"$GITHUB_ACTION_PATH/install.sh\" install");
    let source = runner.room.path().join("action").display().to_string();
    let install = format!("install --locked --path {source} --root {at}\n");
    assert_eq!(
        said,
        format!("There is no binary for this runner; compiling hookctl.\n{install}")
    );
    assert_eq!(
        runner.goes_well("\"$GITHUB_ACTION_PATH/install.sh\" install"),
        ""
    );
    assert_eq!(
        runner.room.read("temp/path"),
        format!("{at}/bin\n{at}/bin\n")
    );
    // Another source has another key.
    runner.room.write("action/src/a", "changed");
    runner.goes_well("\"$GITHUB_ACTION_PATH/install.sh\" find");
    let outputs = runner.room.read("temp/output");
    assert_eq!(
        outputs.lines().filter(|line| *line == key).count(),
        1,
        "{outputs}"
    );
}

#[test]
fn what_a_handler_prints_is_no_command_for_the_runner() {
    let mut runner = Runner::new();
    let server = runner.room.read("server.js").replace(
        "if (!isRight(",
        "process.stdout.write('::add-mask::e');\n  if (false && !isRight(",
    );
    runner.room.write("server.js", server);
    let (code, said) = act(&mut runner, &action(), |with| {
        with["args"] = Value::from("--only rejects-missing-signature");
    });
    assert_eq!(code, 1, "{said}");
    let mut open: Option<String> = None;
    let mut fences = Vec::new();
    for line in said.lines() {
        if let Some(token) = line.strip_prefix("::stop-commands::") {
            assert_eq!(
                (open.replace(token.to_owned()), token.len()),
                (None, 32),
                "{said}"
            );
            fences.push(token.to_owned());
        } else if open
            .as_ref()
            .is_some_and(|token| line == format!("::{token}::"))
        {
            open = None;
        } else {
            assert!(
                open.is_some() || !line.trim_start().starts_with("::"),
                "{line}"
            );
        }
    }
    assert_eq!((open, fences.len()), (None, 2), "{said}");
    assert!(said.contains("\n::add-mask::e"), "the log is shown: {said}");
}
