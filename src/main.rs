//! The `mendwell` binary: reads the command line and ends with its exit code.

use std::process::ExitCode;

/// A turn is mostly small allocations; this allocator took a tenth off its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mendwell::cli::run()
}
