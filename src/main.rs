//! Hands over the arguments.

use std::process::ExitCode;

fn main() -> ExitCode {
    hookctl::run(std::env::args_os())
}
