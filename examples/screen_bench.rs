//! How long the safety screen reads: the shipped packs over texts of 300 characters made of the labelled corpus.
//!
//! `cargo run --release --example screen_bench`
#![expect(clippy::print_stdout, reason = "it prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "it measures real time")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot start has nothing to say")]

use std::hint::black_box;
use std::time::Instant;

use mendwell::app::library::require_screen;

const TEXTS: usize = 2_000;
const ROUNDS: usize = 5;
const CHARS: usize = 300;
const EVERYDAY: &str = "none\t";

fn main() {
    let screen = require_screen(None).unwrap();
    let corpus = [
        include_str!("../tests/it/screen/tune.en.tsv"),
        include_str!("../tests/it/screen/hold.en.tsv"),
        include_str!("../tests/it/screen/tune.es.tsv"),
    ];
    for (name, prefix) in [("everyday", EVERYDAY), ("all", "")] {
        let lines: Vec<&str> =
            corpus.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with(prefix)).collect();
        let texts: Vec<String> = (0..TEXTS).map(|number| text(&lines, number)).collect();
        let mut best = f64::MAX;
        let mut each: Vec<f64> = Vec::with_capacity(TEXTS);
        for _ in 0..ROUNDS {
            each.clear();
            let start = Instant::now();
            for text in &texts {
                let one = Instant::now();
                black_box(screen.look(black_box(text)));
                each.push(one.elapsed().as_secs_f64() * 1e6);
            }
            best = best.min(start.elapsed().as_secs_f64() * 1e6 / TEXTS as f64);
        }
        each.sort_by(f64::total_cmp);
        println!("{name}: {best:.1} µs a text of {CHARS} characters, p99 {:.1} µs", each[TEXTS * 99 / 100]);
    }
}

/// Some lines of the corpus, one after the other.
fn text(lines: &[&str], number: usize) -> String {
    let mut text = String::new();
    let mut at = number * 7;
    while text.chars().count() < CHARS {
        text.push_str(lines[at % lines.len()].split_once('\t').unwrap().1);
        text.push(' ');
        at += 13;
    }
    text.chars().take(CHARS).collect()
}
