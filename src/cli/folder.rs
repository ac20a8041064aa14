//! A run folder that is whole or not there: it is written beside its place and then renamed.
//!
//! A folder that is in the way is replaced only if it is one of ours (its `manifest.json` says so)
//! and holds nothing that we did not write; inputs are never overwritten. It knows no contents.
//! Start at [`RunFolder`].

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use super::exit::Refused;
use super::kept::link;

/// Says what made a folder, and lists its files.
pub const MANIFEST: &str = "manifest.json";
/// All tables in one file, where it is asked for.
pub const WORKBOOK: &str = "tables.xlsx";
/// The page for people.
pub const REPORT: &str = "report.html";
/// What repeats the run, in one file.
pub const BUNDLE: &str = "study.zip";
/// What a manifest of ours says in its field `schema`.
pub const MANIFEST_SCHEMA: &str = "cruce.manifest/1";

/// What stands where a run folder will be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing, or an empty folder.
    Free,
    /// A run folder.
    Run {
        /// Digest of what it holds.
        digest: String,
        /// Not interrupted.
        complete: bool,
    },
}

/// What stands at `target`.
///
/// # Errors
///
/// When something stands there that is not a run folder, holds files of somebody else, or cannot be
/// read.
pub fn standing(target: &Path) -> anyhow::Result<Standing> {
    let shown = target.display();
    let mut entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Standing::Free),
        Err(error) => return Err(error).with_context(|| format!("cannot write to `{shown}`")),
    };
    if entries.next().is_none() {
        return Ok(Standing::Free);
    }
    let manifest =
        fs::read(target.join(MANIFEST)).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    let manifest = manifest.filter(|manifest| manifest["schema"] == MANIFEST_SCHEMA);
    let Some(manifest) = manifest else {
        let message =
            format!("`{shown}` holds files that are not a run of cruce; choose another folder with -o");
        return Err(Refused(message).into());
    };
    let listed: Vec<&str> =
        manifest["files"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut present = Vec::new();
    list(target, "", &mut present).with_context(|| format!("cannot read `{shown}`"))?;
    let ours = |name: &String| {
        [MANIFEST, REPORT, BUNDLE].contains(&name.as_str()) || listed.contains(&name.as_str())
    };
    if let Some(foreign) = present.iter().find(|name| !ours(name)) {
        let message = format!(
            "`{shown}` holds `{}`, which cruce did not write; move it away or choose another folder with -o",
            foreign.escape_debug()
        );
        return Err(Refused(message).into());
    }
    Ok(Standing::Run {
        digest: manifest["digest"].as_str().unwrap_or_default().to_owned(),
        complete: manifest["status"] == "complete",
    })
}

/// Names of all files below a folder, joined by `/`.
pub(super) fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

/// Writes a file whole or not at all: beside its place, then renamed.
///
/// # Errors
///
/// When it cannot be written; then what stood there stands there still.
pub fn replace(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    // A link, a device or a folder is not ours to replace.
    if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err(Refused(format!("`{}` is no regular file", path.display())).into());
    }
    let mut name = OsString::from(".");
    name.push(path.file_name().with_context(cannot)?);
    name.push(format!(".{}.part", std::process::id()));
    let draft = path.with_file_name(name);
    let written =
        File::create(&draft).and_then(|mut file| file.write_all(contents).and_then(|()| file.sync_all()));
    let placed = written.and_then(|()| fs::rename(&draft, path));
    if placed.is_err() {
        let _ = fs::remove_file(&draft);
    }
    placed.with_context(cannot)
}

/// Drafts of a run folder that stand beside its place, of this program or of others.
pub fn drafts(target: &Path) -> Vec<PathBuf> {
    let beside = target.with_file_name("x");
    let beside = beside.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let begin = format!(".{}.", target.file_name().unwrap_or_default().to_string_lossy());
    let entries = fs::read_dir(beside).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_draft = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number = name.strip_prefix(&begin).and_then(|rest| rest.strip_suffix(".part"));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
    };
    entries.filter(is_draft).collect()
}

/// A run folder that is being written beside its place.
#[derive(Debug)]
pub struct RunFolder {
    target: PathBuf,
    draft: PathBuf,
    files: Vec<String>,
}

impl RunFolder {
    /// Makes an empty draft beside `target`.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made.
    pub fn draft(target: &Path) -> anyhow::Result<RunFolder> {
        let mut name = OsString::from(".");
        name.push(target.file_name().context("the run folder needs a name")?);
        name.push(format!(".{}.part", std::process::id()));
        let draft = target.with_file_name(name);
        let parent = draft.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Some(parent) = parent {
            fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
        }
        match fs::remove_dir_all(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove `{}`", draft.display()));
            }
            Ok(()) | Err(_) => {}
        }
        fs::create_dir(&draft).with_context(|| format!("cannot create `{}`", draft.display()))?;
        Ok(RunFolder { target: target.to_owned(), draft, files: Vec::new() })
    }

    /// Writes a file of the folder; `name` may hold a subfolder.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&mut self, name: &str, contents: &[u8]) -> anyhow::Result<()> {
        let mut file = self.create(name)?;
        let written = file.write_all(contents).and_then(|()| file.sync_all());
        written.with_context(|| format!("cannot write `{name}` for `{}`", self.target.display()))
    }

    /// Opens a file of the folder for writing.
    ///
    /// # Errors
    ///
    /// When it cannot be created.
    pub fn create(&mut self, name: &str) -> anyhow::Result<File> {
        assert!(!name.split('/').any(|part| matches!(part, "" | "." | "..")), "`{name}` stays in the folder");
        let path = name.split('/').fold(self.draft.clone(), |path, part| path.join(part));
        let parent = path.parent().expect("a file stands in the draft");
        let created = fs::create_dir_all(parent).and_then(|()| File::create_new(&path));
        self.files.push(name.to_owned());
        created.with_context(|| format!("cannot write `{name}` for `{}`", self.target.display()))
    }

    /// Takes over a file that stands elsewhere.
    ///
    /// # Errors
    ///
    /// When it can be neither linked nor copied.
    pub fn adopt(&mut self, name: &str, from: &Path) -> anyhow::Result<()> {
        let path = name.split('/').fold(self.draft.clone(), |path, part| path.join(part));
        let parent = path.parent().expect("a file stands in the draft");
        let linked = fs::create_dir_all(parent).and_then(|()| link(from, &path));
        self.files.push(name.to_owned());
        linked.with_context(|| format!("cannot write `{name}` for `{}`", self.target.display()))
    }

    /// Takes a file back.
    ///
    /// # Errors
    ///
    /// When it cannot be removed.
    pub fn remove(&mut self, name: &str) -> anyhow::Result<()> {
        self.files.retain(|file| file != name);
        let path = name.split('/').fold(self.draft.clone(), |path, part| path.join(part));
        fs::remove_file(&path).with_context(|| format!("cannot remove `{}`", path.display()))
    }

    /// Names of the files so far.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Puts the folder in its place; a run that stands there gives way.
    ///
    /// # Errors
    ///
    /// When it cannot be renamed; then what stood there stands there again.
    pub fn place(self) -> anyhow::Result<()> {
        let away = self.draft.with_extension("old");
        let cannot = || format!("cannot put the results into `{}`", self.target.display());
        let taken = |error: &io::Error| {
            matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty)
        };
        let mut attempts = 0;
        let moved = loop {
            let moved = match fs::rename(&self.target, &away) {
                Ok(()) => true,
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                Err(error) => return Err(error).with_context(cannot),
            };
            match fs::rename(&self.draft, &self.target) {
                Ok(()) => break moved,
                // Another program that does the same run put its folder there between the two steps: it gives way too.
                Err(error) if taken(&error) && attempts < 10 => {
                    if moved {
                        fs::remove_dir_all(&away).with_context(cannot)?;
                    }
                    attempts += 1;
                }
                Err(error) => {
                    if moved {
                        fs::rename(&away, &self.target).with_context(cannot)?;
                    }
                    return Err(error).with_context(cannot);
                }
            }
        };
        if moved {
            fs::remove_dir_all(&away).with_context(|| format!("cannot remove `{}`", away.display()))?;
        }
        Ok(())
    }
}

impl Drop for RunFolder {
    /// A draft that was not put in its place disappears.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(target: &Path, manifest: &str) {
        let mut folder = RunFolder::draft(target).expect("draft");
        folder.write("tables/measures.csv", b"a\n").expect("write");
        folder.write(MANIFEST, manifest.as_bytes()).expect("write");
        folder.place().expect("place");
    }

    const OURS: &str =
        r#"{"schema":"cruce.manifest/1","digest":"d","status":"complete","files":["tables/measures.csv"]}"#;

    #[test]
    fn a_run_is_whole_or_not_there() {
        let home = tempfile::tempdir().expect("temporary folder");
        let target = home.path().join("runs").join("x-1");
        {
            let mut folder = RunFolder::draft(&target).expect("draft");
            folder.write("tables/measures.csv", b"a\n").expect("write");
        }
        assert_eq!(fs::read_dir(home.path().join("runs")).expect("folder").count(), 0);
        run(&target, OURS);
        assert_eq!(standing(&target).expect("ours"), Standing::Run { digest: "d".into(), complete: true });
        run(&target, OURS);
        assert_eq!(fs::read_dir(home.path().join("runs")).expect("folder").count(), 1);
    }

    #[test]
    fn what_is_not_ours_is_never_replaced() {
        let home = tempfile::tempdir().expect("temporary folder");
        let target = home.path().join("study");
        fs::create_dir(&target).expect("folder");
        assert_eq!(standing(&target).expect("empty"), Standing::Free);
        fs::write(target.join("study.toml"), "format = 1").expect("file");
        assert!(standing(&target).is_err());
        let target = home.path().join("run");
        run(&target, OURS);
        fs::write(target.join("notes.txt"), "mine").expect("file");
        let error = standing(&target).expect_err("foreign file");
        assert!(error.to_string().contains("notes.txt"), "{error}");
    }
}
