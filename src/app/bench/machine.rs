//! What the operating system says of a process, `self` or a number; zero where it does not say.

use std::fs;

/// CPU time of a process, in seconds.
pub fn cpu_s(process: &str) -> f64 {
    // Fields 14 and 15 of proc(5) stat, behind the name in brackets, in ticks of 1/100 s on every Linux.
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Bytes that a process had written to disk.
pub fn bytes_written(process: &str) -> f64 {
    field(&format!("/proc/{process}/io"), "write_bytes:")
}

/// Resident memory of a process, in MB.
pub fn resident_mb(process: &str) -> f64 {
    field(&format!("/proc/{process}/status"), "VmRSS:") * 1024.0 / 1e6
}

fn field(file: &str, name: &str) -> f64 {
    fs::read_to_string(file)
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
