//! Spoilt spec files: whatever a file holds, nothing panics, every report points into its file, and what is
//! still sound can be generated.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/tiny.rs"]
mod common;

use airudder_codegen::emit::{self, Options};
use airudder_codegen::load::Loaded;
use common::{load, real_files, tiny_with};
use fastrand::Rng;

type Files = Vec<(String, String)>;

/// Spoils one line, or a few characters of one.
fn spoil(text: &str, rng: &mut Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.len() < 2 {
        return text.to_owned();
    }
    let (at, other) = (rng.usize(..lines.len()), rng.usize(..lines.len()));
    match rng.u8(..10) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 => lines.swap(at, other),
        3 => lines[at].insert_str(0, if rng.bool() { " " } else { "  " }),
        4 => lines[at] = lines[at].trim_start().to_owned(),
        5 => lines[at] = lines[other].clone(),
        6 => {
            let character = *rng
                .choice(&[
                    '"', '\'', '{', '}', '[', ']', ':', ',', '#', '&', '*', '!', '|', '-', '\t', 'é',
                    '\u{7}', '<', '.',
                ])
                .unwrap();
            let place = rng.usize(..=lines[at].chars().count());
            let byte = lines[at].char_indices().nth(place).map_or(lines[at].len(), |(byte, _)| byte);
            lines[at].insert(byte, character);
        }
        7 => {
            let kept: String = lines[at].chars().take(rng.usize(..=lines[at].chars().count())).collect();
            lines[at] = kept;
        }
        8 => {
            // One word takes the place of another.
            let words: Vec<&str> =
                text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).collect();
            let (old, new) = (words[rng.usize(..words.len())], words[rng.usize(..words.len())]);
            lines[at] = lines[at].replacen(old, new, 1);
            if let Some((key, _)) = lines[at].clone().split_once(':') {
                lines[at] = lines[at].replacen(key.trim(), new, 1);
            }
        }
        _ => lines.truncate(at),
    }
    lines.join("\n") + "\n"
}

fn check(files: &Files, what: &str, generated: bool) {
    let loaded = load(files);
    for report in loaded.reports().into_iter().chain(loaded.warnings()) {
        let text = loaded.files.text(report.file);
        let lines: Vec<&str> = text.split('\n').collect();
        let line = lines.get(report.position.line.wrapping_sub(1));
        let width = line.map(|line| line.chars().count() + 1);
        assert!(
            width.is_some_and(|width| (1..=width).contains(&report.position.column)),
            "{what}: the place is not in the file:\n{}",
            report.text
        );
        assert!(!report.text.contains('\u{7}'), "{what}: {}", report.text);
    }
    if generated {
        generate_all(&loaded);
    }
}

/// Makes everything that the macros would make.
fn generate_all(loaded: &Loaded) {
    let options = Options { in_client: true, unverified: true };
    let mut length = emit::errors(loaded).to_string().len();
    length += emit::types(loaded, options).to_string().len();
    length += emit::required_fields(loaded).to_string().len();
    length += emit::catalogue(loaded).to_string().len();
    length += emit::webhooks(loaded).to_string().len();
    for section in &loaded.spec.sections {
        for in_client in [true, false] {
            length += emit::section(loaded, &section.name, Options { in_client, unverified: true })
                .to_string()
                .len();
        }
    }
    assert!(length > 0);
}

/// `SPOIL_ROUNDS=50` makes fifty times as many rounds.
fn run(files: &Files, rounds: u64, most: usize, seed: u64) {
    let times = std::env::var("SPOIL_ROUNDS").ok().and_then(|times| times.parse::<u64>().ok()).unwrap_or(1);
    let rounds = rounds * times;
    for round in 0..rounds {
        let mut rng = Rng::with_seed(seed + round);
        let mut spoilt = files.clone();
        for _ in 0..rng.usize(1..=most) {
            let at = rng.usize(..spoilt.len());
            spoilt[at].1 = spoil(&spoilt[at].1, &mut rng);
        }
        check(&spoilt, &format!("seed {}", seed + round), round % 4 == 0);
    }
}

#[test]
fn spoilt_tiny_files_give_reports_that_point_into_them() {
    run(&tiny_with(&[]), 240, 3, 1);
}

#[test]
fn spoilt_real_files_give_reports_that_point_into_them() {
    run(&real_files(), 8, 4, 100_000);
}

#[test]
fn one_spoilt_line_leads_to_few_reports() {
    // A line that is gone or twice is one mistake; what it held may have been a whole entry's head.
    let files = tiny_with(&[]);
    let mut many = Vec::new();
    for (index, (name, text)) in files.iter().enumerate() {
        for line in 0..text.lines().count() {
            let mut spoilt = files.clone();
            spoilt[index].1 = text
                .lines()
                .enumerate()
                .filter(|(at, _)| *at != line)
                .map(|(_, line)| format!("{line}\n"))
                .collect();
            let mut reports = load(&spoilt).reports();
            // Each use of a type or code that is gone is told.
            reports.dedup_by_key(|r| r.text.lines().next().unwrap().split_once(": ").unwrap().1.to_owned());
            if reports.len() > 2 {
                let told: Vec<&str> = reports.iter().map(|r| r.text.lines().next().unwrap()).collect();
                many.push(format!(
                    "{name}, without line {}: {}\n{}",
                    line + 1,
                    text.lines().nth(line).unwrap(),
                    told.join("\n")
                ));
            }
        }
    }
    assert!(many.is_empty(), "{}", many.join("\n\n"));
}

#[test]
fn the_real_spec_is_valid() {
    let loaded = load(&real_files());
    assert!(loaded.is_valid(), "{:#?}", loaded.reports());
    generate_all(&loaded);
}
