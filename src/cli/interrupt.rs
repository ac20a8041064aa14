//! Ctrl-C and SIGTERM: the first asks the work to stop and keep what is complete, the second ends
//! the program at once.
//!
//! Start at [`listen`]; work in progress reads [`FLAG`].

use std::sync::atomic::{AtomicBool, Ordering};

use super::Exit;

/// Set by the first interruption.
pub static FLAG: AtomicBool = AtomicBool::new(false);

/// Starts to listen. Where signals cannot be heard, Ctrl-C ends the program as it always does.
pub fn listen() {
    let heard = || {
        if FLAG.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    };
    let _ = ctrlc::set_handler(heard);
}
