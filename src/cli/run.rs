//! `cruce run`: simulates every scenario on the same trucks, prints the answer, writes the run
//! folder.
//!
//! Start at [`Run::perform`], which names the stages.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::Context;
use clap::Args;
use cruce::experiment::{self, FromStore, GoalStatus, Options, RunError, StudyResult, counted};
use cruce::report::layout::{Look, Tone, paragraph};
use cruce::report::package::{Resource, data_package};
use cruce::report::sheet::{Cell, Sheet};
use cruce::report::words::Language;
use cruce::report::workbook::{ReadMe, workbook};
use cruce::report::{json, notices, summary, tables};
use cruce::scenario::Loaded;
use cruce::scenario::limit::MOST_REPLICATIONS;
use cruce::scenario::phrase::Replications;
use cruce::scenario::plan::StudyPlan;
use serde_json::json;

use super::Exit;
use super::console::Console;
use super::exit::Refused;
use super::folder::{self, RunFolder, Standing};
use super::init::shell_word;
use super::interrupt;
use super::kept::Kept;
use super::manifest::{Clock, about_run, manifest};
use super::progress::{Progress, When};
use super::study::{self, StudyArguments};
use super::told::Told;

/// Compare the plans of a study: table, differences, verdicts, files
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce run                                 the built-in study
  cruce run my-study                        a study of your own
  cruce run my-study --set demand.northbound.volume=\"+15 %\"
  cruce run my-study --reps 40 --json > answer.json",
    after_help = super::exit::TABLE
)]
pub struct Run {
    #[command(flatten)]
    study: StudyArguments,
    /// Replications: a number, or from..to
    #[arg(long, value_name = "N", value_parser = replications)]
    reps: Option<Replications>,
    /// Threads [default: one per core]; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Exit code 6 if a goal is missed
    #[arg(long)]
    check_goals: bool,
    /// Also write trucks.csv: a row per truck and visit
    #[arg(long)]
    trucks: bool,
    /// Begin anew: forget replications that an earlier run of the same study left
    #[arg(long)]
    fresh: bool,
    /// Also write tables.xlsx: all tables as one workbook
    #[arg(long)]
    xlsx: bool,
    /// Run this replication alone (counted from 0)
    #[arg(long, value_name = "N", conflicts_with = "reps")]
    replication: Option<u32>,
    /// Run folder [default: runs/STUDY-DIGEST]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Leave report.html out
    #[arg(long)]
    no_report: bool,
    /// Replace another run in the run folder
    #[arg(short, long)]
    force: bool,
    /// Tell what would be run and written; do neither
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// When to show how far the work is
    #[arg(long, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    progress: When,
}

pub(super) fn replications(text: &str) -> Result<Replications, String> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    match (least.trim().parse(), most.trim().parse()) {
        (Ok(least), Ok(most)) if 1 <= least && least <= most && most <= MOST_REPLICATIONS => {
            Ok(Replications { least, most })
        }
        _ => Err(format!("write a number from 1 to {MOST_REPLICATIONS}, or a range such as 20..200")),
    }
}

/// The file of visits.
const TRUCKS: &str = "trucks.csv";

impl Run {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let clock = Clock::start();
        let progress = Progress::begin(self.progress, console);
        let (loaded, mut recipe) = self.study.load_to_repeat(self.reps)?;
        recipe.only = self.replication.or(recipe.only);
        let Some(plan) = &loaded.plan else {
            progress.end();
            return study::refuse(&loaded, console);
        };
        let target = self.target(plan, recipe.only);
        let standing = self.standing(&target, plan)?;
        if self.dry_run {
            progress.end();
            return self.tell_plan(plan, &target, console);
        }
        let mut folder = RunFolder::draft(&target)?;
        let holds = matches!(&standing, Standing::Run { digest, .. } if *digest == plan.digest);
        let keeps = recipe.only.is_none();
        let kept = keeps.then(|| Kept::open(&target, &plan.digest, holds, self.fresh)).transpose()?;
        let ran = self.simulate(plan, recipe.only, kept.as_ref(), &progress, &mut folder);
        progress.end();
        let Some((result, found)) = ran? else {
            console.say("interrupted before a replication was complete; nothing was written");
            return Ok(Exit::Interrupted);
        };
        for redone in &found.redone {
            console.say(&format!("done again: {redone}"));
        }
        let notices = notices(&loaded.diagnostics, &loaded.sources, Some(&result));
        let exit = self.exit(&result);
        let stays =
            result.interrupted && standing == (Standing::Run { digest: plan.digest.clone(), complete: true });
        if !stays {
            if let Some(kept) = kept.as_ref().filter(|_| !result.interrupted) {
                kept.give(&mut folder)?;
            }
            // A bundle of the same run repeats this one too.
            let bundle = target.join(folder::BUNDLE);
            if holds && bundle.is_file() {
                folder.adopt(folder::BUNDLE, &bundle)?;
            }
            let told = Told { plan, result: &result, notices: &notices, recipe: &recipe };
            self.write(folder, &loaded, &told, &clock)?;
        }
        if console.json {
            let mut object = json::result_object(plan, &result, &notices);
            object["run"] = if stays { serde_json::Value::Null } else { target.display().to_string().into() };
            object["report"] = match stays || self.no_report {
                true => serde_json::Value::Null,
                false => target.join(folder::REPORT).display().to_string().into(),
            };
            console.object(exit, object)?;
        } else {
            console.data(&summary::summary(plan, &result, &notices, console.out))?;
        }
        self.tell_files(&target, &standing, stays, found.found, &result, console);
        Ok(exit)
    }

    /// The run folder: where `-o` says, or named by study and digest so that it is found again.
    fn target(&self, plan: &StudyPlan, only: Option<u32>) -> PathBuf {
        if let Some(folder) = &self.output {
            return folder.clone();
        }
        let digest = plan.digest.get(..8).unwrap_or(&plan.digest);
        let part = only.map(|number| format!("-replication-{number}")).unwrap_or_default();
        Path::new("runs").join(format!("{}-{digest}{part}", file_name(&plan.name)))
    }

    /// What stands at the run folder, if it may be replaced.
    fn standing(&self, target: &Path, plan: &StudyPlan) -> anyhow::Result<Standing> {
        let standing = folder::standing(target)?;
        match &standing {
            Standing::Run { digest, .. } if *digest != plan.digest && !self.force => {
                let message = format!(
                    "`{}` holds another run; --force replaces it, -o names another folder",
                    target.display()
                );
                Err(Refused(message).into())
            }
            Standing::Run { .. } | Standing::Free => Ok(standing),
        }
    }

    /// Runs the study; `None` when it was interrupted before anything was complete.
    fn simulate(
        &self,
        plan: &StudyPlan,
        only: Option<u32>,
        kept: Option<&Kept>,
        progress: &Progress,
        folder: &mut RunFolder,
    ) -> anyhow::Result<Option<(StudyResult, FromStore)>> {
        let options = Options { jobs: self.jobs.map(usize::from), only };
        let tell = |at: experiment::Progress| progress.set(at.done, at.total);
        let ran = match kept {
            Some(kept) => experiment::resume(plan, &options, kept.folder(), &tell, &interrupt::FLAG),
            None => experiment::run(plan, &options, &tell, &interrupt::FLAG)
                .map(|result| (result, FromStore::default())),
        };
        let (mut result, found) = match ran {
            Err(RunError::Interrupted) => return Ok(None),
            Err(RunError::NotKept(why)) => return Err(Refused(why).into()),
            ran => ran?,
        };
        if self.trucks {
            let first = only.unwrap_or(0);
            let mut file = BufWriter::new(folder.create(TRUCKS)?);
            let whole = write_trucks(plan, first..first + result.replications, &mut file)?;
            if !whole {
                drop(file);
                folder.remove(TRUCKS)?;
                result.interrupted = true;
            }
        }
        Ok(Some((result, found)))
    }

    /// Failed replications beat missed goals; an interruption beats both.
    fn exit(&self, result: &StudyResult) -> Exit {
        let missed = |status: &GoalStatus| *status == GoalStatus::Missed;
        if result.interrupted {
            Exit::Interrupted
        } else if result.scenarios.iter().any(|scenario| !scenario.failures.is_empty()) {
            Exit::Failed
        } else if self.check_goals && result.goals.iter().any(|goal| goal.status.iter().any(missed)) {
            Exit::GoalMissed
        } else {
            Exit::Done
        }
    }

    fn write(
        &self,
        mut folder: RunFolder,
        loaded: &Loaded,
        told: &Told,
        clock: &Clock,
    ) -> anyhow::Result<()> {
        let Told { plan, result, notices, recipe } = *told;
        let sheets = tables::tables(plan, result, notices);
        for sheet in &sheets {
            folder.write(&format!("tables/{}.csv", sheet.name), &sheet.csv())?;
        }
        if self.xlsx {
            let sheets: Vec<&Sheet> = sheets.iter().collect();
            let bytes = workbook(&read_me_of_run(told, folder.files()), &sheets);
            folder.write(folder::WORKBOOK, &bytes.with_context(|| cannot_make(folder::WORKBOOK))?)?;
        }
        let trucks = tables::trucks();
        let mut resources: Vec<Resource> = sheets
            .iter()
            .map(|sheet| Resource { path: format!("tables/{}.csv", sheet.name), sheet })
            .collect();
        if folder.files().iter().any(|file| file == TRUCKS) {
            resources.push(Resource { path: TRUCKS.to_owned(), sheet: &trucks });
        }
        let title = Language::English.text(&plan.title);
        folder.write("datapackage.json", data_package(&plan.name, title, &resources).as_bytes())?;
        for scenario in &plan.scenarios {
            folder.write(&format!("resolved/{}.toml", scenario.name), scenario.resolved.as_bytes())?;
        }
        let look = Look { width: 80, color: false };
        folder.write("summary.txt", summary::summary(plan, result, notices, look).as_bytes())?;
        let mut object = serde_json::to_string_pretty(&json::result_object(plan, result, notices))?;
        object.push('\n');
        folder.write("summary.json", object.as_bytes())?;
        for (name, contents) in recipe.parts()? {
            folder.write(&name, &contents)?;
        }
        if !self.no_report {
            folder.write(folder::REPORT, told.page(Language::English, &[])?.as_bytes())?;
        }
        let manifest =
            manifest(&loaded.sources, plan, about_run(plan, result), folder.files(), self.jobs, clock)?;
        folder.write(folder::MANIFEST, manifest.as_bytes())?;
        folder.place()
    }

    fn tell_plan(&self, plan: &StudyPlan, target: &Path, console: &Console) -> anyhow::Result<Exit> {
        let names: Vec<&str> = plan.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        let Replications { least, most } = plan.replications;
        let folder = target.display().to_string();
        if console.json {
            let object = json!({
                "dry_run": true,
                "run": folder,
                "digest": plan.digest,
                "seed": plan.seed,
                "scenarios": names,
                "replications": { "least": least, "most": most },
            });
            console.object(Exit::Done, object)?;
        } else {
            console.data(&format!(
                "would run {} ({}), {} each, seed {}\nwould write {folder}\n",
                counted(names.len() as u32, "scenario"),
                names.join(", "),
                if least == most {
                    counted(most, "replication")
                } else {
                    format!("{least} to {most} replications")
                },
                plan.seed
            ))?;
        }
        Ok(Exit::Done)
    }

    /// The command as it was typed: run again, it goes on with the same run.
    fn typed(&self) -> String {
        let mut words = vec![format!("cruce run{}", self.study.typed())];
        words.extend(self.reps.map(|reps| format!("--reps {reps}")));
        words.extend(self.jobs.map(|jobs| format!("--jobs {jobs}")));
        words.extend(self.replication.map(|number| format!("--replication {number}")));
        words.extend(self.output.as_deref().map(|folder| format!("-o {}", shell_word(folder))));
        let flags = [
            ("--trucks", self.trucks),
            ("--xlsx", self.xlsx),
            ("--no-report", self.no_report),
            ("--check-goals", self.check_goals),
            ("--force", self.force),
        ];
        words.extend(flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag.to_owned()));
        words.join(" ")
    }

    /// Where the files are, and what to do next.
    fn tell_files(
        &self,
        target: &Path,
        standing: &Standing,
        stays: bool,
        found: u32,
        result: &StudyResult,
        console: &Console,
    ) {
        let shown = target.display();
        if result.interrupted {
            let complete = counted(result.replications, "complete replication");
            let what = format!("interrupted after {complete}");
            let files = if stays {
                format!("the complete run in {shown} stays as it is")
            } else {
                format!("they are kept in {shown}")
            };
            console.say(&console.err.paint(Tone::Warn, &format!("{what}; {files}")));
            console.next(&self.typed());
            return;
        }
        let again = match standing {
            Standing::Run { complete: true, .. } if !self.force => " (it replaces the same run, found there)",
            Standing::Run { .. } => " (it replaces the run that was there)",
            Standing::Free => "",
        };
        let read = match found {
            0 => String::new(),
            found => format!("; {} of {} were there", found, counted(result.replications, "replication")),
        };
        console.say(&paragraph("files: ", &format!("{shown}{again}{read}"), console.err).join("\n"));
        if !self.no_report {
            console.say(&format!("report: {}", shell_word(&target.join(folder::REPORT))));
        }
        if self.study.file.is_none() {
            console.next("cruce init my-study");
        } else {
            let page = if self.no_report { "summary.txt" } else { folder::REPORT };
            console.next(&format!("open {}", shell_word(&target.join(page))));
        }
    }
}

/// What the workbook tells of the run.
fn read_me_of_run<'a>(told: &Told<'a>, files: &[String]) -> ReadMe<'a> {
    let Told { plan, result, .. } = *told;
    let mut read_me = read_me(Language::English.text(&plan.title), plan, &plan.digest);
    read_me.facts.push(("replications", result.replications.into()));
    if let Some(number) = told.recipe.only {
        read_me.facts.push(("replication", number.into()));
    }
    if result.interrupted {
        let rest = "Interrupted: the tables rest on the replications that were complete.";
        read_me.notes.push(rest.to_owned());
    }
    if files.iter().any(|file| file == TRUCKS) {
        read_me.notes.push(format!("Every truck and visit is in {TRUCKS}, not here."));
    }
    read_me
}

/// What a workbook of the study tells whatever the verb.
pub(super) fn read_me<'a>(title: &'a str, plan: &StudyPlan, digest: &str) -> ReadMe<'a> {
    let seed = i64::try_from(plan.seed).map_or_else(|_| plan.seed.to_string().into(), Cell::Whole);
    let facts = vec![
        ("study", plan.name.as_str().into()),
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("digest", digest.into()),
        ("seed", seed),
    ];
    ReadMe { title, facts, notes: Vec::new() }
}

/// What was to be done with a file that could not be made.
pub(super) fn cannot_make(name: &str) -> String {
    format!("cannot make `{name}`")
}

/// The name with what some file system does not take, or a shell would split, replaced.
pub(super) fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    name.chars().map(plain).collect()
}

/// Runs the replications once more, listening to every truck: a row per visit would not fit in
/// memory. Failed replications have no rows. Tells whether it came to the end uninterrupted.
fn write_trucks(
    plan: &StudyPlan,
    replications: Range<u32>,
    file: &mut BufWriter<File>,
) -> anyhow::Result<bool> {
    let cannot = || format!("cannot write `{TRUCKS}`");
    file.write_all(&tables::trucks().head()).with_context(cannot)?;
    for scenario in &plan.scenarios {
        for replication in replications.clone() {
            if interrupt::FLAG.load(Ordering::SeqCst) {
                return Ok(false);
            }
            let visits = match experiment::trucks_of(&scenario.network, plan.seed, replication) {
                Err(RunError::Failed(_)) => continue,
                ran => ran?,
            };
            let rows = tables::truck_rows(&scenario.name, &scenario.network, replication, &visits);
            file.write_all(&rows.body()).with_context(cannot)?;
        }
    }
    file.flush().with_context(cannot)?;
    Ok(true)
}
