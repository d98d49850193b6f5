//! Times of the Gregorian calendar in UTC.

const SECONDS_OF_DAY: i64 = 86_400;
/// 1 January 1970.
const FIRST_DAY: &str = "Thu";
const WEEK: [&str; 7] = [FIRST_DAY, "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: usize) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `1970-01-01 00:00:00 Thu`, of seconds since then.
pub fn format(seconds: i64) -> String {
    let (day, clock) = (seconds.div_euclid(SECONDS_OF_DAY), seconds.rem_euclid(SECONDS_OF_DAY));
    let (mut year, mut rest) = (1970, day);
    while rest < 0 {
        year -= 1;
        rest += 365 + i64::from(is_leap(year));
    }
    while rest >= 365 + i64::from(is_leap(year)) {
        rest -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let mut month = 1;
    while rest >= days_of_month(year, month) {
        rest -= days_of_month(year, month);
        month += 1;
    }
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    let name = WEEK[day.rem_euclid(7) as usize];
    format!("{year:04}-{month:02}-{:02} {hour:02}:{minute:02}:{second:02} {name}", rest + 1)
}
