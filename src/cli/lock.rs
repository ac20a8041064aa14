//! A folder that several programs work in at once.
//!
//! Start at [`Lock::shared`].

use std::fs::File;
use std::path::Path;

use anyhow::Context;

/// Held by every program that works in a folder; the system lets go of it however a program ends.
pub struct Lock {
    /// `None` where the file system knows no locks.
    file: Option<File>,
}

impl Lock {
    /// The file that is locked.
    pub const NAME: &'static str = ".lock";

    /// For one of several programs.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written to.
    pub fn shared(folder: &Path) -> anyhow::Result<Lock> {
        let path = folder.join(Lock::NAME);
        let file = File::options().write(true).create(true).truncate(false).open(&path);
        let file = file.with_context(|| format!("cannot write to `{}`", folder.display()))?;
        let file = file.lock_shared().is_ok().then_some(file);
        Ok(Lock { file })
    }

    /// Does this if no other program is at work, and lets none begin meanwhile.
    pub fn alone(self, work: impl FnOnce()) {
        let Some(file) = self.file else { return };
        if file.unlock().and_then(|()| file.try_lock().map_err(std::io::Error::other)).is_ok() {
            work();
        }
    }
}
