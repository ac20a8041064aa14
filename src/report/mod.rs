//! Results into text, CSV, JSON, a workbook, figures and a page: pure functions of what `experiment` found.
//!
//! `summary` writes what a person reads on a terminal, `tables` the tidy tables of the run folder,
//! `workbook` all of them for a spreadsheet, `package` what their columns mean, `json` the one
//! documented object, `outline` what a scenario says without running it. `html` is the page to email, `figure` its
//! pictures, `replay` the data of its moving one, `said` its words in both languages. Nothing here prints, reads a
//! file, or computes an estimate: a report only shows. Start at [`summary::summary`].

pub mod compare;
pub mod figure;
pub mod html;
pub mod json;
pub mod layout;
mod money;
mod notice;
pub mod number;
pub mod optimize;
pub mod outline;
mod outlook;
pub mod package;
pub mod replay;
pub mod said;
mod security;
pub mod sheet;
pub mod summary;
pub mod sweep;
pub mod tables;
pub mod words;
pub mod workbook;
mod worlds;

pub use notice::{Notice, notices};
