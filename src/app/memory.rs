//! What is in this process's memory stays there: no core file, and no other process of the same user reads it.

/// Forbids core files, and makes the process one that only root may look into. Where a system has no such thing, or a
/// container forbids it, nothing happens: it is one wall of several.
pub fn keep_to_itself() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
