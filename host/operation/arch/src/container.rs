//! The image: read by eye of a test, since no engine is needed to see that a path is missing or that root stays.
//!
//! *Invariant:* what is copied exists, the last user is a number that is not root's, and the toolchain is the one that
//! the repository pins.
//! *Doesn't know:* whether the image builds; `docker build .` tells.
//! *Start at:* [`check`].

use crate::Report;

/// Judges a Dockerfile. `exists` answers for a path below the context, `toolchain` is the pinned channel: `1.95.0`.
#[must_use]
pub fn check(dockerfile: &str, toolchain: &str, exists: &dyn Fn(&str) -> bool) -> Report {
    let mut report = Report::default();
    let lines = instructions(dockerfile);
    for line in &lines {
        report.saw();
        for missing in copied(line).into_iter().filter(|path| !exists(path)) {
            report.found(format!("it copies {missing}, which is not there"));
        }
        if let Some(image) = line.strip_prefix("FROM rust:")
            && !toolchain.starts_with(image.split(['-', ' ']).next().unwrap_or_default())
        {
            report.found(format!("it builds with rust:{image}, but the toolchain is {toolchain}"));
        }
    }
    let last = |word: &str| lines.iter().rev().find_map(|line| line.strip_prefix(word)).map(str::trim);
    match last("USER ").map(|user| user.split(':').next().unwrap_or_default().parse::<u32>()) {
        Some(Ok(user)) if user != 0 => {}
        _ => report
            .found("its last USER is not a number other than 0: a cluster cannot tell that it is not root"),
    }
    for word in ["ENTRYPOINT [", "CMD [", "HEALTHCHECK ", "VOLUME ", "STOPSIGNAL SIGTERM"] {
        if !lines.iter().any(|line| line.starts_with(word)) {
            report.found(format!("it has no {}", word.trim_end_matches([' ', '['])));
        }
    }
    report
}

/// The instructions, continued lines joined, comments and blank lines left out.
fn instructions(dockerfile: &str) -> Vec<String> {
    let kept = dockerfile.lines().filter(|line| !line.trim_start().starts_with('#'));
    let joined = kept.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let lines = joined.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

/// What a COPY or ADD takes from the context.
fn copied(line: &str) -> Vec<&str> {
    let Some(rest) = line.strip_prefix("COPY ").or_else(|| line.strip_prefix("ADD ")) else {
        return Vec::new();
    };
    let words: Vec<&str> = rest.split(' ').collect();
    if words.iter().any(|word| word.starts_with("--from=")) {
        return Vec::new();
    }
    let paths: Vec<&str> = words.into_iter().filter(|word| !word.starts_with("--")).collect();
    paths[..paths.len().saturating_sub(1)].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# USER root\nFROM rust:1.95-bookworm AS build\nCOPY Cargo.toml \\\n  host ./\nFROM debian\n\
        COPY --from=build --chown=1:1 /nowhere /x\nUSER 10001:10001\nVOLUME /data\nSTOPSIGNAL SIGTERM\n\
        HEALTHCHECK CMD [\"jaros\"]\nENTRYPOINT [\"jaros\"]\nCMD [\"serve\"]\n";

    fn wrong(text: &str) -> Vec<String> {
        check(text, "1.95.0", &|path| ["Cargo.toml", "host"].contains(&path)).wrong
    }

    #[test]
    fn planted_faults_are_found() {
        assert!(wrong(GOOD).is_empty(), "{:?}", wrong(GOOD));
        for (from, to) in [
            ("  host ./", "  hots ./"),
            ("USER 10001:10001\n", ""),
            ("USER 10001:10001", "USER 0:0"),
            ("USER 10001:10001", "USER 10001\nUSER root"),
            ("rust:1.95-", "rust:1.94-"),
            ("STOPSIGNAL SIGTERM", ""),
            ("CMD [\"serve\"]", ""),
        ] {
            assert_eq!(wrong(&GOOD.replacen(from, to, 1)).len(), 1, "{from} -> {to}");
        }
    }
}
