//! How numbers, times and other people's words are shown.
//!
//! *Invariant:* nothing that a guest wrote reaches a terminal with a control character in it.
//! *Doesn't know:* what is worth showing.
//! *Start at:* [`brief`], [`moment`].

use std::time::Duration;

use jaros_decision::Millis;

/// `text` on one line of at most `most` characters, without anything that could move a terminal's cursor.
pub(crate) fn brief(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == most {
            shown.push('…');
            break;
        }
        push(&mut shown, character);
    }
    shown
}

/// `text` whole, on one line, without control characters.
pub(crate) fn plain(text: &str) -> String {
    brief(text, usize::MAX)
}

/// As [`plain`], but line breaks stay: for messages that have several lines.
pub(crate) fn lines(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        if character == '\n' { shown.push('\n') } else { push(&mut shown, character) }
    }
    shown
}

fn push(shown: &mut String, character: char) {
    // Marks that turn the direction of what follows make text read as something else than it is.
    let turns =
        matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    if character.is_control() || turns {
        shown.extend(character.escape_default());
    } else {
        shown.push(character);
    }
}

/// A number with its thousands apart: `12,345`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `1 job`, `2 jobs`.
pub(crate) fn several(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A wall-clock time: `2025-11-22 13:49:07.123Z`.
pub(crate) fn moment(at: Millis) -> String {
    let (days, of_day) = (at.0 / 86_400_000, at.0 % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, millis) = (of_day / 1000 % 60, of_day % 1000);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day of a day since 1970-01-01, by the Gregorian calendar.
fn civil(days: u64) -> (u64, u64, u64) {
    // Years begin in March here, so that the day of a leap year comes last.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// A time that something took: `12 ms`, `3.4 s`, `2 m 5 s`, `1 h 12 m`, `3 d 4 h`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{} ms", time.as_millis()),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        60..3600 => format!("{} m {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// The time between two moments, 0 where the clock went backwards.
pub(crate) fn between(from: Millis, to: Millis) -> Duration {
    Duration::from_millis(to.0.saturating_sub(from.0))
}

/// Bytes: `512 B`, `12.3 KiB`.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if number < 1024 {
        return format!("{number} B");
    }
    let mut tenths = number * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// The names among `known` that `wanted` may have meant, nearest first, at most three.
pub(crate) fn near<'k>(wanted: &str, known: impl Iterator<Item = &'k str>) -> Vec<&'k str> {
    if wanted.is_empty() || wanted.len() > 128 {
        return Vec::new();
    }
    let slips_max = 1 + wanted.len() / 4;
    let slips = |name: &str| {
        let part = name.split(['.', '-', '_']).any(|part| part.eq_ignore_ascii_case(wanted));
        if part { 0 } else { strsim::osa_distance(&wanted.to_lowercase(), &name.to_lowercase()) }
    };
    let mut found: Vec<(usize, &str)> = known.map(|name| (slips(name), name)).collect();
    found.retain(|(slips, _)| *slips <= slips_max);
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

/// `did you mean a or b?`, or what there is.
pub(crate) fn suggestion(wanted: &str, known: &[&str], noun: &str) -> String {
    let near = near(wanted, known.iter().copied());
    if !near.is_empty() {
        return format!("did you mean {}?", near.join(" or "));
    }
    match known {
        [] => format!("there are no {noun}s"),
        _ if known.len() <= 12 => format!("there are {}", known.join(", ")),
        _ => format!("there are {} and {} more", known[..12].join(", "), known.len() - 12),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_civil_dates() {
        for (at, want) in [
            (0, "1970-01-01 00:00:00.000Z"),
            (951_782_400_000, "2000-02-29 00:00:00.000Z"),
            (951_868_799_999, "2000-02-29 23:59:59.999Z"),
            (1_763_819_347_123, "2025-11-22 13:49:07.123Z"),
            (4_107_542_400_000, "2100-03-01 00:00:00.000Z"),
        ] {
            assert_eq!(moment(Millis(at)), want);
        }
    }

    #[test]
    fn numbers_and_times_are_for_people() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([several(1, "job"), several(2, "job")], ["1 job", "2 jobs"]);
        let took = |millis| duration(Duration::from_millis(millis));
        assert_eq!(
            [took(12), took(3400), took(125_000), took(4_320_000)],
            ["12 ms", "3.4 s", "2 m 5 s", "1 h 12 m"]
        );
        assert_eq!([bytes(512), bytes(12_600), bytes(1 << 20)], ["512 B", "12.3 KiB", "1.0 MiB"]);
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(plain("a\x1b[31m\u{9b}b\r\n\u{202e}"), "a\\u{1b}[31m\\u{9b}b\\r\\n\\u{202e}");
        assert_eq!(brief("grün und blau", 4), "grün…");
        assert_eq!(lines("a\nb\t"), "a\nb\\t");
    }

    #[test]
    fn near_names_are_found() {
        let known = ["text.count", "greeter", "planner"];
        assert_eq!(near("count", known.into_iter()), ["text.count"]);
        assert_eq!(near("greter", known.into_iter()), ["greeter"]);
        assert_eq!(near("Greeter", known.into_iter()), ["greeter"]);
        assert!(near("zebra", known.into_iter()).is_empty());
        assert_eq!(suggestion("zebra", &[], "agent"), "there are no agents");
    }
}
