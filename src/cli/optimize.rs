//! `cruce optimize`: the candidate with the fewest officer-hours, say, that meets the goals.
//!
//! Start at [`Optimize::perform`], which names the stages.

use std::path::{Path, PathBuf};

use clap::Args;
use cruce::experiment::UnknownMeasure;
use cruce::experiment::optimize::{MOST_SEARCHED, Optimum, Search, SearchError, SearchProgress};
use cruce::report::layout::Look;
use cruce::report::optimize as report;
use cruce::report::package::{Resource, data_package};
use cruce::report::words;
use cruce::scenario::Loaded;
use cruce::scenario::diagnostic::Diagnostic;
use cruce::scenario::optimize as model;
use cruce::scenario::phrase::Replications;
use cruce::scenario::plan::StudyPlan;
use serde_json::json;

use super::Exit;
use super::console::Console;
use super::exit::{Refused, WrongUsage};
use super::folder::{self, RunFolder, Standing};
use super::init::shell_word;
use super::interrupt;
use super::manifest::{Clock, manifest};
use super::progress::{Progress, When};
use super::run::{file_name, replications};
use super::study::{self, StudyArguments};

/// Find the fewest officer-hours, or the least of another measure, that meet the goals
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce optimize my-study                   its only search
  cruce optimize my-study --name staffing   one of several
  cruce optimize my-study --dry-run         how many candidates there are",
    after_help = super::exit::TABLE
)]
pub struct Optimize {
    #[command(flatten)]
    study: StudyArguments,
    /// Which search of the study
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Replications of a candidate: for the first decision, and at most
    #[arg(long, value_name = "N", value_parser = replications)]
    reps: Option<Replications>,
    /// Threads [default: one per core]; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Folder [default: runs/STUDY-optimize-NAME-DIGEST]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Replace a run that stands in the folder
    #[arg(long)]
    force: bool,
    /// Tell how many candidates there are, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// When to show how far the work is
    #[arg(long, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    progress: When,
}

impl Optimize {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let clock = Clock::start();
        let mut loaded = self.study.load(None)?;
        let chosen = self.choose(&loaded)?;
        if let Some(place) = chosen {
            let found = loaded.searches[place].check();
            if found.iter().any(Diagnostic::is_error) {
                loaded.plan = None;
            }
            loaded.diagnostics.extend(found);
        }
        let (Some(plan), Some(place)) = (&loaded.plan, chosen) else {
            return study::refuse(&loaded, console);
        };
        let search = match Search::new(&loaded.searches[place], plan, self.reps) {
            Ok(search) => search,
            Err(error) => {
                let found = mistakes(&loaded.searches[place], &error);
                loaded.diagnostics.extend(found);
                return study::refuse(&loaded, console);
            }
        };
        let target = self.target(plan, &search);
        if let Standing::Run { digest, .. } = folder::standing(&target)?
            && digest != search.digest()
            && !self.force
        {
            let shown = target.display();
            let message =
                format!("`{shown}` holds another run; --force replaces it, -o names another folder");
            return Err(Refused(message).into());
        }
        if self.dry_run {
            return self.tell_plan(&search, &target, console);
        }
        let folder = RunFolder::draft(&target)?;
        let Some(optimum) = self.find(&search, console)? else {
            console.say("interrupted; nothing was written");
            return Ok(Exit::Interrupted);
        };
        self.write(folder, &loaded, plan, &search, &optimum, &clock)?;
        let exit = if optimum.failed().next().is_some() { Exit::Failed } else { Exit::Done };
        if console.json {
            let mut object = report::object(plan, &search, &optimum);
            object["run"] = target.display().to_string().into();
            console.object(exit, object)?;
        } else {
            console.data(&report::text(plan, &search, &optimum, console.out))?;
        }
        console.say(&format!("files: {}", target.display()));
        console.next(&format!("open {}", shell_word(&target.join("tables/candidates.csv"))));
        Ok(exit)
    }

    /// The place of the search that is asked for; `None` when the study has mistakes.
    fn choose(&self, loaded: &Loaded) -> anyhow::Result<Option<usize>> {
        if loaded.diagnostics.iter().any(Diagnostic::is_error) {
            return Ok(None);
        }
        let names: Vec<&str> = loaded.searches.iter().map(|search| search.name.as_str()).collect();
        let example =
            "add a section such as `[optimize.staffing]` with `vary.\"officers.cbp.on_duty\" = \"4..8\"`";
        study::chosen("search", &names, self.name.as_deref(), example).map_err(|why| WrongUsage(why).into())
    }

    fn target(&self, plan: &StudyPlan, search: &Search) -> PathBuf {
        self.output.clone().unwrap_or_else(|| {
            let digest = search.digest().get(..8).unwrap_or_default();
            let name = &search.optimize().name;
            Path::new("runs").join(format!("{}-optimize-{name}-{digest}", file_name(&plan.name)))
        })
    }

    fn find(&self, search: &Search, console: &Console) -> anyhow::Result<Option<Optimum>> {
        let progress = Progress::begin(self.progress, console);
        let tell = |at: SearchProgress| {
            progress.set(at.done, at.planned);
            progress.note(&format!("{} candidates left", at.left));
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.jobs.map_or(cores, usize::from);
        let found = search.run(threads, &tell, &interrupt::FLAG);
        progress.end();
        Ok(found?)
    }

    fn write(
        &self,
        mut folder: RunFolder,
        loaded: &Loaded,
        plan: &StudyPlan,
        search: &Search,
        optimum: &Optimum,
        clock: &Clock,
    ) -> anyhow::Result<()> {
        let sheet = report::sheet(search, optimum);
        let path = format!("tables/{}.csv", sheet.name);
        folder.write(&path, &sheet.csv())?;
        let title = words::Language::English.text(search.optimize().title.as_ref().unwrap_or(&plan.title));
        let name = format!("{}-optimize-{}", file_name(&plan.name), search.optimize().name);
        let package = data_package(&name, title, &[Resource { path, sheet: &sheet }]);
        folder.write("datapackage.json", package.as_bytes())?;
        let look = Look { width: 80, color: false };
        folder.write("summary.txt", report::text(plan, search, optimum, look).as_bytes())?;
        let object = serde_json::to_string_pretty(&report::object(plan, search, optimum))? + "\n";
        folder.write("summary.json", object.as_bytes())?;
        let about = json!({
            "status": "complete",
            "verb": "optimize",
            "search": search.optimize().name,
            "digest": search.digest(),
            "replications": search.replications().to_string(),
        });
        let text = manifest(&loaded.sources, plan, about, folder.files(), self.jobs, clock)?;
        folder.write(folder::MANIFEST, text.as_bytes())?;
        folder.place()
    }

    fn tell_plan(&self, search: &Search, target: &Path, console: &Console) -> anyhow::Result<Exit> {
        let candidates = search.optimize().candidates();
        let folder = target.display().to_string();
        if console.json {
            let object = json!({
                "dry_run": true,
                "run": folder,
                "digest": search.digest(),
                "candidates": candidates.to_string(),
                "compares_all": search.compares_all(),
                "replications": search.replications().to_string(),
            });
            console.object(Exit::Done, object)?;
        } else {
            let manner = match search.compares_all() {
                true => "all are compared".to_owned(),
                false => format!("a search tries up to {MOST_SEARCHED}"),
            };
            let Replications { least, most } = search.replications();
            console.data(&format!(
                "would choose among {candidates} candidates ({manner})\n{least} to {most} replications of each\nwould write {folder}\n"
            ))?;
        }
        Ok(Exit::Done)
    }
}

/// What is wrong with a search, where it stands.
fn mistakes(search: &model::Optimize, error: &SearchError) -> Vec<Diagnostic> {
    let name = &search.name;
    match error {
        SearchError::UnknownMeasures(unknown) => {
            unknown.iter().map(|unknown| unknown_measure(search, unknown)).collect()
        }
        SearchError::NoGoals => {
            let message = format!("search `{name}` has no goals to meet");
            let told =
                Diagnostic::error("E0361", message).at(Some(search.place.clone()), "fewest, but of which?");
            vec![
                told.help("say what must be reached: `[goals]` with `\"crossing_time.p95\" = \"<= 60 min\"`"),
            ]
        }
        SearchError::Present(..) | SearchError::Broken { .. } => {
            vec![Diagnostic::error("E0361", error.to_string()).at(Some(search.place.clone()), "")]
        }
    }
}

fn unknown_measure(search: &model::Optimize, unknown: &UnknownMeasure) -> Diagnostic {
    let key = match unknown.key {
        "goals" => "goals".to_owned(),
        key => format!("optimize.{}.{key}", search.name),
    };
    let message = format!("`{key}` cannot be told: {}", unknown.why);
    let found = Diagnostic::error("E0360", message).at(Some(search.place.clone()), unknown.expected);
    found.help(match (unknown.help.as_str(), unknown.suggestions.as_slice()) {
        ("", []) => "`tables/measures.csv` of any run lists all measures".to_owned(),
        ("", like) => format!("did you mean `{}`?", like.join("`, `")),
        (help, _) => help.to_owned(),
    })
}
