//! Arithmetic of remainders, up to 128 bits.

const BASES: [u128; 6] = [2, 3, 5, 7, 11, 13];

pub fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 {
        a
    } else {
        gcd(b, a % b)
    }
}

/// Both below the modulus; the sum may be more than 128 bits.
fn sum(a: u128, b: u128, modulus: u128) -> u128 {
    if a >= modulus - b {
        a - (modulus - b)
    } else {
        a + b
    }
}

/// By doubling and adding: the product may be 256 bits.
fn product(mut a: u128, mut b: u128, modulus: u128) -> u128 {
    let mut result = 0;
    while b > 0 {
        if b & 1 == 1 {
            result = sum(result, a, modulus);
        }
        a = sum(a, a, modulus);
        b >>= 1;
    }
    result
}

pub fn power(base: u128, exponent: u128, modulus: u128) -> u128 {
    let (mut result, mut square, mut rest) = (1 % modulus, base % modulus, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result = product(result, square, modulus);
        }
        square = product(square, square, modulus);
        rest >>= 1;
    }
    result
}

/// The first base that shows by Miller and Rabin's test that the number is not prime.
pub fn witness(number: u128) -> Option<u128> {
    BASES.into_iter().find(|base| is_witness(*base, number))
}

fn is_witness(base: u128, number: u128) -> bool {
    if base % number == 0 {
        return false;
    }
    let last = number - 1;
    let twos = last.trailing_zeros();
    let first = power(base, last >> twos, number);
    let mut powers = std::iter::successors(Some(first), |value| Some(product(*value, *value, number)));
    first != 1 && !powers.by_ref().take(twos as usize).any(|value| value == last)
}
