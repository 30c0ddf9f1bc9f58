//! What was measured, and what it says.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

/// Blocks that a slope is fitted to: samples next to each other say nearly the same, their means do not.
const BLOCKS: usize = 12;
/// Two-sided 95 % of Student's t with two parameters less than that.
const T_95: f64 = 2.228;

/// Of people in a closed loop.
pub(crate) struct Figures {
    pub(crate) turns: usize,
    pub(crate) turns_per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) cpu_s_per_1000: f64,
    /// Of the platform and the people, which are not what is measured.
    pub(crate) platform_cpu_s_per_1000: f64,
    pub(crate) resident_mb: f64,
}

/// A line through samples.
pub(crate) struct Slope {
    pub(crate) mean_mb: f64,
    pub(crate) mb_an_hour: f64,
    /// Half of the interval that holds the true slope in 95 of 100 runs.
    pub(crate) within: f64,
}

impl Figures {
    pub(crate) fn of(mut took: Vec<Duration>, length: Duration) -> Self {
        took.sort_unstable();
        let at = |part: f64| took.get((took.len() as f64 * part) as usize).map_or(0.0, |took| took.as_secs_f64() * 1e3);
        Self {
            turns: took.len(),
            turns_per_second: took.len() as f64 / length.as_secs_f64(),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            cpu_s_per_1000: 0.0,
            platform_cpu_s_per_1000: 0.0,
            resident_mb: 0.0,
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "turns_per_second": self.turns_per_second,
            "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms,
            "cpu_s_per_1000_turns": self.cpu_s_per_1000,
            "platform_cpu_s_per_1000_turns": self.platform_cpu_s_per_1000,
            "resident_mb": self.resident_mb,
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} turns/s   p50 {:.2} ms   p99 {:.2} ms   CPU {:.3} s/1000 turns (platform {:.3})   {:.1} MB",
            self.turns_per_second,
            self.p50_ms,
            self.p99_ms,
            self.cpu_s_per_1000,
            self.platform_cpu_s_per_1000,
            self.resident_mb
        )
    }
}

impl Slope {
    /// By least squares through the means of equally long blocks; a sample is its hour and its MB. None of too few.
    pub(crate) fn of(samples: &[(f64, f64)]) -> Option<Self> {
        let size = Some(samples.len() / BLOCKS).filter(|size| *size > 0)?;
        let blocks: Vec<(f64, f64)> = samples.chunks_exact(size).take(BLOCKS).map(mean).collect();
        let (at, mean_mb) = mean(&blocks);
        let spread: f64 = blocks.iter().map(|(hour, _)| (hour - at).powi(2)).sum();
        let mb_an_hour = blocks.iter().map(|(hour, mb)| (hour - at) * (mb - mean_mb)).sum::<f64>() / spread;
        let off = |(hour, mb): &(f64, f64)| (mb - mean_mb - mb_an_hour * (hour - at)).powi(2);
        let variance = blocks.iter().map(off).sum::<f64>() / (BLOCKS - 2) as f64;
        Some(Self { mean_mb, mb_an_hour, within: T_95 * (variance / spread).sqrt() })
    }

    pub(crate) fn json(&self) -> Value {
        json!({"resident_mb": self.mean_mb, "mb_an_hour": self.mb_an_hour, "mb_an_hour_within": self.within})
    }
}

impl fmt::Display for Slope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} MB resident, {:+.2} ± {:.2} MB/hour", self.mean_mb, self.mb_an_hour, self.within)
    }
}

fn mean(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    (x / count, y / count)
}
