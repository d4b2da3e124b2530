//! The live page in a browser: Chromium, driven by the scripts of `tests/page`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::clients::{tool, with_npm};
use crate::harness::Room;

const NEEDED: &str = "Node.js 20 or newer, with npm, and Chromium";
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser of this machine.
fn chromium() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path);
    folders
        .find_map(|folder| {
            let mut known = BROWSERS.iter().map(|name| folder.join(name));
            known.find(|program| program.is_file())
        })
        .unwrap_or_else(|| panic!("these tests need a browser: install Chromium"))
}

/// Runs a script, which fails with what is wrong. One after the other: browsers take what they can get.
#[track_caller]
fn passes(script: &str) {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let folder = FOLDER.get_or_init(|| with_npm("page"));
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let room = Room::new();
    let mut command = room.command_of("node");
    let path: OsString = std::env::var_os("PATH").unwrap_or_default();
    command
        .arg(folder.join(script))
        .env("PATH", path)
        .env("HOOKCTL", env!("CARGO_BIN_EXE_hookctl"))
        .env("CHROMIUM", chromium());
    tool(&mut command, NEEDED);
}

#[test]
fn deliveries_appear_by_themselves_and_show_all_of_themselves() {
    passes("live.mjs");
}

#[test]
fn the_filter_of_the_command_line_narrows_lists_of_any_length() {
    passes("filter.mjs");
}

#[test]
fn deliveries_are_replayed_compared_sent_and_answered_otherwise() {
    passes("act.mjs");
}

#[test]
fn a_page_goes_on_when_its_listener_comes_back() {
    passes("restart.mjs");
}

#[test]
fn all_of_the_page_can_be_used_by_keyboard() {
    passes("keys.mjs");
}

#[test]
fn the_page_fits_a_phone_the_dark_and_those_who_do_not_see_it() {
    passes("look.mjs");
}

#[test]
fn hostile_deliveries_stay_text() {
    passes("hostile.mjs");
}
