//! A digest of what decides a result: the same on any machine, for ever.
//!
//! 128-bit FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv) over the resolved values of every
//! scenario in path order, in their canonical spelling, with the tables that phrases read, the seed,
//! the plan of replications, and the versions of format and model. Titles, sources, comments, goals,
//! observations, the order of tables and the places of files do not enter. It guards against
//! mixing results up, not against forgery. Start at [`digest`].

use super::file::{Precision, Study};
use super::phrase::Replications;
use super::resolve::Resolved;

/// Version of the scenario format.
pub const FORMAT_VERSION: u64 = 1;

/// Version of the model: raised whenever the same values give other results.
pub const MODEL_VERSION: u64 = 1;

/// FNV-1a with 128 bits; every item is ended, so that items cannot run into one another.
struct Hash(u128);

impl Hash {
    fn new() -> Self {
        Hash(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }
}

/// 32 hexadecimal digits over the bytes of a file, to tell whether it has changed.
pub fn fingerprint(bytes: &[u8]) -> String {
    let mut hash = Hash::new();
    hash.bytes(bytes);
    format!("{:032x}", hash.0)
}

/// 32 hexadecimal digits over what decides the results of these scenarios.
pub fn digest(resolved: &[Resolved]) -> String {
    let mut hash = Hash::new();
    hash.number(FORMAT_VERSION);
    hash.number(MODEL_VERSION);
    if let Some(first) = resolved.first() {
        add_plan(&mut hash, &first.study);
    }
    for scenario in resolved {
        hash.text(&scenario.name);
        for path in scenario.origins.paths().filter(|path| decides(path)) {
            hash.text(path);
            hash.text(scenario.origins.canonical(path).unwrap_or_default());
        }
        for (name, points) in scenario.files.iter() {
            hash.text(name);
            for (value, weight) in points {
                hash.number(value.to_bits());
                hash.number(weight.to_bits());
            }
        }
    }
    format!("{:032x}", hash.0)
}

/// 32 hexadecimal digits over what decides the points of a sweep: the digest of its study, its design, and
/// the levels of its factors.
pub fn digest_of_sweep(
    study: &str,
    name: &str,
    design: &str,
    scenarios: &[&str],
    factors: &[(&str, Vec<String>)],
    replications: &Replications,
) -> String {
    let mut hash = Hash::new();
    for text in [study, name, design] {
        hash.text(text);
    }
    hash.number(scenarios.len() as u64);
    scenarios.iter().for_each(|scenario| hash.text(scenario));
    for (path, levels) in factors {
        hash.text(path);
        hash.number(levels.len() as u64);
        levels.iter().for_each(|level| hash.text(level));
    }
    hash.number(u64::from(replications.least));
    hash.number(u64::from(replications.most));
    format!("{:032x}", hash.0)
}

fn add_plan(hash: &mut Hash, study: &Study) {
    // Worlds add to the digest only where inputs are uncertain.
    let Precision { replications, target, too_small, worlds: _, replications_per_world: _ } =
        &study.precision;
    hash.number(study.study.seed);
    hash.number(u64::from(replications.least));
    hash.number(u64::from(replications.most));
    match target {
        None => hash.number(0),
        Some(target) => {
            hash.text(&target.measure);
            hash.number(target.half_width.to_bits());
        }
    }
    hash.number(too_small.map_or(u64::MAX, |small| small.0.micros() as u64));
}

/// Sections that tell what a crossing is and what it is worth.
pub const OF_THE_MODEL: [&str; 12] = [
    "air",
    "border_wait",
    "class",
    "demand",
    "event",
    "failure",
    "manifest",
    "money",
    "officers",
    "road",
    "station",
    "violation",
];

/// Whether the value of a path can change a result.
fn decides(path: &str) -> bool {
    let (table, rest) = path.split_once('.').unwrap_or((path, ""));
    let observed = table == "border_wait" && (rest.starts_with("observed") || rest.starts_with("check"));
    match table {
        _ if OF_THE_MODEL.contains(&table) => !observed && !is_title(path),
        "study" => matches!(rest, "time_zone" | "start" | "run_length" | "warm_up" | "end"),
        _ => false,
    }
}

/// Whether a path is the title of a class, or of one in one language.
pub fn is_title(path: &str) -> bool {
    path.starts_with("class.") && path.split('.').nth(2) == Some("title")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::schema::{self, Shape};

    #[test]
    fn known_answers_of_the_hash() {
        // "" and "a", from the FNV draft's test vectors.
        assert_eq!(format!("{:032x}", Hash::new().0), "6c62272e07bb014262b821756295c58d");
        let mut hash = Hash::new();
        hash.bytes(b"a");
        assert_eq!(format!("{:032x}", hash.0), "d228cb696f1a8caf78912b704e4a8964");
    }

    /// A section is of the model, or it tells how a study is run and told.
    #[test]
    fn no_section_is_forgotten() {
        let Shape::Record(sections) = schema::study() else { panic!("a study has sections") };
        let told =
            ["format", "goals", "optimize", "precision", "scenario", "source", "study", "sweep", "uncertain"];
        let known: Vec<&str> = sections.keys().map(String::as_str).collect();
        let mut listed: Vec<&str> = OF_THE_MODEL.into_iter().chain(told).collect();
        listed.sort_unstable();
        assert_eq!(known, listed);
    }

    #[test]
    fn titles_sources_and_observations_do_not_decide() {
        for path in
            ["station.primary.lanes.standard.servers", "study.start", "border_wait.from", "class.fast.share"]
        {
            assert!(decides(path), "{path}");
        }
        for path in [
            "study.title",
            "class.fast.title.en",
            "source.x",
            "goals.x",
            "border_wait.observed.fast.8",
            "study.seed",
        ] {
            assert!(!decides(path), "{path}");
        }
    }
}
