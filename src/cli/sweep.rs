//! `cruce sweep`: the same crossing with many values; what was done before is never done again.
//!
//! Start at [`Sweep::perform`], which names the stages.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use cruce::experiment::store::{Store, StoreError};
use cruce::experiment::sweep::{Filled, Job, PointResult, Shard, SweepError, SweepProgress};
use cruce::experiment::{UnknownMeasure, counted, run_one};
use cruce::report::layout::{Look, Tone};
use cruce::report::package::{Resource, data_package};
use cruce::report::sheet::Sheet;
use cruce::report::sweep::{self as report, Overview};
use cruce::report::words;
use cruce::report::workbook::Book;
use cruce::scenario::Loaded;
use cruce::scenario::diagnostic::Diagnostic;
use cruce::scenario::phrase::Replications;
use cruce::scenario::plan::StudyPlan;
use cruce::scenario::sweep as model;
use serde_json::{Value, json};

use super::Exit;
use super::console::Console;
use super::exit::{Refused, WrongUsage};
use super::folder::WORKBOOK;
use super::init::shell_word;
use super::interrupt;
use super::lock::Lock;
use super::progress::{Progress, When};
use super::run::{cannot_make, file_name, read_me, replications};
use super::study::{self, StudyArguments};

/// Run a study with many values: points of a sweep, with what is missing resumed
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce sweep my-study                      its only sweep; the same command goes on where it stopped
  cruce sweep my-study --name growth        one of several
  cruce sweep my-study --dry-run            points, runs, time and disk
  cruce sweep my-study --shard 2/5          every fifth point: for a batch system
  cruce sweep my-study --merge other-run    take over what another folder holds",
    after_help = super::exit::TABLE
)]
pub struct Sweep {
    #[command(flatten)]
    study: StudyArguments,
    /// Which sweep of the study
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Replications of each point: a number, or from..to
    #[arg(long, value_name = "N", value_parser = replications)]
    reps: Option<Replications>,
    /// Threads [default: one per core]; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Part I of N of the points, from 1; run without it to end the sweep
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Shard>,
    /// Take over blocks of the same sweep from other folders first
    #[arg(long, value_name = "DIR")]
    merge: Vec<PathBuf>,
    /// Also write tables.xlsx: all tables as one workbook
    #[arg(long)]
    xlsx: bool,
    /// Folder [default: runs/STUDY-sweep-NAME-DIGEST]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Begin anew: forget what the folder holds of this sweep or an earlier one
    #[arg(long)]
    fresh: bool,
    /// Tell points, runs, time and disk; run one replication to estimate them, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// When to show how far the work is
    #[arg(long, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    progress: When,
}

fn shard(text: &str) -> Result<Shard, String> {
    let parts: Option<(u64, u64)> =
        text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    match parts {
        Some((part, of)) if 1 <= part && part <= of => Ok(Shard { part: part - 1, of }),
        _ => Err("write part and number of parts, such as 2/5".to_owned()),
    }
}

/// What a folder holds: which sweep.
pub(super) const PLAN: &str = "sweep.json";
pub(super) const PLAN_SCHEMA: &str = "cruce.sweep/1";
const BLOCKS: &str = "blocks";
/// What a sweep writes besides blocks.
const RESULTS: [&str; 9] = [
    "tables/first-missed.csv",
    "tables/sensitivity.csv",
    "tables/points.csv",
    "tables/sweep.csv",
    WORKBOOK,
    "datapackage.json",
    "summary.txt",
    "summary.json",
    PLAN,
];

impl Sweep {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let mut loaded = self.study.load(None)?;
        let chosen = self.choose(&loaded)?;
        if let Some(place) = chosen {
            let found = loaded.sweeps[place].check();
            if found.iter().any(Diagnostic::is_error) {
                loaded.plan = None;
            }
            loaded.diagnostics.extend(found);
        }
        let (Some(plan), Some(place)) = (&loaded.plan, chosen) else {
            return study::refuse(&loaded, console);
        };
        let sweep = &loaded.sweeps[place];
        let job = match Job::new(sweep, plan, self.reps) {
            Ok(job) => job,
            Err(SweepError::UnknownMeasures(unknown)) => {
                let found = unknown.iter().map(|unknown| unknown_measure(sweep, unknown));
                loaded.diagnostics.extend(found.collect::<Vec<_>>());
                return study::refuse(&loaded, console);
            }
            Err(error) => return Err(file_error(error)),
        };
        let folder = self.target(plan, &job);
        if self.dry_run {
            return self.tell_plan(plan, &job, &folder, console);
        }
        self.prepare(&folder, plan, &job)?;
        let lock = Lock::shared(&folder)?;
        let store = job.store(&folder.join(BLOCKS)).map_err(|error| file_error(error.into()))?;
        for other in &self.merge {
            self.take_over(&job, &store, other, console)?;
        }
        let filled = self.fill(&job, &store, console)?;
        for redone in &filled.redone {
            console.say(&format!("done again: {redone}"));
        }
        if filled.interrupted {
            let kept = format!("interrupted; whole blocks are kept in {}", folder.display());
            console.say(&console.err.paint(Tone::Warn, &kept));
            console.next(&self.typed());
            return Ok(Exit::Interrupted);
        }
        if let Some(missing) = self.waits_for_others(&job, &store)? {
            let told = format!("this part is done; {} of other parts are missing", counted(missing, "block"));
            console.say(&told);
            console.next(&format!("cruce sweep{} without --shard, when all parts are done", self.rest()));
            if console.json {
                console
                    .object(Exit::Done, json!({ "run": folder.display().to_string(), "missing": missing }))?;
            }
            return Ok(Exit::Done);
        }
        let overview = self.write(plan, &job, &store, &folder)?;
        tidy(lock, &folder, &store);
        let exit = if overview.failed() > 0 { Exit::Failed } else { Exit::Done };
        if console.json {
            let mut object = overview.object(plan, &job);
            object["run"] = folder.display().to_string().into();
            console.object(exit, object)?;
        } else {
            console.data(&overview.text(plan, &job, console.out))?;
        }
        let before = if filled.found > 0 {
            format!(" ({} were there, {} run now)", counted(filled.found as u32, "replication"), filled.run)
        } else {
            String::new()
        };
        console.say(&format!("files: {}{before}", folder.display()));
        console.next(&format!("open {}", shell_word(&folder.join("tables/sweep.csv"))));
        Ok(exit)
    }

    /// The place of the sweep that is asked for; `None` when the study has mistakes.
    fn choose(&self, loaded: &Loaded) -> anyhow::Result<Option<usize>> {
        if loaded.diagnostics.iter().any(Diagnostic::is_error) {
            return Ok(None);
        }
        let names: Vec<&str> = loaded.sweeps.iter().map(|sweep| sweep.name.as_str()).collect();
        let example = "add a section such as `[sweep.growth]` with \
                       `vary.\"demand.northbound.volume\" = [\"+0 %\", \"+15 %\"]`";
        study::chosen("sweep", &names, self.name.as_deref(), example).map_err(|why| WrongUsage(why).into())
    }

    fn target(&self, plan: &StudyPlan, job: &Job) -> PathBuf {
        self.output.clone().unwrap_or_else(|| {
            let digest = job.digest().get(..8).unwrap_or_default();
            Path::new("runs").join(format!("{}-sweep-{}-{digest}", file_name(&plan.name), job.sweep().name))
        })
    }

    /// Makes the folder, or finds that it holds this sweep.
    fn prepare(&self, folder: &Path, plan: &StudyPlan, job: &Job) -> anyhow::Result<()> {
        let shown = folder.display();
        let cannot = || format!("cannot write to `{shown}`");
        let held = match fs::read_dir(folder) {
            // A program may have been stopped before it said what the folder is for.
            Ok(mut entries) => entries.any(|entry| entry.is_ok_and(|entry| !is_a_beginning(&entry))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) => return Err(error).with_context(cannot),
        };
        let text = fs::read(folder.join(PLAN)).unwrap_or_default();
        let there: Value = serde_json::from_slice(&text).unwrap_or_default();
        let ours = there["schema"] == PLAN_SCHEMA;
        if held && !ours {
            let message =
                format!("`{shown}` holds files that are not a sweep of cruce; choose another folder with -o");
            return Err(Refused(message).into());
        }
        if held && there["digest"] != job.digest() && !self.fresh {
            let message = format!(
                "`{shown}` holds the sweep of another plan (`{}`, or other values of it); --fresh replaces it, -o names \
                 another folder",
                there["sweep"].as_str().unwrap_or_default()
            );
            return Err(Refused(message).into());
        }
        if held && self.fresh {
            fs::remove_dir_all(folder.join(BLOCKS)).or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })?;
        }
        fs::create_dir_all(folder.join(BLOCKS)).with_context(cannot)?;
        let plan = json!({
            "schema": PLAN_SCHEMA,
            "digest": job.digest(),
            "study": plan.name,
            "sweep": job.sweep().name,
            "design": job.sweep().design.to_string(),
            "points": job.sweep().points(),
            "seed": plan.seed,
            "replications": job.replications().to_string(),
            "measures": job.entries().iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(),
            "version": env!("CARGO_PKG_VERSION"),
        });
        let text = serde_json::to_string_pretty(&plan)? + "\n";
        if fs::read_to_string(folder.join(PLAN)).ok().as_deref() != Some(&text) {
            put(folder, PLAN, text.as_bytes())?;
        }
        Ok(())
    }

    fn take_over(&self, job: &Job, store: &Store, other: &Path, console: &Console) -> anyhow::Result<()> {
        let blocks = other.join(BLOCKS);
        let blocks = if blocks.is_dir() { blocks } else { other.to_owned() };
        let source = job.store(&blocks).map_err(|error| file_error(error.into()))?;
        let (taken, refused) = store.merge(&source).map_err(|error| file_error(error.into()))?;
        console.say(&format!("{} from {}", counted(taken as u32, "block"), other.display()));
        for why in refused {
            console.say(&format!("left out: {why}"));
        }
        Ok(())
    }

    fn fill(&self, job: &Job, store: &Store, console: &Console) -> anyhow::Result<Filled> {
        let progress = Progress::begin(self.progress, console);
        let (divisor, unit) = cruce::report::number::file_unit(job.entries()[job.headline()].unit);
        let tell = |at: SweepProgress| {
            progress.set(at.done, at.planned);
            let points = format!("{} of {} points", at.points, job.sweep().points() + 1);
            progress.note(&match at.widest {
                widest if widest > 0.0 => format!("{points}, ± {:.2} {unit}", widest / divisor),
                _ => points,
            });
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.jobs.map_or(cores, usize::from);
        let filled = job.fill(store, self.shard.unwrap_or(Shard::ALL), threads, &tell, &interrupt::FLAG);
        progress.end();
        filled.map_err(file_error)
    }

    /// Blocks that other parts have yet to do.
    fn waits_for_others(&self, job: &Job, store: &Store) -> anyhow::Result<Option<u32>> {
        if self.shard.is_none_or(|shard| shard.of == 1) {
            return Ok(None);
        }
        // Later looks show only when the first ones are there, so the fold itself is asked.
        match job.fold(store, &mut |_| Ok(())) {
            Ok(()) => Ok(None),
            Err(SweepError::Missing(missing)) => Ok(Some(missing as u32)),
            Err(error) => Err(file_error(error)),
        }
    }

    /// Folds the blocks into tables, each put in its place when it is whole.
    fn write(&self, plan: &StudyPlan, job: &Job, store: &Store, folder: &Path) -> anyhow::Result<Overview> {
        let mut overview = Overview::default();
        let (points, values) = (report::points_sheet(job), report::sheet(job));
        let mut point_file = Draft::new(folder, "tables/points.csv", &points)?;
        let mut value_file = Draft::new(folder, "tables/sweep.csv", &values)?;
        let mut book = self.book(folder, &points, &values)?;
        let mut each = |result: PointResult| {
            overview.add(job, &result);
            let (point, values) = (report::point_row(job, &result), report::rows(job, &result));
            let written = point_file.add(&point).and_then(|()| value_file.add(&values));
            let written = written.and_then(|()| match &mut book {
                Some((book, [points_at, values_at])) => {
                    let added = book.add(*points_at, &point).and_then(|()| book.add(*values_at, &values));
                    added.with_context(|| cannot_make(WORKBOOK))
                }
                None => Ok(()),
            });
            written.map_err(|error| format!("{error:#}"))
        };
        match job.fold(store, &mut each) {
            Err(SweepError::Told(why)) => return Err(Refused(why).into()),
            folded => folded.map_err(file_error)?,
        }
        point_file.place()?;
        value_file.place()?;
        overview.end(job);
        let own = [report::sensitivity_sheet(job, overview.sensitivity()), overview.first_missed(job)];
        let own: Vec<Sheet> = own.into_iter().flatten().collect();
        for sheet in &own {
            put(folder, &format!("tables/{}.csv", sheet.name), &sheet.csv())?;
        }
        let sheets = [&points, &values].into_iter().chain(&own);
        let resources: Vec<Resource> =
            sheets.map(|sheet| Resource { path: format!("tables/{}.csv", sheet.name), sheet }).collect();
        let title = words::Language::English.text(job.sweep().title.as_ref().unwrap_or(&plan.title));
        if let Some((mut book, _)) = book {
            for sheet in &own {
                let place = book.table(sheet).with_context(|| cannot_make(WORKBOOK))?;
                book.add(place, sheet).with_context(|| cannot_make(WORKBOOK))?;
            }
            let mut read_me = read_me(title, plan, job.digest());
            read_me.facts.extend([
                ("sweep", job.sweep().name.as_str().into()),
                ("replications", job.replications().to_string().into()),
            ]);
            let bytes = book.bytes(&read_me).with_context(|| cannot_make(WORKBOOK))?;
            put(folder, WORKBOOK, &bytes)?;
        }
        let name = format!("{}-sweep-{}", file_name(&plan.name), job.sweep().name);
        put(folder, "datapackage.json", data_package(&name, title, &resources).as_bytes())?;
        let look = Look { width: 80, color: false };
        put(folder, "summary.txt", overview.text(plan, job, look).as_bytes())?;
        let object = serde_json::to_string_pretty(&overview.object(plan, job))? + "\n";
        put(folder, "summary.json", object.as_bytes())?;
        Ok(overview)
    }

    /// The workbook, if it is asked for, with the places of points and values in it. An older one is
    /// taken away: it need not be of these tables.
    fn book(
        &self,
        folder: &Path,
        points: &Sheet,
        values: &Sheet,
    ) -> anyhow::Result<Option<(Book, [usize; 2])>> {
        match fs::remove_file(folder.join(WORKBOOK)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove `{WORKBOOK}`"));
            }
            Ok(()) | Err(_) => {}
        }
        if !self.xlsx {
            return Ok(None);
        }
        let begin = || {
            let mut book = Book::streamed(folder)?;
            let places = [book.table(points)?, book.table(values)?];
            Ok::<_, cruce::report::workbook::WorkbookError>((book, places))
        };
        begin().map(Some).with_context(|| cannot_make(WORKBOOK))
    }

    fn tell_plan(
        &self,
        plan: &StudyPlan,
        job: &Job,
        folder: &Path,
        console: &Console,
    ) -> anyhow::Result<Exit> {
        let shard = self.shard.unwrap_or(Shard::ALL);
        let runs = job.planned(shard);
        let network = &plan.scenarios[plan.baseline].network;
        // The first warms up what is made once.
        let _ = run_one(network, plan.seed, 0)?;
        let began = Instant::now();
        let _ = run_one(network, plan.seed, 1)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.jobs.map_or(cores, usize::from);
        let seconds = began.elapsed().as_secs_f64() * runs as f64 / threads as f64;
        let bytes = runs * (job.entries().len() as u64 + 1) * 8
            + (job.sweep().points() + 1) * 200 * job.entries().len() as u64;
        let store = job.store(&folder.join(BLOCKS)).map_err(|error| file_error(error.into()))?;
        let missing = job.missing(&store, shard).map_err(file_error)?;
        let Replications { least, most } = job.replications();
        if console.json {
            let object = json!({
                "dry_run": true, "run": folder.display().to_string(), "digest": job.digest(),
                "points": job.sweep().points(), "replications": { "least": least, "most": most },
                "runs": runs, "missing_blocks": missing, "seconds": seconds, "bytes": bytes,
            });
            console.object(Exit::Done, object)?;
            return Ok(Exit::Done);
        }
        let most_told =
            if job.target().is_some() && most > least { format!(" (up to {most})") } else { String::new() };
        console.data(&format!(
            "would run {} and the baseline, {} each{most_told}: {runs} runs at least\n\
             about {} on {}, {:.1} MB on disk\n\
             {} missing in {}\n",
            counted(job.sweep().points() as u32, "point"),
            counted(least, "replication"),
            duration(seconds),
            counted(threads as u32, "thread"),
            bytes as f64 / 1e6,
            counted(missing as u32, "block"),
            folder.display(),
        ))?;
        Ok(Exit::Done)
    }

    fn rest(&self) -> String {
        let mut words = vec![self.study.typed()];
        words.extend(self.name.as_ref().map(|name| format!(" --name {name}")));
        words.extend(self.reps.map(|reps| format!(" --reps {reps}")));
        words.extend(self.output.as_deref().map(|folder| format!(" -o {}", shell_word(folder))));
        words.extend(self.xlsx.then(|| " --xlsx".to_owned()));
        words.concat()
    }

    /// The command as it was typed: run again, it goes on.
    fn typed(&self) -> String {
        let shard = self.shard.map(|shard| format!(" --shard {}/{}", shard.part + 1, shard.of));
        let jobs = self.jobs.map(|jobs| format!(" --jobs {jobs}"));
        format!("cruce sweep{}{}{}", self.rest(), shard.unwrap_or_default(), jobs.unwrap_or_default())
    }
}

/// Whether an entry of a folder is one that a sweep makes before it says what the folder is for.
fn is_a_beginning(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    match name.to_string_lossy().as_ref() {
        Lock::NAME => true,
        BLOCKS => fs::read_dir(entry.path()).is_ok_and(|mut blocks| blocks.next().is_none()),
        name => name.starts_with("sweep.") && name.ends_with(".part"),
    }
}

/// Takes away what programs left behind that were stopped while they wrote, if no other is at work.
fn tidy(lock: Lock, folder: &Path, store: &Store) {
    lock.alone(|| {
        store.sweep_up();
        for folder in [folder.to_owned(), folder.join("tables")] {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let parts = entries.map(|entry| entry.path());
            for part in parts.filter(|path| path.extension().is_some_and(|end| end == "part")) {
                let _ = fs::remove_file(part);
            }
        }
    });
}

/// A table that is being written beside its place.
struct Draft {
    part: PathBuf,
    place: PathBuf,
    file: BufWriter<File>,
}

impl Draft {
    fn new(folder: &Path, name: &str, sheet: &Sheet) -> anyhow::Result<Draft> {
        let (part, place) = places(folder, name)?;
        let file = File::create(&part).with_context(|| format!("cannot write `{}`", place.display()))?;
        let mut draft = Draft { part, place, file: BufWriter::new(file) };
        draft.file.write_all(&sheet.head()).with_context(|| format!("cannot write `{name}`"))?;
        Ok(draft)
    }

    fn add(&mut self, rows: &Sheet) -> anyhow::Result<()> {
        self.file.write_all(&rows.body()).with_context(|| format!("cannot write `{}`", self.place.display()))
    }

    fn place(mut self) -> anyhow::Result<()> {
        let cannot = || format!("cannot write `{}`", self.place.display());
        self.file.flush().with_context(cannot)?;
        self.file.get_ref().sync_all().with_context(cannot)?;
        fs::rename(&self.part, &self.place).with_context(cannot)
    }
}

/// Where a file of a folder is written, and where it then stands.
fn places(folder: &Path, name: &str) -> anyhow::Result<(PathBuf, PathBuf)> {
    debug_assert!(RESULTS.contains(&name));
    let place = name.split('/').fold(folder.to_owned(), |path, part| path.join(part));
    let parent = place.parent().context("a file stands in a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
    let part = place.with_extension(format!("{}.part", std::process::id()));
    Ok((part, place))
}

/// Writes a file beside its place and puts it there when it is whole.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let (part, place) = places(folder, name)?;
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(&part, &place))
        .with_context(|| format!("cannot write `{}`", place.display()))
}

/// `3 min`, `2.5 h`: an estimate.
fn duration(seconds: f64) -> String {
    let seconds = Duration::from_secs_f64(seconds).as_secs_f64();
    match seconds {
        short if short < 90.0 => format!("{:.0} s", short.max(1.0).ceil()),
        middle if middle < 5_400.0 => format!("{:.0} min", middle / 60.0),
        long if long < 172_800.0 => format!("{:.1} h", long / 3_600.0),
        long => format!("{:.1} days", long / 86_400.0),
    }
}

/// What the file system did is told as such.
fn file_error(error: SweepError) -> anyhow::Error {
    match error {
        SweepError::Store(StoreError::Conflict { .. }) => Refused(error.to_string()).into(),
        error => error.into(),
    }
}

fn unknown_measure(sweep: &model::Sweep, unknown: &UnknownMeasure) -> Diagnostic {
    let message = format!("`sweep.{}.measures` cannot be told: {}", sweep.name, unknown.why);
    let found = Diagnostic::error("E0360", message).at(Some(sweep.place.clone()), unknown.expected);
    found.help(match unknown.suggestions.as_slice() {
        [] => "`tables/measures.csv` of any run lists all measures".to_owned(),
        like => format!("did you mean `{}`?", like.join("`, `")),
    })
}
