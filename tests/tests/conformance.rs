//! The same behaviour in every language: one table, run against each language's guests, those included that were built for earlier
//! versions of the contract. `JAROS_GUESTS=DIR` adds freshly built ones; `JAROS_BLESS=1` writes `docs/conformance.md` anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jaros_tests::conformance::{Expected, Guests, Outcome, Row, rows, run};

#[test]
fn every_language_behaves_the_same() {
    let guests = Guests::all();
    let rows = rows();
    let outcomes = run(&guests, &rows);
    let mut wrong = Vec::new();
    for (language, outcomes) in &outcomes {
        assert_eq!(outcomes.len(), rows.len());
        for (row, outcome) in rows.iter().zip(outcomes) {
            if !fits(&row.expected, outcome) {
                wrong.push(format!(
                    "{language}: {}: {} (wanted {:?})",
                    row.name,
                    shown(outcome),
                    row.expected
                ));
            }
        }
    }
    let languages: Vec<_> = guests.names().collect();
    println!("{} behaviours in {} guests: {}", rows.len(), languages.len(), languages.join(", "));
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        rows.len() * languages.len(),
        wrong.join("\n")
    );
    assert!(
        languages.len() >= 4 && rows.len() >= 40,
        "only {} guests, {} behaviours",
        languages.len(),
        rows.len()
    );
    documented(&rows, &outcomes);
}

fn fits(expected: &Expected, outcome: &Outcome) -> bool {
    match (expected, outcome) {
        (Expected::Is(wanted), Outcome::Done(result)) => wanted == result,
        (Expected::Passes(passes), Outcome::Done(result)) => passes(result),
        (Expected::Ends(codes, parts), Outcome::Failed(code, message)) => {
            codes.contains(&code.as_str()) && parts.iter().all(|part| message.contains(part))
        }
        (Expected::Waits, Outcome::Waits) => true,
        _ => false,
    }
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done(result) => format!("done: {}", short(&result.to_string())),
        Outcome::Failed(code, message) => format!("{code}: {}", short(message)),
        Outcome::Waits => "waits".to_owned(),
    }
}

fn short(text: &str) -> String {
    if text.chars().count() > 300 { text.chars().take(300).chain(['…']).collect() } else { text.to_owned() }
}

/// The table in the docs is what was seen: for each language that ran, its column has to be there and to say the same.
fn documented(rows: &[Row], outcomes: &BTreeMap<String, Vec<Outcome>>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let page = fs::read_to_string(&path).expect("docs/conformance.md");
    let (before, rest) = page.split_once("<!-- table -->\n").expect("the page has a table");
    let (table, after) = rest.split_once("<!-- /table -->").expect("the table has an end");
    let mut columns = read(table);
    for (language, outcomes) in outcomes {
        let cells = rows.iter().zip(outcomes).map(|(row, outcome)| (row.name.to_owned(), cell(outcome)));
        columns.insert(column(language).to_owned(), cells.collect());
    }
    let now = format!("{before}<!-- table -->\n{}<!-- /table -->{after}", written(rows, &columns));
    if std::env::var_os("JAROS_BLESS").is_some() {
        fs::write(&path, now).expect("the page");
    } else {
        assert!(now == page, "docs/conformance.md isn't what was seen; JAROS_BLESS=1 writes it anew");
    }
}

/// A kept guest and a fresh one of the same language share a column, since they have to behave alike.
fn column(language: &str) -> &str {
    language.split('-').next().unwrap_or(language)
}

/// What a reader wants to know of an end: that it is the right one, or which of the allowed ones.
fn cell(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done(_) | Outcome::Waits => "✓".to_owned(),
        Outcome::Failed(code, _) => format!("`{code}`"),
    }
}

type Columns = BTreeMap<String, BTreeMap<String, String>>;

fn read(table: &str) -> Columns {
    let mut lines = table.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let Some(head) = lines.next() else { return Columns::new() };
    let mut columns = Columns::new();
    for cells in lines.skip(1) {
        for (language, cell) in head.iter().zip(&cells).skip(2).filter(|(language, _)| !language.is_empty()) {
            columns
                .entry((*language).to_owned())
                .or_default()
                .insert(cells[1].to_owned(), (*cell).to_owned());
        }
    }
    columns
}

fn written(rows: &[Row], columns: &Columns) -> String {
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut table = line(std::iter::once("behaviour").chain(columns.keys().map(String::as_str)).collect());
    table += &line(vec!["---"; columns.len() + 1]);
    for row in rows {
        let cells = columns.values().map(|cells| cells.get(row.name).map_or("", String::as_str));
        table += &line(std::iter::once(row.name).chain(cells).collect());
    }
    table
}
