//! Calculates: big integers, modular arithmetic, threads, bits, a digest, box drawing; big integers and SHA-256 by
//! hand.
//!
//! `numbers WORKERS` reads one task to a line of standard input.
mod big;
mod matrix;
mod modular;
mod sha256;

use big::Big;
use std::error::Error;
use std::fmt::Display;
use std::num::ParseIntError;
use std::{env, io};

const DIGITS_OF_LINE: usize = 60;

fn factorial(number: u32) -> Big {
    (2..=number).fold(Big::from(1), |result, factor| result.times(factor))
}

fn fibonacci(number: u32) -> Big {
    let start = (Big::from(0), Big::from(1));
    (0..number).fold(start, |(previous, current), _| (current.clone(), &previous + &current)).0
}

fn chunks(text: &str, size: usize) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(size).map(|chunk| chunk.iter().collect()).collect()
}

fn long_number(name: impl Display, number: &Big) -> Vec<String> {
    let digits = number.to_string();
    let sum: u32 = digits.chars().filter_map(|digit| digit.to_digit(10)).sum();
    let mut lines = vec![format!("{name} has {} digits, their sum is {sum}", digits.len())];
    lines.extend(chunks(&digits, DIGITS_OF_LINE).iter().map(|line| format!("  {line}")));
    lines
}

fn bits(word: u32) -> Vec<String> {
    let zeros = format!("{} leading and {} trailing zeros", word.leading_zeros(), word.trailing_zeros());
    let turned = format!("reversed {:08x}, rotated {:08x}", word.reverse_bits(), word.rotate_left(7));
    let drawn = format!("{word:032b}").replace('0', "░").replace('1', "█");
    vec![
        format!("bits {word:08x}: {} set, {zeros}, {turned}, gray {:08x}", word.count_ones(), word ^ word >> 1),
        format!("  {}", chunks(&drawn, 8).join(" ")),
    ]
}

fn solve(task: &str, workers: usize) -> Result<Vec<String>, ParseIntError> {
    let words: Vec<&str> = task.split_whitespace().collect();
    Ok(match words[..] {
        ["factorial", number] => long_number(format!("{number}!"), &factorial(number.parse()?)),
        ["fibonacci", number] => long_number(format!("fibonacci {number}"), &fibonacci(number.parse()?)),
        ["gcd", a, b] => vec![format!("gcd {}", modular::gcd(a.parse()?, b.parse()?))],
        ["power", base, exponent, modulus] => {
            vec![format!("power {}", modular::power(base.parse()?, exponent.parse()?, modulus.parse()?))]
        }
        ["prime", number] => {
            let verdict = modular::witness(number.parse()?).map(|base| format!("composite, says {base}"));
            vec![format!("{number} is {}", verdict.unwrap_or_else(|| "prime".to_string()))]
        }
        ["base", base, number] => vec![format!("base {base}: {}", number.parse::<Big>()?.in_base(base.parse()?))],
        ["matrix", size] => matrix::describe_product(size.parse()?, workers),
        ["bits", word] => bits(word.parse()?),
        _ => vec![format!("no such task: {task}")],
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let workers = match &arguments[..] {
        [workers] => workers.parse().ok().filter(|workers| *workers > 0),
        _ => None,
    };
    let workers = workers.ok_or("usage: numbers WORKERS < TASKS")?;
    let mut printed = String::new();
    for line in io::stdin().lines() {
        let line = line?;
        let task = line.trim();
        if task.is_empty() || task.starts_with('#') {
            continue;
        }
        for answer in solve(task, workers)? {
            println!("{answer}");
            printed += &answer;
            printed.push('\n');
        }
    }
    println!("sha256 {}", sha256::hex_digest(printed.as_bytes()));
    Ok(())
}
