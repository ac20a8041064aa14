//! cruce compares plans for a US–Mexico truck crossing on the same simulated trucks: which plan is
//! better, by how much, how sure, and who loses.
//!
//! A scenario file becomes a plan ([`scenario::load`]), a plan is run ([`experiment::run`]), and the
//! results are plain data that [`report`] puts into words, tables and JSON. The library prints
//! nothing and never exits.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use cruce::{experiment, scenario};
//!
//! let study = scenario::load_text("one-booth", r#"
//! format = 1
//! [study]
//! title      = "Is a second booth worth it?"
//! start      = "2024-03-05"
//! run_length = "1 day"
//! baseline   = "one"
//! [precision]
//! replications = 4
//! [class.truck]
//! share = "100 % of trucks"
//! [demand.north]
//! entry  = "booth"
//! volume = "20 trucks/h"
//! [station.booth]
//! lanes.all = { servers = 1 }
//! service   = "exponential(mean = 2 min)"
//! next      = "exit"
//! [scenario.one]
//! [scenario.two]
//! set."station.booth.lanes.all.servers" = "+1"
//! "#);
//! let plan = study.plan.expect("no mistakes in the file");
//! let cancel = AtomicBool::new(false);
//! let results = experiment::run(&plan, &experiment::Options::default(), &|_| {}, &cancel)?;
//! let gain = results.comparisons[0].paired[results.headline].difference.mean;
//! assert!(gain.is_some_and(|seconds| seconds < -60.0));
//! # Ok::<(), experiment::RunError>(())
//! ```
//!
//! # Modules, from the ground up
//!
//! - [`kernel`]: a discrete-event kernel that has never heard of trucks; addressed draws.
//! - [`dist`]: probability distributions, all sampled by inversion.
//! - [`stats`]: collectors and estimates; knows numbers and time, nothing else.
//! - [`model`]: what a crossing is: stations, lanes, roads, officers, trucks.
//! - [`measure`]: the catalogue of measures, and the observer that fills it.
//! - [`scenario`]: from a file to a network ready to run; every mistake found in one pass.
//! - [`experiment`]: replications, paired comparisons, verdicts.
//! - [`report`]: results into text, CSV, JSON, figures and a page in two languages: pure functions.

pub mod dist;
pub mod experiment;
pub mod kernel;
pub mod measure;
pub mod model;
pub mod report;
pub mod scenario;
pub mod stats;
