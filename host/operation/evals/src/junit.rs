//! A report in the XML of JUnit, which CI systems read.
//!
//! *Invariant:* what components and authors wrote can't leave its place in the document: marks are escaped, and characters that XML
//! doesn't have are shown by their numbers.
//! *Doesn't know:* where the document goes.
//! *Start at:* [`junit`].

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::report::{CaseReport, Report};

/// The document: a suite for each file of cases.
///
/// # Errors
/// None that writing to memory could have.
pub fn junit(report: &Report) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut files: Vec<&str> = Vec::new();
    for case in &report.cases {
        if !files.contains(&case.file.as_str()) {
            files.push(&case.file);
        }
    }
    let all: Vec<&CaseReport> = report.cases.iter().collect();
    let mut suites = writer.create_element("testsuites").with_attribute(("name", "jaros eval"));
    for (name, value) in counts(&all) {
        suites = suites.with_attribute((name, value.as_str()));
    }
    suites.write_inner_content(|writer| {
        files.iter().try_for_each(|file| {
            suite(writer, file, &all.iter().copied().filter(|case| case.file == *file).collect::<Vec<_>>())
        })
    })?;
    let mut text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

fn suite(writer: &mut Writer<Vec<u8>>, file: &str, cases: &[&CaseReport]) -> io::Result<()> {
    let name = printable(file);
    let mut suite = writer.create_element("testsuite").with_attribute(("name", name.as_str()));
    for (name, value) in counts(cases) {
        suite = suite.with_attribute((name, value.as_str()));
    }
    suite.write_inner_content(|writer| cases.iter().try_for_each(|case| element(writer, case)))?;
    Ok(())
}

fn element(writer: &mut Writer<Vec<u8>>, case: &CaseReport) -> io::Result<()> {
    let (name, of, time) = (printable(&case.name), printable(&case.of), seconds(case.took_ms));
    let element = writer
        .create_element("testcase")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("classname", of.as_str()))
        .with_attribute(("time", time.as_str()));
    let wrong: Vec<String> = case.wrong().iter().map(|text| printable(text)).collect();
    if case.passed {
        element.write_empty()?;
        return Ok(());
    }
    let first = wrong.first().map_or("it failed", String::as_str);
    element.write_inner_content(|writer| {
        let failure = writer.create_element("failure").with_attribute(("message", first));
        failure.write_text_content(BytesText::new(&wrong.join("\n"))).map(drop)
    })?;
    Ok(())
}

fn counts(cases: &[&CaseReport]) -> [(&'static str, String); 4] {
    let failed = cases.iter().filter(|case| !case.passed).count();
    let took: u64 = cases.iter().map(|case| case.took_ms).sum();
    [
        ("tests", cases.len().to_string()),
        ("failures", failed.to_string()),
        ("errors", "0".to_owned()),
        ("time", seconds(took)),
    ]
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// `text` without what no XML document may hold.
fn printable(text: &str) -> String {
    let allowed = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let mut shown = String::new();
    for c in text.chars() {
        if allowed(c) || c == '\n' { shown.push(c) } else { shown.extend(c.escape_default()) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;

    use super::*;
    use crate::check::Check;

    #[test]
    fn a_report_is_a_document_that_holds_whatever_was_written() {
        let case = |file: &str, name: &str, passed: bool| CaseReport {
            name: name.into(),
            file: file.into(),
            of: "agent a".into(),
            passed,
            took_ms: 1_234,
            problem: None,
            checks: vec![Check {
                what: "result".into(),
                ok: passed,
                expected: "\"<b>\"".into(),
                found: "]]> & \x1b[31m \u{ffff}".into(),
            }],
            remarks: Vec::new(),
        };
        let cases = vec![
            case("a.json", "one", true),
            case("b.json", "<\"&'>\x07", false),
            case("a.json", "two", true),
        ];
        let text = junit(&Report { cases }).unwrap();
        assert!(
            text.contains(r#"<testsuites name="jaros eval" tests="3" failures="1" errors="0" time="3.702">"#),
            "{text}"
        );
        assert!(text.contains(r#"<testsuite name="a.json" tests="2" failures="0""#), "{text}");
        assert!(text.contains(r#"<testcase name="one" classname="agent a" time="1.234"/>"#), "{text}");
        assert!(!text.contains('\x1b') && !text.contains('\x07') && !text.contains('\u{ffff}'), "{text}");
        let mut reader = Reader::from_str(&text);
        let mut failures = 0;
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error}\n{text}")) {
                Event::Eof => break,
                Event::Start(start) if start.name().as_ref() == "failure" => failures += 1,
                _ => {}
            }
        }
        assert_eq!(failures, 1);
    }
}
