//! The `mendwell` binary: reads the command line and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    mendwell::cli::run()
}
