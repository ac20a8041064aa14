//! The command line: what can be typed, and one file per verb that does it.
//!
//! Verbs read arguments, call the library, and print: data to stdout, messages to stderr. Nothing
//! here computes a result. Start at [`Cli`] and [`perform`].

mod compare;
mod completions;
mod console;
mod exit;
mod explain;
mod folder;
mod init;
pub mod interrupt;
mod kept;
mod lock;
mod manifest;
mod optimize;
mod plot;
mod progress;
mod repeat;
mod report;
mod run;
mod schema;
mod show;
mod study;
mod sweep;
mod template;
mod told;
mod validate;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use console::{Color, Console, complain};
pub use exit::Exit;

/// Is plan B better than plan A at a US–Mexico truck crossing: by how much, how sure, who loses?
#[derive(Parser, Debug)]
#[command(
    name = "cruce",
    version,
    help_template = HELP,
    disable_help_subcommand = true,
    before_help = "Examples:
  cruce run                   compare the plans of the built-in study
  cruce init my-study         start a study of your own
  cruce validate my-study     find every mistake in it, without running it
  cruce run my-study          run it: table, differences, verdicts, files
  cruce report runs/my-study-1a2b3c4d    the same as one page to email
  cruce sweep my-study        run it with many values
  cruce optimize my-study     find the fewest officer-hours that meet its goals",
    after_help = exit::TABLE
)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The order of every help page: what it is, examples, usage, arguments, what comes after.
const HELP: &str = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// What is typed when nothing is typed.
const SHORT_HELP: &str = "\
cruce: is plan B better than plan A at a US–Mexico truck crossing?

  cruce run                   compare the plans of the built-in study
  cruce init my-study         start a study of your own
  cruce run my-study          run it

  cruce --help                all verbs, options and exit codes
";

/// Options of every verb.
#[derive(Args, Debug)]
pub struct Globals {
    /// No messages but errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// One documented JSON object on stdout
    #[arg(long, global = true)]
    json: bool,
    /// When to use color; NO_COLOR and TERM=dumb are heeded
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
}

#[derive(Subcommand, Debug)]
enum Command {
    Run(run::Run),
    Sweep(sweep::Sweep),
    Optimize(optimize::Optimize),
    Compare(compare::Compare),
    Report(report::Report),
    Plot(plot::Plot),
    Init(init::Init),
    Validate(validate::Validate),
    Show(show::Show),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Completions(completions::Completions),
}

/// What was typed; or, when it was a plea for help or a mistake, the exit code after telling so.
pub fn arguments(typed: impl Iterator<Item = OsString>) -> Result<(Cli, Console), Exit> {
    match Cli::try_parse_from(typed) {
        Ok(cli) => {
            let console = Console::new(&cli.globals, cli.verb());
            Ok((cli, console))
        }
        Err(error) => {
            // A reader that went away before the help was out is no failure.
            let _ = error.print();
            match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Err(Exit::Done),
                _ => {
                    complain("exit code 2: wrong usage; nothing was done");
                    Err(Exit::Usage)
                }
            }
        }
    }
}

/// Does what was typed.
pub fn perform(cli: &Cli, console: &Console) -> anyhow::Result<Exit> {
    match &cli.command {
        None => console.data(SHORT_HELP).map(|()| Exit::Done),
        Some(Command::Run(run)) => run.perform(console),
        Some(Command::Sweep(sweep)) => sweep.perform(console),
        Some(Command::Optimize(optimize)) => optimize.perform(console),
        Some(Command::Compare(compare)) => compare.perform(console),
        Some(Command::Report(report)) => report.perform(console),
        Some(Command::Plot(plot)) => plot.perform(console),
        Some(Command::Init(init)) => init.perform(console),
        Some(Command::Validate(validate)) => validate.perform(console),
        Some(Command::Show(show)) => show.perform(console),
        Some(Command::Explain(explain)) => explain.perform(console),
        Some(Command::Schema(schema)) => schema.perform(console),
        Some(Command::Completions(completions)) => completions.perform(console),
    }
}

impl Cli {
    fn verb(&self) -> &'static str {
        match self.command {
            None => "help",
            Some(Command::Run(_)) => "run",
            Some(Command::Sweep(_)) => "sweep",
            Some(Command::Optimize(_)) => "optimize",
            Some(Command::Compare(_)) => "compare",
            Some(Command::Report(_)) => "report",
            Some(Command::Plot(_)) => "plot",
            Some(Command::Init(_)) => "init",
            Some(Command::Validate(_)) => "validate",
            Some(Command::Show(_)) => "show",
            Some(Command::Explain(_)) => "explain",
            Some(Command::Schema(_)) => "schema",
            Some(Command::Completions(_)) => "completions",
        }
    }
}
