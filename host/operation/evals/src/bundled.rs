//! The cases of the examples: each file's name and text.

/// What `jaros init --with-examples` puts into `evals/`. They pass with the examples and their grants.
pub const BUNDLED: [(&str, &str); 3] = [
    ("support.json", include_str!("../bundled/support.json")),
    ("system-health.json", include_str!("../bundled/system-health.json")),
    ("text-metrics.json", include_str!("../bundled/text-metrics.json")),
];

#[cfg(test)]
mod tests {
    use super::BUNDLED;

    #[test]
    fn they_are_cases_that_check_something() {
        let read =
            |(file, text): (&str, &str)| crate::cases(file, text).unwrap_or_else(|why| panic!("{why:?}"));
        let cases: Vec<_> = BUNDLED.into_iter().flat_map(read).collect();
        assert_eq!(cases.len(), 4);
        assert!(cases.iter().all(|case| !case.expect.is_nothing()));
    }
}
