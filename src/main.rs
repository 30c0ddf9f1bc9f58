//! The `mendwell` binary: reads the command line and ends with its exit code.

use std::process::ExitCode;

/// Memory is wiped when it is given back: without this, words stay in it for as long as nobody else needs the place.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    mendwell::cli::run()
}
