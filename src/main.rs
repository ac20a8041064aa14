//! The command `cruce`: parses arguments, calls the verb, prints an error, chooses the exit status.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::interrupt::listen();
    let (arguments, console) = match cli::arguments(std::env::args_os()) {
        Ok(parsed) => parsed,
        Err(exit) => return exit.into(),
    };
    let exit = cli::perform(&arguments, &console).unwrap_or_else(|error| {
        let exit = cli::Exit::of(&error);
        console.error(&error, exit);
        exit
    });
    exit.into()
}
