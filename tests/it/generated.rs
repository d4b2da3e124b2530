//! What was generated or written down must be what the program does today. `HOOKCTL_BLESS=1 cargo test` rewrites the
//! completions.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::harness::{Room, project, steady};

#[test]
fn the_completions_are_those_of_the_program() {
    let room = Room::new();
    let shells = [
        ("bash", "hookctl.bash"),
        ("zsh", "_hookctl"),
        ("fish", "hookctl.fish"),
        ("powershell", "_hookctl.ps1"),
        ("elvish", "hookctl.elv"),
    ];
    for (shell, file) in shells {
        let script = room.run(&["completions", shell]).ends(0).stdout.clone();
        let path = project("completions").join(file);
        if std::env::var_os("HOOKCTL_BLESS").is_some() {
            std::fs::write(&path, &script).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap() == script,
            "completions/{file} is not up to date"
        );
        assert!(
            script.contains("lead_replied") && script.contains("klen/call"),
            "{shell} completes events"
        );
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let room = Room::new();
    let written = room.run(&["man", "--dir", "man1"]);
    assert_eq!(written.ends(0).stdout, "");
    let files: Vec<String> = std::fs::read_dir(room.path().join("man1"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(written.stderr, format!("{} pages written.\n", files.len()));
    for file in &files {
        let name = file.strip_suffix(".1").unwrap();
        let command = name.split('-').skip(1);
        let page = room.run(&["man"].into_iter().chain(command).collect::<Vec<_>>());
        page.is(0, &room.read(&format!("man1/{file}")), "");
        let title = format!(".TH {name} 1");
        assert!(page.stdout.contains(&title), "{}", page.stdout);
    }
    for name in ["hookctl", "hookctl-send", "hookctl-history-export"] {
        assert!(files.contains(&format!("{name}.1")), "{files:?}");
    }
    let page = room.read("man1/hookctl-listen.1");
    assert!(
        page.contains(".SH EXAMPLES\n  hookctl listen :8080\n"),
        "{page}"
    );
    assert!(page.contains("\\fB\\-\\-forward\\fR"), "{page}");
}

#[test]
fn a_manual_page_that_is_not_there_is_named() {
    let room = Room::new();
    room.run(&["man", "histroy"]).is(
        2,
        "",
        "error: `hookctl` has no command `histroy`\nhint: Did you mean `history`?\n",
    );
    room.run(&["man", "history", "shwo"]).is(
        2,
        "",
        "error: `hookctl history` has no command `shwo`\nhint: Did you mean `show`?\n",
    );
    room.write("file", "");
    let file = room.path().join("file");
    room.run(&["man", "--dir", "file"]).is(
        3,
        "",
        &format!(
            "error: cannot make the folder `{}`: File exists (os error 17)\n",
            file.display()
        ),
    );
}

/// The console blocks of the README, each without its fence.
fn consoles(readme: &str) -> Vec<&str> {
    let blocks = readme.split("```console\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

/// A transcript without what differs from run to run.
fn comparable(text: &str) -> String {
    let mask = |line: &str| match line.split_once(": ") {
        Some((name @ ("    svix-timestamp" | "    svix-signature"), _)) => format!("{name}: ...\n"),
        _ => line.to_owned(),
    };
    steady(
        &text
            .replace("localhost:8080", "localhost:12345")
            .replace("localhost:18080", "localhost:12345"),
    )
    .split_inclusive('\n')
    .map(mask)
    .collect()
}

#[test]
fn the_transcript_in_the_readme_is_honest() {
    let readme = std::fs::read_to_string(project("README.md")).unwrap();
    let consoles = consoles(&readme);
    let [listen, send] = consoles.as_slice() else {
        panic!("two transcripts are expected")
    };
    let room = Room::new();
    assert!(listen.starts_with("$ hookctl listen :8080\n"));
    let mut child = room
        .command()
        .args(["listen", ":0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut seen = "$ hookctl listen :8080\n".to_owned();
    stdout.read_line(&mut seen).unwrap();
    let port = seen
        .split("localhost:")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();

    let (command, answer) = send.split_once('\n').unwrap();
    let command = command
        .strip_prefix("$ hookctl ")
        .unwrap()
        .replace("8080", &port);
    let ran = room.run(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(comparable(&ran.stdout), comparable(answer));
    assert_eq!(ran.stderr, "");

    let id = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    stdout.read_to_string(&mut seen).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(comparable(&seen), comparable(listen));
}

#[test]
fn the_commands_in_the_readme_are_understood() {
    let readme = std::fs::read_to_string(project("README.md")).unwrap();
    let room = Room::new();
    let mut count = 0;
    let is_run = |line: &&str| {
        let commands = ["hookctl send ", "hookctl endpoints add "];
        commands.iter().any(|command| line.starts_with(command))
    };
    for line in readme.lines().filter(is_run) {
        let command = line.split('#').next().unwrap();
        let mut args: Vec<&str> = command.split_whitespace().skip(1).collect();
        if args[0] == "send" && !args.contains(&"--resume") {
            args.push("--dry-run");
        }
        room.run(&args).ends(0);
        count += 1;
    }
    assert!(count >= 4);
}

#[test]
fn help_fits_a_terminal_and_every_command_has_one() {
    let room = Room::new();
    let commands = [
        "send",
        "endpoints",
        "replay",
        "listen",
        "verify",
        "check",
        "run",
        "sign",
        "explain",
        "emulate",
        "events",
        "providers",
        "secret",
        "init",
        "completions",
        "man",
    ];
    for command in commands {
        let ran = room.run(&[command, "-h"]);
        ran.ends(0);
        // An example stands on one line, so that it can be copied.
        let text = ran.stdout.lines();
        let longest = text
            .filter(|line| !line.starts_with("  hookctl "))
            .max_by_key(|line| line.chars().count())
            .unwrap();
        assert!(longest.chars().count() <= 100, "{command}: {longest}");
    }
    let version = room.run(&["--version"]);
    version.is(0, concat!("hookctl ", env!("CARGO_PKG_VERSION"), "\n"), "");
}
