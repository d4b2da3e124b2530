//! Two requests side by side: what differs, by name and by path.

use clap::Args;
use serde_json::json;

use super::super::Context;
use super::{named, open};
use crate::error::{Outcome, Result};
use crate::render::difference;

/// Compare two requests: headers by name, JSON by path
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl history diff cap_01h2k3m4n5p6 cap_01h2k3q8r9s0
  hookctl history diff cap_01h2k3m4n5p6 last --ignore-volatile

Exit code 0: nothing differs; 1: something does.")]
pub(super) struct DiffArgs {
    /// Id of the one
    #[arg(value_name = "A")]
    a: String,
    /// Id of the other
    #[arg(value_name = "B")]
    b: String,
    /// Pass over what differs each time: times, ids, signatures
    #[arg(long)]
    ignore_volatile: bool,
    /// Show credentials in headers and URLs
    #[arg(long)]
    reveal: bool,
}

/// Most characters of a value in machine output, as of a response's body.
const MAX_VALUE: usize = 64 * 1024;

pub(super) fn run(args: &DiffArgs, context: &mut Context) -> Result<Outcome> {
    let store = open(&context.settings)?;
    let a = named(&args.a, store.as_ref())?;
    let b = named(&args.b, store.as_ref())?;
    let all = difference::between(&a.request, &b.request, args.ignore_volatile);
    let found = &all.found;
    let ui = &mut context.ui;
    if ui.json {
        for difference in found {
            ui.json_line(&difference.json(MAX_VALUE, args.reveal))?;
        }
        if all.more > 0 {
            ui.json_line(&json!({"type": "differences_left_out", "count": all.more}))?;
        }
    } else if found.is_empty() {
        ui.data("Nothing differs.\n")?;
    } else {
        let paint = ui.out_paint;
        for difference in found {
            ui.data(difference.human(args.reveal, paint))?;
        }
        if let Some(note) = all.note() {
            ui.data(format!("{}\n", paint.faint(&note)))?;
        }
    }
    Ok(Outcome::good_if(found.is_empty()))
}
