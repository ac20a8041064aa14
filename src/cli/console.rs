//! The two ways out: data to stdout, messages to stderr, color only where it can be seen.
//!
//! A reader that goes away (`cruce run | head`) is no failure: what remains is dropped. It knows
//! nothing of what it prints. Start at [`Console`].

use std::env;
use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use clap::ValueEnum;
use cruce::report::layout::{Look, Tone, paragraph};
use serde_json::{Value, json};

use super::Globals;
use super::exit::Exit;

/// When to use color. What is said of the variants stays out of `--help`, which would grow long.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    // On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    Auto,
    // Always.
    Always,
    // Never.
    Never,
}

/// Widest that anything is printed.
const WIDEST: usize = 80;
/// Narrower terminals get lines of this width.
const NARROWEST: usize = 40;

/// Where and how to print.
#[derive(Clone, Debug)]
pub struct Console {
    /// How stdout is looked at.
    pub out: Look,
    /// How stderr is looked at.
    pub err: Look,
    /// No messages but errors.
    pub quiet: bool,
    /// One JSON object on stdout instead of text.
    pub json: bool,
    /// The verb, for the JSON object.
    pub verb: &'static str,
}

impl Console {
    /// From the arguments and the environment.
    pub fn new(globals: &Globals, verb: &'static str) -> Console {
        let width = width();
        let look = |is_terminal| Look { width, color: colored(globals.color, is_terminal) };
        Console {
            out: look(io::stdout().is_terminal()),
            err: look(io::stderr().is_terminal()),
            quiet: globals.quiet,
            json: globals.json,
            verb,
        }
    }

    /// Data, as text.
    ///
    /// # Errors
    ///
    /// When stdout cannot be written; a reader that went away is no error.
    pub fn data(&self, text: &str) -> anyhow::Result<()> {
        self.bytes(text.as_bytes())
    }

    /// Data that is no text.
    ///
    /// # Errors
    ///
    /// As [`Console::data`].
    pub fn bytes(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("cannot write to the standard output"),
        }
    }

    /// Data, as the one JSON object: `fields` with the head of the envelope before them.
    ///
    /// # Errors
    ///
    /// As [`Console::data`].
    pub fn object(&self, exit: Exit, fields: Value) -> anyhow::Result<()> {
        let mut object = json!({
            "schema": "cruce.result/1",
            "ok": exit == Exit::Done,
            "exit_code": exit.code(),
            "command": self.verb,
        });
        if let (Value::Object(object), Value::Object(fields)) = (&mut object, fields) {
            object.extend(fields);
        }
        let mut text = serde_json::to_string_pretty(&object)?;
        text.push('\n');
        self.data(&text)
    }

    /// A message for the person, unless they want none.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            complain(text);
        }
    }

    /// The next command to try: `next: cruce run my-study`.
    pub fn next(&self, command: &str) {
        self.say(&format!("{} {command}", self.err.paint(Tone::Strong, "next:")));
    }

    /// An error: the message and its causes to stderr, and with `--json` the object too.
    pub fn error(&self, error: &anyhow::Error, exit: Exit) {
        let message = format!("{error:#}");
        let lines = paragraph("error: ", &message, self.err).join("\n");
        complain(&lines.replacen("error:", &self.err.paint(Tone::Bad, "error:"), 1));
        if self.json {
            // The error itself is what matters; if stdout is gone too there is nobody to tell.
            let _ = self.object(exit, json!({ "error": message }));
        }
    }
}

/// A line to stderr; if nobody can hear it, nothing can be done.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

fn colored(color: Color, is_terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
            is_terminal && !no_color && !dumb
        }
    }
}

/// `COLUMNS` if set, else the width of the terminal, else 80; never beyond what we print for.
fn width() -> usize {
    let asked = env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    let seen = || terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| usize::from(width));
    asked.or_else(seen).unwrap_or(WIDEST).clamp(NARROWEST, WIDEST)
}
