//! Reads orders from standard input and prints a report: parsing, Unicode, big integers, threads, files, JSON by hand
//! (the standard library has neither regular expressions nor JSON).
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io::{self, Read};
use std::{fs, thread};

struct Order {
    customer: String,
    cents: u64,
    note: String,
}

/// `None` for a line that is no order.
fn parse(line: &str) -> Option<Order> {
    let mut fields = line.splitn(5, ';');
    let mut digits = || fields.next().filter(|text| is_digits(text));
    digits()?;
    let customer = fields.next().filter(|text| !text.is_empty())?.to_string();
    let quantity: u64 = fields.next().filter(|text| is_digits(text))?.parse().ok()?;
    let (units, hundredths) = fields.next()?.split_once('.')?;
    if !is_digits(units) || !is_digits(hundredths) || hundredths.len() != 2 {
        return None;
    }
    let price: u64 = units.parse::<u64>().ok()? * 100 + hundredths.parse::<u64>().ok()?;
    let note = fields.next()?.to_string();
    Some(Order { customer, cents: quantity * price, note })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn amount(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn totals_of(orders: &[Order]) -> Vec<(String, u64)> {
    let mut totals = BTreeMap::new();
    for order in orders {
        *totals.entry(order.customer.clone()).or_insert(0) += order.cents;
    }
    let mut ranking: Vec<_> = totals.into_iter().collect();
    // Stable: names stay in order where the amounts are the same.
    ranking.sort_by_key(|(_, cents)| std::cmp::Reverse(*cents));
    ranking
}

/// An integer of any size, nine decimal digits to a place, the lowest first.
#[derive(Clone, PartialEq, Debug)]
struct Big(Vec<u32>);

const PLACE: u64 = 1_000_000_000;

impl Big {
    fn times(&self, factor: u32) -> Big {
        let mut carry = 0;
        let mut places: Vec<u32> = Vec::new();
        for place in &self.0 {
            let value = u64::from(*place) * u64::from(factor) + carry;
            places.push((value % PLACE) as u32);
            carry = value / PLACE;
        }
        if carry > 0 {
            places.push(carry as u32);
        }
        Big(places)
    }

    fn plus(&self, other: &Big) -> Big {
        let mut carry = 0;
        let mut places = Vec::new();
        for at in 0..self.0.len().max(other.0.len()) {
            let value = carry + self.place(at) + other.place(at);
            places.push((value % PLACE) as u32);
            carry = value / PLACE;
        }
        if carry > 0 {
            places.push(carry as u32);
        }
        Big(places)
    }

    fn place(&self, at: usize) -> u64 {
        self.0.get(at).copied().map_or(0, u64::from)
    }
}

impl Display for Big {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut places = self.0.iter().rev();
        write!(out, "{}", places.next().unwrap_or(&0))?;
        places.try_for_each(|place| write!(out, "{place:09}"))
    }
}

fn factorial(number: u32) -> Big {
    (2..=number).fold(Big(vec![1]), |result, factor| result.times(factor))
}

fn fibonacci(number: u32) -> Big {
    let start = (Big(vec![0]), Big(vec![1]));
    let step = |(previous, current): (Big, Big), _| (current.clone(), previous.plus(&current));
    (0..number).fold(start, step).0
}

fn is_prime(number: u64) -> bool {
    number >= 2 && (2..).take_while(|divisor| divisor * divisor <= number).all(|divisor| number % divisor != 0)
}

fn count_primes(limit: u64, workers: u64) -> (usize, u64) {
    let step = limit / workers;
    let find = move |from: u64| -> Vec<u64> { (from..from + step).filter(|number| is_prime(*number)).collect() };
    let threads: Vec<_> = (0..workers).map(|index| thread::spawn(move || find(index * step))).collect();
    let found: Vec<u64> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    (found.len(), found.iter().sum())
}

fn fnv1a(data: &[u8]) -> u32 {
    data.iter().fold(0x811c_9dc5, |value, byte| (value ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn main() -> io::Result<()> {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input)?;
    let orders: Vec<Order> = input.lines().filter_map(parse).collect();
    let rejected = input.lines().count() - orders.len();
    let ranking = totals_of(&orders);
    let mut longest = "";
    for order in &orders {
        if order.note.chars().count() > longest.chars().count() {
            longest = &order.note;
        }
    }
    let mut report = format!("accepted {}, rejected {rejected}\n", orders.len());
    for (name, cents) in &ranking {
        report += &format!("{name:<16}{:>10}\n", amount(*cents));
    }
    report += &format!("longest note: {longest} ({} characters)\n", longest.chars().count());
    report += &format!("30! = {}\nfib(150) = {}\n", factorial(30), fibonacci(150));
    let (count, sum) = count_primes(20_000, 4);
    report += &format!("primes below 20000: {count}, sum {sum}\n");
    print!("{report}");

    fs::create_dir("out")?;
    fs::write("out/report.txt", &report)?;
    let data = fs::read("out/report.txt")?;
    let breaks = data.iter().filter(|byte| **byte == b'\n').count();
    println!("report.txt: {breaks} lines, {} bytes, fnv1a 0x{:08x}", data.len(), fnv1a(&data));
    let total = amount(ranking.iter().map(|(_, cents)| cents).sum());
    let customers: Vec<String> = ranking.iter().map(|(name, _)| quoted(name)).collect();
    println!(
        "{{\"accepted\":{},\"rejected\":{rejected},\"total\":{},\"customers\":[{}]}}",
        orders.len(),
        quoted(&total),
        customers.join(",")
    );
    Ok(())
}
