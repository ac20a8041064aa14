//! How far the work is, with the time left: a bar on stderr, only where a person sees it.
//!
//! Start at [`Progress`].

use std::io::{self, IsTerminal};
use std::time::Duration;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::console::Console;

/// When to show how far the work is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum When {
    // On a terminal.
    Auto,
    // Never.
    None,
}

/// A bar, or nothing at all.
pub struct Progress(ProgressBar);

impl Progress {
    /// Something stands on the screen as soon as this returns.
    pub fn begin(when: When, console: &Console) -> Progress {
        let seen = io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let hidden = when == When::None || console.quiet || !seen;
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        let template = if console.err.width >= 60 {
            "{bar:24} {pos}/{len} runs, {eta} left {msg}"
        } else {
            "{pos}/{len} runs, {eta} left"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.tick();
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress(bar)
    }

    /// So many runs are done of those planned for now.
    pub fn set(&self, done: u64, planned: u64) {
        self.0.set_length(planned);
        self.0.set_position(done);
    }

    /// Something besides, at the end of the line.
    pub fn note(&self, text: &str) {
        self.0.set_message(text.to_owned());
    }

    /// The work is over: the bar disappears.
    pub fn end(self) {
        self.0.finish_and_clear();
    }
}
