//! Where blocks of a run are while it is under way: beside its folder, which comes when the run is whole.
//!
//! Blocks that a folder holds already are taken over, so a run that is repeated is read and not simulated. Several
//! programs may do the same run at once. Start at [`Kept::open`].

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::folder::{RunFolder, drafts};
use super::lock::Lock;

/// Blocks of a run folder.
pub const BLOCKS: &str = "blocks";

/// Blocks of a run that is under way.
pub struct Kept {
    beside: PathBuf,
    target: PathBuf,
    /// Held until the end.
    lock: Option<Lock>,
}

impl Kept {
    /// The place for the blocks of the run with this digest whose folder is `target`; with what is found there and,
    /// if `holds` says that it is the same run, in the folder itself. `fresh`: without.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn open(target: &Path, digest: &str, holds: bool, fresh: bool) -> anyhow::Result<Kept> {
        let mut name = OsString::from(".");
        name.push(target.file_name().context("the run folder needs a name")?);
        name.push(format!(".{}.{BLOCKS}", digest.get(..8).unwrap_or(digest)));
        let beside = target.with_file_name(name);
        let cannot = || format!("cannot write to `{}`", beside.display());
        fs::create_dir_all(&beside).with_context(cannot)?;
        let lock = Some(Lock::shared(&beside)?);
        if fresh {
            for block in blocks(&beside)? {
                fs::remove_file(&block).with_context(cannot)?;
            }
        } else if holds {
            for block in blocks(&target.join(BLOCKS))? {
                let here = beside.join(block.file_name().unwrap_or_default());
                if !here.exists() {
                    link(&block, &here).with_context(cannot)?;
                }
            }
        }
        Ok(Kept { beside, target: target.to_owned(), lock })
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.beside
    }

    /// Puts them into the folder that will be in its place.
    ///
    /// # Errors
    ///
    /// When they cannot be linked or copied.
    pub fn give(&self, folder: &mut RunFolder) -> anyhow::Result<()> {
        for block in blocks(&self.beside)? {
            let name = block.file_name().unwrap_or_default().to_string_lossy().into_owned();
            folder.adopt(&format!("{BLOCKS}/{name}"), &block)?;
        }
        Ok(())
    }
}

impl Drop for Kept {
    /// The place goes when the folder has all that is in it, and with it what programs left behind that were stopped
    /// while they wrote; unless another program is at work.
    fn drop(&mut self) {
        let Kept { beside, target, lock } = self;
        let Some(lock) = lock.take() else { return };
        lock.alone(|| {
            for draft in drafts(target) {
                let _ = fs::remove_dir_all(draft);
            }
            let has =
                |block: &PathBuf| target.join(BLOCKS).join(block.file_name().unwrap_or_default()).exists();
            if blocks(beside).is_ok_and(|blocks| blocks.iter().all(has)) {
                let _ = fs::remove_dir_all(&*beside);
            }
        });
    }
}

/// The block files of a folder, in order of names; none if it is not there.
fn blocks(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", folder.display())),
    };
    let mut blocks: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    blocks.retain(|path| path.extension().is_some_and(|end| end == "parquet"));
    blocks.sort();
    Ok(blocks)
}

/// Another name for a file, or a copy where the file system knows no links.
pub(super) fn link(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(_) => fs::copy(from, to).map(|_| ()),
        Ok(()) => Ok(()),
    }
}
