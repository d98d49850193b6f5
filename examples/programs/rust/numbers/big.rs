//! Integers of any size, from zero on.
use std::fmt::{self, Display, Formatter};
use std::num::ParseIntError;
use std::ops::Add;
use std::str::FromStr;

const PLACE: u64 = 1_000_000_000;
const DIGITS_OF_PLACE: usize = 9;

/// Nine decimal digits to a place, the lowest first; the highest is not zero.
#[derive(Clone)]
pub struct Big(Vec<u32>);

impl Big {
    fn trimmed(mut places: Vec<u32>) -> Big {
        while places.last() == Some(&0) {
            places.pop();
        }
        Big(places)
    }

    pub fn times(&self, factor: u32) -> Big {
        let mut carry = 0;
        let mut places = Vec::with_capacity(self.0.len() + 2);
        for place in &self.0 {
            carry += u64::from(*place) * u64::from(factor);
            places.push((carry % PLACE) as u32);
            carry /= PLACE;
        }
        while carry > 0 {
            places.push((carry % PLACE) as u32);
            carry /= PLACE;
        }
        Big::trimmed(places)
    }

    fn divided(&self, divisor: u32) -> (Big, u32) {
        let mut rest = 0;
        let mut places = self.0.clone();
        for place in places.iter_mut().rev() {
            let value = rest * PLACE + u64::from(*place);
            *place = (value / u64::from(divisor)) as u32;
            rest = value % u64::from(divisor);
        }
        (Big::trimmed(places), rest as u32)
    }

    /// Of 2 to 36.
    pub fn in_base(&self, base: u32) -> String {
        let mut digits = Vec::new();
        let mut rest = self.clone();
        while !rest.0.is_empty() {
            let (quotient, digit) = rest.divided(base);
            digits.extend(char::from_digit(digit, base));
            rest = quotient;
        }
        if digits.is_empty() {
            "0".to_string()
        } else {
            digits.iter().rev().collect()
        }
    }
}

impl From<u32> for Big {
    fn from(number: u32) -> Big {
        Big::trimmed(vec![(u64::from(number) % PLACE) as u32, (u64::from(number) / PLACE) as u32])
    }
}

impl FromStr for Big {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Big, ParseIntError> {
        let mut places = Vec::new();
        let mut end = text.len();
        while end > 0 {
            let start = end.saturating_sub(DIGITS_OF_PLACE);
            places.push(text.get(start..end).unwrap_or("?").parse()?);
            end = start;
        }
        Ok(Big::trimmed(places))
    }
}

impl Add for &Big {
    type Output = Big;

    fn add(self, other: &Big) -> Big {
        let mut carry = 0;
        let mut places = Vec::new();
        for at in 0..=self.0.len().max(other.0.len()) {
            carry += self.0.get(at).unwrap_or(&0) + other.0.get(at).unwrap_or(&0);
            places.push(carry % PLACE as u32);
            carry /= PLACE as u32;
        }
        Big::trimmed(places)
    }
}

impl Display for Big {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut places = self.0.iter().rev();
        write!(out, "{}", places.next().unwrap_or(&0))?;
        places.try_for_each(|place| write!(out, "{place:09}"))
    }
}
