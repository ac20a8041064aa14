//! `cruce plot`: one figure of a run as a file.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use cruce::report::figure::{self, Figure, IDS, Missing};
use cruce::report::words;
use serde_json::json;

use super::Exit;
use super::console::Console;
use super::exit::{Refused, WrongUsage};
use super::folder;
use super::report::{Language, sweeps};
use super::told::Read;

/// Write one figure of a run as SVG, PNG or CSV
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce plot --list                                        all figures
  cruce plot n-curve runs/port-1a2b3c4d                    n-curve.svg
  cruce plot n-curve runs/port-1a2b3c4d -o curve.png
  cruce plot queue-bands runs/port-1a2b3c4d --format csv -o -    to the standard output",
    after_help = super::exit::TABLE
)]
pub struct Plot {
    /// Which figure
    #[arg(value_name = "ID", required_unless_present = "list")]
    id: Option<String>,
    /// Run folder
    #[arg(value_name = "RUN", required_unless_present = "list")]
    run: Option<PathBuf>,
    /// List all figures
    #[arg(long)]
    list: bool,
    /// What to write [default: as the file is named, else svg]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Language of its texts
    #[arg(long, value_enum, default_value_t = Language::En, value_name = "LANG")]
    lang: Language,
    /// For figures of a sweep: its folder
    #[arg(long, value_name = "DIR")]
    sweep: Vec<PathBuf>,
    /// File to write, or - for the standard output [default: ID.FORMAT]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(short, long)]
    force: bool,
}

/// What a figure is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    // A drawing that grows without blur.
    Svg,
    // Pixels.
    Png,
    // The numbers behind it.
    Csv,
}

impl Plot {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let (Some(id), Some(run)) = (&self.id, &self.run) else { return list(console) };
        if !IDS.iter().any(|figure| figure.0 == id) {
            let known: Vec<&str> = IDS.iter().map(|figure| figure.0).collect();
            let near = known.iter().max_by(|a, b| alike(a, id).total_cmp(&alike(b, id)));
            let near = near.filter(|near| alike(near, id) > 0.7);
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let message = format!(
                "there is no figure `{}`{near} (all of them: {})",
                id.escape_debug(),
                known.join(", ")
            );
            return Err(WrongUsage(message).into());
        }
        let format = self.format()?;
        let path = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{id}.{}", format.ending())));
        let to_stdout = path == Path::new("-");
        if !to_stdout && path.exists() && !self.force {
            let message =
                format!("`{}` is there; --force replaces it, -o names another file", path.display());
            return Err(Refused(message).into());
        }
        let read = Read::open(run)?;
        let sweeps = sweeps(&self.sweep, &read.told().plan.name)?;
        let language: words::Language = self.lang.into();
        let drawn = read.told().with_story(&sweeps, |story| figure::figure(id, story))?;
        let figure = match drawn.expect("it was looked up before") {
            Ok(figure) => figure,
            Err(Missing { why, .. }) => return Err(WrongUsage(format!("no `{id}`: {}", why.en)).into()),
        };
        let contents = format.contents(&figure, language)?;
        if to_stdout {
            console.bytes(&contents)?;
            return Ok(Exit::Done);
        }
        folder::replace(&path, &contents)?;
        if console.json {
            console.object(Exit::Done, json!({ "file": path.display().to_string(), "figure": id }))?;
        } else {
            console.data(&format!("{}\n", path.display()))?;
        }
        Ok(Exit::Done)
    }

    fn format(&self) -> anyhow::Result<Format> {
        let named =
            self.output.as_deref().and_then(Path::extension).map(|end| end.to_string_lossy().to_lowercase());
        match (self.format, named.as_deref()) {
            (Some(format), _) => Ok(format),
            (None, Some("svg") | None) => Ok(Format::Svg),
            (None, Some("png")) => Ok(Format::Png),
            (None, Some("csv")) => Ok(Format::Csv),
            (None, Some(other)) => {
                let message =
                    format!("figures are written as svg, png or csv, not `{}`", other.escape_debug());
                Err(WrongUsage(message).into())
            }
        }
    }
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Csv => "csv",
        }
    }

    fn contents(self, figure: &Figure, language: words::Language) -> anyhow::Result<Vec<u8>> {
        let svg = || figure.svg.alone(language, &figure.title);
        Ok(match self {
            Format::Svg => svg().into_bytes(),
            Format::Csv => figure.data.csv(),
            Format::Png => figure::png::png(&svg())?,
        })
    }
}

/// How much a name is like what was typed, 0 to 1.
fn alike(name: &str, typed: &str) -> f64 {
    strsim::jaro_winkler(name, typed)
}

fn list(console: &Console) -> anyhow::Result<Exit> {
    if console.json {
        let ids: Vec<&str> = IDS.iter().map(|figure| figure.0).collect();
        console.object(Exit::Done, json!({ "figures": ids }))?;
    } else {
        let widest = IDS.iter().map(|figure| figure.0.len()).max().unwrap_or(0);
        let lines: String =
            IDS.iter().map(|(id, about, _)| format!("{id:widest$}  {}\n", about.en)).collect();
        console.data(&lines)?;
    }
    Ok(Exit::Done)
}
