//! Exit codes: fixed for ever, coarse on purpose; the details are in messages and in `--json`.
//!
//! Start at [`Exit`].

use std::fmt;
use std::io;
use std::process::ExitCode;

/// How the command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Everything that was asked for was done.
    Done,
    /// A mistake of ours.
    Internal,
    /// Wrong usage of the command line.
    Usage,
    /// The scenario or its data are not valid.
    Invalid,
    /// A file could not be read or written.
    FileSystem,
    /// Some replications failed; the others are there.
    Failed,
    /// A goal was missed, and `--check-goals` was given.
    GoalMissed,
    /// Ctrl-C or SIGTERM; what was complete is kept.
    Interrupted,
}

/// The part of `--help` on exit codes.
pub const TABLE: &str = "\
Exit codes:
    0  done
    1  internal failure
    2  wrong usage
    3  scenario or data invalid; nothing was written
    4  file system: a study that cannot be read, an output that cannot be written
    5  finished, but some replications failed
    6  finished, but a goal was missed (only with --check-goals)
    7  calibration not acceptable
  130  interrupted; what was complete is kept, the same command goes on";

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Internal => 1,
            Exit::Usage => 2,
            Exit::Invalid => 3,
            Exit::FileSystem => 4,
            Exit::Failed => 5,
            Exit::GoalMissed => 6,
            Exit::Interrupted => 130,
        }
    }

    /// What an error means for the shell: wrong usage, a file, or a mistake of ours.
    pub fn of(error: &anyhow::Error) -> Exit {
        if error.chain().any(|cause| cause.is::<WrongUsage>()) {
            Exit::Usage
        } else if error.chain().any(|cause| cause.is::<io::Error>() || cause.is::<Refused>()) {
            Exit::FileSystem
        } else {
            Exit::Internal
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// The command line asks for something that does not exist or does not fit together.
#[derive(Debug)]
pub struct WrongUsage(pub String);

/// A file or folder is in the way and is not ours to replace.
#[derive(Debug)]
pub struct Refused(pub String);

impl fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}
impl std::error::Error for Refused {}
