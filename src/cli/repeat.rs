//! What repeats a run: the files of its study and what was typed beside them, in the run folder and in `study.zip`.
//!
//! `study/` holds the files as they were read, [`RECIPE`] their study's name and the overrides. From them, and the
//! stored replications, a report is made later without simulating; from them alone, a run is repeated to the same
//! bytes. It does not know what a report is. Start at [`Recipe`].

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Component, Path};

use anyhow::Context;
use cruce::scenario::limit::LARGEST_FILE;
use cruce::scenario::phrase::Replications;
use cruce::scenario::{self, COMMAND_LINE, Loaded, Overrides, STUDY_FILE};
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::exit::Refused;
use super::folder::list;
use super::init::{quoted_word, shell_word};

/// What was typed, and how the study is called.
pub const RECIPE: &str = "recipe.json";
/// The folder of the study's files.
pub const FILES: &str = "study";
/// What a recipe of ours says in its field `schema`.
const SCHEMA: &str = "cruce.recipe/1";
/// More files than this are no bundle of ours.
const MOST_FILES: usize = 400;
/// Nor are more bytes than these, of all files together.
const MOST_BYTES: usize = 64 << 20;
/// No study has a longer name.
const LONGEST_NAME: usize = 200;

/// A study with all that was typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    schema: String,
    /// Name of the study.
    pub study: String,
    /// Its file with the scenarios.
    pub file: String,
    /// `--set`.
    #[serde(default)]
    pub set: Vec<(String, String)>,
    /// `--seed`.
    #[serde(default)]
    pub seed: Option<u64>,
    /// `--scenario`.
    #[serde(default)]
    pub scenarios: Vec<String>,
    /// `--reps`, least and most.
    #[serde(default)]
    pub replications: Option<(u32, u32)>,
    /// `--replication`.
    #[serde(default)]
    pub only: Option<u32>,
    /// Texts of the files by name.
    #[serde(skip)]
    pub files: BTreeMap<String, String>,
}

impl Recipe {
    /// Of a study that was read with these overrides.
    pub fn of(study: &str, loaded: &Loaded, overrides: &Overrides, only: Option<u32>) -> Recipe {
        let files: Vec<(&str, &str)> =
            loaded.sources.iter().filter(|(name, _)| *name != COMMAND_LINE).collect();
        let file = files.first().map_or("", |(name, _)| name).to_owned();
        Recipe {
            schema: SCHEMA.to_owned(),
            study: study.to_owned(),
            file,
            set: overrides.set.clone(),
            seed: overrides.seed,
            scenarios: overrides.scenarios.clone(),
            replications: overrides.replications.map(|all| (all.least, all.most)),
            only,
            files: files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
        }
    }

    /// What was typed, with more of it: what is given now comes last or instead.
    pub fn overrides(&self, more: Overrides) -> Overrides {
        let kept = self.replications.map(|(least, most)| Replications { least, most });
        Overrides {
            set: self.set.iter().cloned().chain(more.set).collect(),
            seed: more.seed.or(self.seed),
            scenarios: if more.scenarios.is_empty() { self.scenarios.clone() } else { more.scenarios },
            replications: more.replications.or(kept),
        }
    }

    /// Reads and checks the study, with these overrides.
    pub fn load(&self, overrides: &Overrides) -> Loaded {
        scenario::load_files(&self.study, &self.file, self.files.clone(), overrides)
    }

    /// The command that does the same run from the study's folder.
    pub fn command(&self) -> String {
        let what = if self.file == STUDY_FILE { &self.study } else { &self.file };
        let mut words = vec!["cruce run".to_owned(), shell_word(Path::new(what))];
        for (key, value) in &self.set {
            words.extend(["--set".to_owned(), quoted_word(&format!("{key}={value}"))]);
        }
        words.extend(self.seed.map(|seed| format!("--seed {seed}")));
        if !self.scenarios.is_empty() {
            words.push(format!("--scenario {}", quoted_word(&self.scenarios.join(","))));
        }
        words.extend(self.replications.map(|(least, most)| match least == most {
            true => format!("--reps {most}"),
            false => format!("--reps {least}..{most}"),
        }));
        words.extend(self.only.map(|number| format!("--replication {number}")));
        words.join(" ")
    }

    /// The recipe and the files, by their names in a run folder.
    pub fn parts(&self) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
        let recipe = serde_json::to_string_pretty(self)? + "\n";
        let files =
            self.files.iter().map(|(name, text)| (format!("{FILES}/{name}"), text.clone().into_bytes()));
        Ok(std::iter::once((RECIPE.to_owned(), recipe.into_bytes())).chain(files).collect())
    }

    /// The recipe of a run folder.
    ///
    /// # Errors
    ///
    /// When the folder has none, or it cannot be read.
    pub fn of_folder(folder: &Path) -> anyhow::Result<Recipe> {
        let shown = folder.display();
        let text = match fs::read(folder.join(RECIPE)) {
            Ok(text) => text,
            Err(_) if !folder.exists() => {
                return Err(Refused(format!("there is no run folder `{shown}`")).into());
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let message = format!(
                    "`{shown}` is no run folder that a report can be made of: it has no `{RECIPE}`; `cruce run` makes one"
                );
                return Err(Refused(message).into());
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read `{shown}/{RECIPE}`")),
        };
        let mut recipe = understood(&text, &format!("{shown}/{RECIPE}"))?;
        let home = folder.join(FILES);
        let mut names = Vec::new();
        list(&home, "", &mut names).with_context(|| format!("cannot read `{}`", home.display()))?;
        names.sort();
        names.truncate(MOST_FILES);
        for name in names {
            let path = home.join(&name);
            let cannot = || format!("cannot read `{}`", path.display());
            // Nothing that leads out of the folder.
            if !fs::symlink_metadata(&path).with_context(cannot)?.is_file() {
                return Err(Refused(format!("`{}` is no regular file", path.display())).into());
            }
            let text = fs::File::open(&path).and_then(limited).with_context(cannot)?;
            recipe.files.insert(name, text);
        }
        recipe.checked(&format!("`{shown}`"))
    }

    /// The recipe in a bundle; nothing is unpacked.
    ///
    /// # Errors
    ///
    /// When it is no bundle of ours.
    pub fn of_bundle(path: &Path) -> anyhow::Result<Recipe> {
        let shown = path.display();
        let file = fs::File::open(path).with_context(|| format!("cannot read `{shown}`"))?;
        let refused = |why: String| {
            Refused(format!("`{shown}` is no bundle of cruce: {why}; `cruce report RUN --bundle` makes one"))
        };
        let mut archive = ZipArchive::new(file).map_err(|error| refused(error.to_string()))?;
        if archive.len() > MOST_FILES {
            return Err(refused(format!("it has more than {MOST_FILES} files")).into());
        }
        let (mut recipe, mut files, mut bytes) = (None, BTreeMap::new(), 0);
        for place in 0..archive.len() {
            let entry = archive.by_index(place).map_err(|error| refused(error.to_string()))?;
            let name = entry.name().map_err(|error| refused(error.to_string()))?.into_owned();
            let file =
                name.strip_prefix(&format!("{FILES}/")).filter(|name| !name.is_empty()).map(str::to_owned);
            if entry.is_dir() || (name != RECIPE && file.is_none()) {
                continue;
            }
            let text =
                limited(entry).map_err(|error| refused(format!("`{}`: {error}", name.escape_debug())))?;
            bytes += text.len();
            if bytes > MOST_BYTES {
                return Err(
                    refused(format!("its files are larger than {} MB together", MOST_BYTES >> 20)).into()
                );
            }
            match file {
                Some(file) => _ = files.insert(file, text),
                None => recipe = Some(understood(text.as_bytes(), &format!("{shown}: {RECIPE}"))?),
            }
        }
        let recipe = recipe.ok_or_else(|| refused(format!("it has no `{RECIPE}`")))?;
        Recipe { files, ..recipe }.checked(&format!("`{shown}`"))
    }

    /// The recipe, if its names stay inside a study folder and it has what it names.
    fn checked(self, place: &str) -> anyhow::Result<Recipe> {
        let refused = |why: String| Err(Refused(format!("{place} {why}")).into());
        if let Some(name) = self.files.keys().find(|name| !is_inside(name)) {
            return refused(format!("names a file outside of its study: `{}`", name.escape_debug()));
        }
        if !self.files.contains_key(&self.file) {
            let file: String = self.file.chars().take(LONGEST_NAME).collect();
            return refused(format!("does not hold the study's file `{}`", file.escape_debug()));
        }
        let name = self.study.chars();
        if self.study.is_empty() || name.clone().count() > LONGEST_NAME || name.clone().any(char::is_control)
        {
            return refused("has a study without a proper name".to_owned());
        }
        Ok(self)
    }

    /// Leaves out files that reading the study did not ask for.
    pub fn keep_only_read(&mut self, loaded: &Loaded) {
        self.files.retain(|name, _| loaded.sources.iter().any(|(read, _)| read == name));
    }
}

/// Whether a name of a file stays inside the study folder.
fn is_inside(name: &str) -> bool {
    let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    plain && !name.is_empty() && !name.contains(['\\', '\0'])
}

fn understood(text: &[u8], place: &str) -> anyhow::Result<Recipe> {
    let read: Result<Recipe, _> = serde_json::from_slice(text);
    match read {
        Ok(recipe) if recipe.schema == SCHEMA => Ok(recipe),
        Ok(_) => Err(Refused(format!("`{place}` is not of this version; run the study again")).into()),
        Err(error) => Err(Refused(format!("`{place}` cannot be understood: {error}")).into()),
    }
}

/// Text of a file, unless it is larger than any file of a study.
fn limited(file: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    file.take(LARGEST_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(std::io::Error::other("it is larger than 8 MB"));
    }
    Ok(text)
}

/// Files as one ZIP: the same bytes for the same files, whatever the clock says.
pub fn zipped(parts: &[(String, Vec<u8>)]) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (name, contents) in parts {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(contents)?;
    }
    Ok(zip.finish()?.into_inner())
}
