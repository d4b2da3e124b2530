//! Values as people type them and as machine output holds them: durations, times, sizes, statuses, content types. Each is
//! read in one place, and reads back what it prints.

mod content_type;
mod duration;
mod size;
mod status;
mod time;

pub(crate) use content_type::ContentType;
pub(crate) use duration::{Span, age};
pub(crate) use size::size;
pub(crate) use status::StatusSet;
pub(crate) use time::Time;
