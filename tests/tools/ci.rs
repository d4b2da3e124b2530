//! The examples for CI are run as a user would run them: the jobs of the README and the action, step by step, in a
//! project of its own.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{Room, project};

/// A project with a handler, and the tools that a runner has.
struct Runner {
    room: Room,
    /// Where its handler listens.
    port: u16,
    variables: BTreeMap<String, String>,
    /// Process groups of what was left running.
    groups: Vec<u32>,
}

impl Runner {
    fn new() -> Self {
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
            groups: Vec::new(),
        };
        let cases = runner.moved(&cases);
        runner.room.write("webhooks.toml", cases);
        runner
    }

    /// A text for this runner, where others may have port 3000.
    fn moved(&self, text: &str) -> String {
        text.replace("localhost:3000", &format!("localhost:{}", self.port))
    }

    fn set(&mut self, variables: &Value) {
        for (name, value) in variables.as_object().unwrap() {
            self.variables
                .insert(name.clone(), self.moved(value.as_str().unwrap()));
        }
    }

    /// Runs a script as a step of a job: with bash, and without what it installs.
    #[track_caller]
    fn step(&mut self, script: &str, own: &BTreeMap<String, String>) -> (i32, String) {
        let bin = Path::new(env!("CARGO_BIN_EXE_hookctl")).parent().unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
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
    fn goes_well(&mut self, script: &str) {
        // The program that is tested is there already; the project needs no packages.
        if script.starts_with("cargo install ") || script.starts_with("apt-get ") {
            return;
        }
        let (code, said) = self.step(script, &BTreeMap::new());
        assert_eq!(code, 0, "{script}\n{said}");
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

/// The steps of the action with the inputs of a job, each with its script and its variables.
fn steps_of_action(with: &Value) -> Vec<(String, BTreeMap<String, String>)> {
    let action = fs::read_to_string(project(".github/actions/hookctl/action.yml")).unwrap();
    let action: Value = serde_saphyr::from_str(&action).unwrap();
    assert_eq!(action["runs"]["using"], "composite");
    let inputs = action["inputs"].as_object().unwrap();
    for given in with.as_object().unwrap().keys() {
        assert!(inputs.contains_key(given), "{given}");
    }
    let input = |name: &str| {
        let default = text(&inputs[name]["default"]).to_owned();
        with[name].as_str().map_or(default, str::to_owned)
    };
    let steps = action["runs"]["steps"].as_array().unwrap().iter();
    let wanted = steps.filter(|step| match step["if"].as_str() {
        Some(condition) => {
            let name = condition
                .strip_prefix("inputs.")
                .and_then(|rest| rest.strip_suffix(" != ''"))
                .unwrap();
            !input(name).is_empty()
        }
        None => true,
    });
    wanted
        .map(|step| {
            assert_eq!(step["shell"], "bash");
            let variables = step["env"].as_object().into_iter().flatten();
            let variables = variables.map(|(name, value)| {
                let name_of_input = text(value)
                    .strip_prefix("${{ inputs.")
                    .and_then(|rest| rest.strip_suffix(" }}"));
                (name.clone(), input(name_of_input.unwrap()))
            });
            (text(&step["run"]).to_owned(), variables.collect())
        })
        .collect()
}

/// Runs the README's job with the action on a project. Returns the code of its last step and what it said.
fn act(runner: &mut Runner, change: impl Fn(&mut Value)) -> (i32, String) {
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
        assert_eq!(step["uses"], "OWNER/hookctl/.github/actions/hookctl@main");
        let mut with = step["with"].clone();
        assert_eq!(with["secret"], "${{ env.KEN_WEBHOOK_SECRET }}");
        with["secret"] = job["env"]["KEN_WEBHOOK_SECRET"].clone();
        with["to"] = Value::from(runner.moved(text(&with["to"])));
        change(&mut with);
        let temp = runner.room.path().join("temp");
        fs::create_dir_all(&temp).unwrap();
        let place = temp.display().to_string();
        runner
            .variables
            .insert("RUNNER_TEMP".to_owned(), place.clone());
        runner.variables.insert(
            "GITHUB_STEP_SUMMARY".to_owned(),
            format!("{place}/summary.md"),
        );
        for (script, variables) in steps_of_action(&with) {
            last = Some(runner.step(&script, &variables));
        }
    }
    last.unwrap()
}

#[test]
fn the_job_with_the_action_audits_a_project() {
    let mut runner = Runner::new();
    let (code, said) = act(&mut runner, |_| {});
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
    let (code, said) = act(&mut runner, |with| {
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
    let (code, said) = act(&mut runner, |with| {
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
    assert_eq!(scripts.len(), 8);
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
fn the_job_for_gitlab_runs_on_a_project() {
    let [_, _, job] = jobs();
    let job = &job["webhooks"];
    let mut runner = Runner::new();
    runner.set(&job["variables"]);
    let scripts = ["before_script", "script"].map(|key| job[key].as_array().unwrap().iter());
    for script in scripts.into_iter().flatten() {
        runner.goes_well(text(script));
    }
    assert!(runner.room.read("audit.xml").contains("failures=\"0\""));
    assert_eq!(job["artifacts"]["reports"]["junit"][0], "*.xml");
}
