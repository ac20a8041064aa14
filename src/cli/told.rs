//! What a run came to, for pages and figures: as `run` has it, or read again from its folder.
//!
//! Nothing is simulated again but one replication, truck by truck. Start at [`Read::open`].

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use cruce::experiment::{self, Options, RunError, StudyResult, Typical};
use cruce::report::figure::{Story, SweepTables};
use cruce::report::words::Language;
use cruce::report::{Notice, html, notices};
use cruce::scenario::plan::StudyPlan;
use cruce::scenario::{Loaded, Overrides};
use serde_json::Value;

use super::exit::Refused;
use super::folder::{MANIFEST, MANIFEST_SCHEMA};
use super::kept::BLOCKS;
use super::repeat::Recipe;
use super::study::check_measures;

/// A run, in memory.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub plan: &'a StudyPlan,
    pub result: &'a StudyResult,
    pub notices: &'a [Notice],
    pub recipe: &'a Recipe,
}

impl Told<'_> {
    /// The page, opening in this language.
    ///
    /// # Errors
    ///
    /// When a replication cannot be looked into.
    pub fn page(&self, language: Language, sweeps: &[SweepTables]) -> anyhow::Result<String> {
        self.with_story(sweeps, |story| html::page(story, language))
    }

    /// Hands on all that pages and figures tell.
    ///
    /// # Errors
    ///
    /// When a replication cannot be looked into.
    pub fn with_story<T>(
        &self,
        sweeps: &[SweepTables],
        use_it: impl FnOnce(&Story) -> T,
    ) -> anyhow::Result<T> {
        let typical: Option<Typical> = experiment::typical(self.plan, self.result)?;
        let inputs: Vec<(String, String)> =
            self.recipe.files.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
        Ok(use_it(&Story {
            plan: self.plan,
            result: self.result,
            notices: self.notices,
            typical: typical.as_ref(),
            inputs: &inputs,
            sweeps,
            command: &self.recipe.command(),
        }))
    }
}

/// A run read from its folder.
pub struct Read {
    loaded: Loaded,
    result: StudyResult,
    notices: Vec<Notice>,
    /// What repeats it.
    pub recipe: Recipe,
}

impl Read {
    /// Reads a run folder.
    ///
    /// # Errors
    ///
    /// When it is no run folder, is not complete, or is of another version.
    pub fn open(folder: &Path) -> anyhow::Result<Read> {
        let shown = folder.display();
        let mut recipe = Recipe::of_folder(folder)?;
        let manifest = std::fs::read(folder.join(MANIFEST));
        let manifest = manifest.with_context(|| format!("cannot read `{shown}/{MANIFEST}`"))?;
        let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
        let refuse = |why: &str| {
            let output = super::init::shell_word(folder);
            let message = format!("`{shown}` {why}; run the study again: {} -o {output}", recipe.command());
            Err(Refused(message).into())
        };
        if manifest["schema"] != MANIFEST_SCHEMA || manifest["verb"] != "run" {
            return refuse("is no folder of `cruce run`");
        }
        if manifest["status"] != "complete" {
            return refuse("holds an interrupted run");
        }
        let mut loaded = recipe.load(&recipe.overrides(Overrides::default()));
        check_measures(&mut loaded);
        let Some(plan) = &loaded.plan else { return refuse("holds a study that this version does not read") };
        if manifest["digest"] != plan.digest.as_str() || manifest["version"] != env!("CARGO_PKG_VERSION") {
            return refuse("was written by another version of cruce, or changed since");
        }
        let options = Options { only: recipe.only, ..Options::default() };
        let never = AtomicBool::new(false);
        let ran = match recipe.only {
            Some(_) => experiment::run(plan, &options, &|_| {}, &never),
            None => experiment::resume(plan, &options, &folder.join(BLOCKS), &|_| {}, &never)
                .map(|(result, _)| result),
        };
        let result = match ran {
            Err(RunError::NotKept(why)) => return Err(Refused(why).into()),
            ran => ran?,
        };
        let notices = notices(&loaded.diagnostics, &loaded.sources, Some(&result));
        recipe.keep_only_read(&loaded);
        Ok(Read { loaded, result, notices, recipe })
    }

    /// As pages and figures take it.
    pub fn told(&self) -> Told<'_> {
        let plan = self.loaded.plan.as_ref().expect("it was looked at when it was read");
        Told { plan, result: &self.result, notices: &self.notices, recipe: &self.recipe }
    }
}
