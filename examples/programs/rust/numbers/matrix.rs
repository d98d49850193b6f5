//! Matrices of integers, multiplied by several threads.
use std::sync::mpsc;
use std::thread;

type Matrix = Vec<Vec<u64>>;

const SHOWN: usize = 4;

fn square(size: usize, entry: impl Fn(usize, usize) -> u64) -> Matrix {
    (0..size).map(|row| (0..size).map(|column| entry(row, column)).collect()).collect()
}

fn row_of(row: &[u64], right: &Matrix) -> Vec<u64> {
    let entry = |column: usize| row.iter().zip(right).map(|(factor, other)| factor * other[column]).sum();
    (0..right.len()).map(entry).collect()
}

/// Every worker takes each `workers`-th row and sends what it makes of it.
fn product(left: &Matrix, right: &Matrix, workers: usize) -> Matrix {
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for first in 0..workers {
            let sender = sender.clone();
            scope.spawn(move || {
                for (at, row) in left.iter().enumerate().skip(first).step_by(workers) {
                    sender.send((at, row_of(row, right))).expect("somebody listens");
                }
            });
        }
    });
    drop(sender);
    let mut rows: Vec<_> = receiver.into_iter().collect();
    rows.sort_unstable();
    rows.into_iter().map(|(_, row)| row).collect()
}

pub fn describe_product(size: usize, workers: usize) -> Vec<String> {
    let left = square(size, |row, column| (7 * row + 3 * column) as u64 % 11);
    let right = square(size, |row, column| (5 * row + 2 * column) as u64 % 13);
    let result = product(&left, &right, workers);
    let trace: u64 = result.iter().enumerate().map(|(at, row)| row[at]).sum();
    let sum: u64 = result.iter().flatten().sum();
    let most = result.iter().flatten().max().unwrap_or(&0);
    let mut lines = vec![format!("matrix {size}: trace {trace}, sum {sum}, most {most}")];
    lines.extend(table(&square(SHOWN, |row, column| result[row][column])));
    lines
}

fn table(rows: &Matrix) -> Vec<String> {
    let width = rows.iter().flatten().map(|entry| entry.to_string().len()).max().unwrap_or(0);
    let rule = |left: &str, middle: &str, right: &str| -> String {
        let line = vec!["─".repeat(width + 2); rows.len()].join(middle);
        format!("{left}{line}{right}")
    };
    let mut lines = vec![rule("┌", "┬", "┐")];
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            lines.push(rule("├", "┼", "┤"));
        }
        let cells: Vec<String> = row.iter().map(|entry| format!(" {entry:>width$} ")).collect();
        lines.push(format!("│{}│", cells.join("│")));
    }
    lines.push(rule("└", "┴", "┘"));
    lines
}
