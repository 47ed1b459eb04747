//! A time to begin at, as people type it: a moment, or how long ago.
//!
//! *Invariant:* a time of day without more is UTC, as everything that is printed.
//! *Doesn't know:* what happened then.
//! *Start at:* [`since`].

use std::time::{SystemTime, UNIX_EPOCH};

use jaros_decision::Millis;

/// From here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Since(pub(crate) Millis);

const DAY_MS: u64 = 86_400_000;

/// Reads `90s`, `30m`, `12h`, `7d`, `2026-11-22`, `2026-11-22 15:09`, `2026-11-22T15:09:10Z`.
pub(crate) fn since(text: &str) -> Result<Since, String> {
    let moment = match ago(text) {
        Some(ago) => Some(Millis(now().0.saturating_sub(ago))),
        None => moment(text),
    };
    moment.map(Since).ok_or_else(|| {
        "a time such as 2026-11-22 or 2026-11-22T15:09Z is needed, or a duration such as 90s, 30m, 12h, 7d".into()
    })
}

/// The time by the machine's clock.
pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn ago(text: &str) -> Option<u64> {
    let unit = text.chars().last()?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let unit_ms = match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => DAY_MS,
        _ => return None,
    };
    number.checked_mul(unit_ms)
}

fn moment(text: &str) -> Option<Millis> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let mut date = date.splitn(3, '-');
    let (year, month, day) = (digits(date.next()?, 4)?, digits(date.next()?, 2)?, digits(date.next()?, 2)?);
    let mut time = time.splitn(3, ':');
    let (hour, minute) = (digits(time.next()?, 2)?, digits(time.next()?, 2)?);
    let second_ms = time.next().map_or(Some(0), second_ms)?;
    let good = year >= 1970 && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !good || hour > 23 || minute > 59 {
        return None;
    }
    Some(Millis(days(year, month, day) * DAY_MS + (hour * 60 + minute) * 60_000 + second_ms))
}

/// Exactly so many digits.
fn digits(text: &str, many: usize) -> Option<u64> {
    let plain = text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// `10`, `10.123`.
fn second_ms(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "000"));
    let whole = digits(whole, 2).filter(|second| *second < 60)?;
    Some(whole * 1_000 + digits(part, 3)?)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u64, month: u64) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01, by the Gregorian calendar.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let years: u64 = (1970..year).map(|year| 365 + u64::from(is_leap(year))).sum();
    let months: u64 = (1..month).map(|month| days_in(year, month)).sum();
    years + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn moments_are_read_as_they_are_printed() {
        for (typed, printed) in [
            ("1970-01-01", "1970-01-01 00:00:00.000Z"),
            ("2000-02-29", "2000-02-29 00:00:00.000Z"),
            ("2026-11-22 15:09", "2026-11-22 15:09:00.000Z"),
            ("2026-11-22T15:09:10Z", "2026-11-22 15:09:10.000Z"),
            ("2026-11-22 15:09:10.227Z", "2026-11-22 15:09:10.227Z"),
            ("2100-03-01T23:59:59Z", "2100-03-01 23:59:59.000Z"),
        ] {
            let Since(at) = since(typed).unwrap_or_else(|why| panic!("{typed}: {why}"));
            assert_eq!(text::moment(at), printed, "{typed}");
        }
    }

    #[test]
    fn durations_go_back_from_now() {
        for (typed, back) in [("90s", 90_000), ("30m", 1_800_000), ("12h", 43_200_000), ("7d", 604_800_000)] {
            let before = now().0;
            let Since(at) = since(typed).expect("a duration");
            assert!(at.0 + back >= before && at.0 + back <= now().0, "{typed}");
        }
        assert_eq!(since("99999999999d"), Ok(Since(Millis(0))), "longer than there has been time");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for typed in [
            "",
            "d",
            "-1d",
            "1w",
            "1.5h",
            "yesterday",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-11-31",
            "26-11-22",
            "2026-1-2",
            "2026-11-22T",
            "2026-11-22T24:00",
            "2026-11-22T15:60",
            "2026-11-22T15:09:60",
            "2026-11-22T15:09+01:00",
            "1969-12-31",
            "99999999999999999999d",
            "1é",
        ] {
            assert!(since(typed).is_err(), "{typed} was taken");
        }
    }
}
