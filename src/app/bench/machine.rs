//! What the operating system says of this process; zero where it does not say.

use std::fs;

/// CPU time of this process, in seconds.
pub(super) fn cpu_s() -> f64 {
    // Fields 14 and 15 of proc(5) stat, behind the name in brackets, in ticks of 1/100 s on every Linux.
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Bytes that this process had written to disk.
pub(super) fn bytes_written() -> f64 {
    field("/proc/self/io", "write_bytes:")
}

/// Resident memory of this process, in MB.
pub(super) fn resident_mb() -> f64 {
    field("/proc/self/status", "VmRSS:") * 1024.0 / 1e6
}

fn field(file: &str, name: &str) -> f64 {
    fs::read_to_string(file)
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
