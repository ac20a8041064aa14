//! One typed study per scenario, in which every value knows where it comes from.
//!
//! Start at [`Resolved`].

use std::collections::BTreeMap;

use super::diagnostic::Place;
use super::file::Study;
use super::phrase::{DistSpec, LawSpec};
use crate::dist::Dist;

/// A scenario after inheritance and overrides.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// As in the file.
    pub name: String,
    /// All its values. Of the section `scenario` only its own entry is left.
    pub study: Study,
    /// Where each value comes from.
    pub origins: Origins,
    /// What its phrases read from files.
    pub files: Files,
}

/// Where values come from, by dotted path: `station.primary.lanes.standard.servers`.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    leaves: BTreeMap<String, Leaf>,
    tables: BTreeMap<String, Place>,
}

/// A value, its text and its origin.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// As written, or as an override made it.
    pub text: String,
    /// The same value always reads the same here: `"90 s"` is `1.5 min`.
    pub canonical: String,
    /// Where it is written.
    pub place: Place,
    /// The scenario that set it, and how; `None` when the base file did.
    pub set_by: Option<String>,
}

impl Origins {
    /// Place of the value at a path, else of its nearest ancestor that has one.
    pub fn place(&self, path: &str) -> Option<Place> {
        let mut path = path;
        loop {
            if let Some(place) =
                self.leaves.get(path).map(|leaf| &leaf.place).or_else(|| self.tables.get(path))
            {
                return Some(place.clone());
            }
            path = &path[..path.rfind('.')?];
        }
    }

    /// The value at a path as written, after overrides.
    pub fn text(&self, path: &str) -> Option<String> {
        self.leaves.get(path).map(|leaf| leaf.text.clone())
    }

    /// The value at a path in its canonical spelling.
    pub fn canonical(&self, path: &str) -> Option<&str> {
        self.leaves.get(path).map(|leaf| leaf.canonical.as_str())
    }

    /// All values, in order of their paths.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.leaves.keys().map(String::as_str)
    }
}

/// Contents of the CSV files that phrases name: `empirical("batch.csv")`.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Values (seconds for durations) with weights that sum to 1, values increasing.
    points: BTreeMap<String, Vec<(f64, f64)>>,
}

impl Files {
    /// File names with their values and weights, in name order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[(f64, f64)])> {
        self.points.iter().map(|(name, points)| (name.as_str(), points.as_slice()))
    }
}

impl DistSpec {
    /// The law, with what it reads from files.
    ///
    /// # Errors
    /// A sentence when a file is not among `files`.
    pub fn dist(&self, files: &Files) -> Result<Dist, String> {
        dist_of(&self.law, files)
    }
}

fn dist_of(law: &LawSpec, files: &Files) -> Result<Dist, String> {
    match law {
        LawSpec::Plain(dist) => Ok(dist.clone()),
        LawSpec::Empirical { file, scale } => {
            let points = files.points.get(file).ok_or_else(|| format!("`{file}` was not read"))?;
            Ok(Dist::Empirical(points.iter().map(|&(value, weight)| (value * scale, weight)).collect()))
        }
        LawSpec::Mixture(parts) => {
            let parts = parts.iter().map(|(weight, law)| Ok((*weight, dist_of(law, files)?)));
            Ok(Dist::Mixture(parts.collect::<Result<_, String>>()?))
        }
    }
}
