//! Many deliveries at once.

use clap::Args;

use super::Context;
use super::outgoing::{Planned, Run};
use crate::delivery::Course;
use crate::error::{Outcome, Result};

/// How many deliveries are sent, and how fast.
#[derive(Args, Default)]
#[command(next_help_heading = "Volume")]
pub(crate) struct VolumeArgs {
    /// Send each delivery N times, every one with an id of its own and signed afresh
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Most deliveries under way at a time; 50 by default with `--count` and `--resume`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: Option<u16>,
    /// Most deliveries in a time, as in `100/s`
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<f64>,
}

const USUAL: u16 = 50;

impl VolumeArgs {
    pub(super) fn wanted(&self) -> bool {
        self.count.is_some() || self.concurrency.is_some() || self.rate.is_some()
    }

    /// How often each delivery is sent.
    pub(super) fn count(&self) -> u64 {
        self.count.unwrap_or(1)
    }

    /// How the engine goes through so many deliveries.
    pub(super) fn course(&self, many: u64) -> Course {
        let usual = if many > 1 { USUAL } else { 1 };
        Course {
            stays: false,
            concurrency: usize::from(self.concurrency.unwrap_or(usual)),
            rate: self.rate,
        }
    }

    pub(super) fn send(
        &self,
        run: &Run<'_>,
        planned: Vec<Planned>,
        context: &mut Context,
    ) -> Result<Outcome> {
        run.all(planned, context)
    }
}

/// Reads a rate: so many a second, or a minute.
fn rate(text: &str) -> std::result::Result<f64, String> {
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let seconds = match unit {
        "s" => 1.0,
        "m" | "min" => 60.0,
        _ => 0.0,
    };
    let rate = number
        .trim()
        .parse::<f64>()
        .ok()
        .map(|number| number / seconds);
    rate.filter(|rate| (1e-4..=1e7).contains(rate))
        .ok_or_else(|| format!("`{text}` is no rate such as `100/s`"))
}
