//! `manifest.json`: what made a run folder. The only file in it that tells date, time and machine.
//!
//! Start at [`manifest`].

use std::time::Instant;

use cruce::experiment::StudyResult;
use cruce::scenario::diagnostic::Sources;
use cruce::scenario::digest::{FORMAT_VERSION, MODEL_VERSION, fingerprint};
use cruce::scenario::plan::StudyPlan;
use serde_json::{Value, json};

use super::folder::MANIFEST_SCHEMA;

/// When the work began.
pub struct Clock {
    began: Instant,
    date: jiff::Timestamp,
}

impl Clock {
    /// Now.
    pub fn start() -> Clock {
        Clock { began: Instant::now(), date: jiff::Timestamp::now() }
    }
}

/// The text of the manifest of a folder that holds `files`; `about` is an object of what is its own.
pub fn manifest(
    sources: &Sources,
    plan: &StudyPlan,
    about: Value,
    files: &[String],
    jobs: Option<u16>,
    clock: &Clock,
) -> anyhow::Result<String> {
    let inputs: Vec<Value> = sources
        .iter()
        .map(|(name, text)| json!({ "name": name, "bytes": text.len(), "fnv1a_128": fingerprint(text.as_bytes()) }))
        .collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let command: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let mut manifest = json!({
        "schema": MANIFEST_SCHEMA,
        "study": plan.name,
        "digest": plan.digest,
        "seed": plan.seed,
        "version": env!("CARGO_PKG_VERSION"),
        "format_version": FORMAT_VERSION,
        "model_version": MODEL_VERSION,
        "command": command,
        "inputs": inputs,
        "files": files,
        "os": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "threads": jobs.map_or(cores, usize::from),
        "started": clock.date.to_string(),
        "seconds": clock.began.elapsed().as_secs_f64(),
    });
    for (key, value) in about.as_object().into_iter().flatten() {
        manifest[key] = value.clone();
    }
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

/// What the manifest of a run has of its own.
pub fn about_run(plan: &StudyPlan, result: &StudyResult) -> Value {
    let demand: serde_json::Map<String, Value> = (plan.scenarios.iter())
        .map(|scenario| {
            (scenario.name.clone(), fingerprint(scenario.network.trucks_text().as_bytes()).into())
        })
        .collect();
    json!({
        "status": if result.interrupted { "interrupted" } else { "complete" },
        "verb": "run",
        "replications": result.replications,
        "baseline": plan.scenarios[plan.baseline].name,
        "first_replication": result.first_replication,
        "headline": result.entries[result.headline].name,
        "too_small": result.too_small,
        "demand": demand,
        "scenarios": plan.scenarios.iter().map(|scenario| scenario.name.as_str()).collect::<Vec<_>>(),
    })
}
