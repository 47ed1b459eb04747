//! `config` for people: a line a limit, those that somebody chose in the foreground.
//!
//! *Invariant:* what stands in a file reaches the terminal without control characters.
//! *Doesn't know:* where values come from.
//! *Start at:* [`print()`].

use super::limits::Row;
use super::model::Model;
use super::{Component, Picture};
use crate::output::{Output, Paint};
use crate::problem::Problem;
use crate::text;

/// Prints the picture.
pub(super) fn print(out: &Output, picture: &Picture) -> Result<(), Problem> {
    if out.is_json() {
        return out.document(picture);
    }
    let all = picture.limits.iter().flatten();
    let rows: Vec<&Row> = all.chain(picture.components.iter().flat_map(|one| &one.limits)).collect();
    let width = |text: fn(&Row) -> usize| rows.iter().map(|row| text(row)).max().unwrap_or(0);
    let widths = (width(|row| row.name.len()), width(|row| row.limit.shown(row.value).chars().count()));
    if let Some(limits) = &picture.limits {
        for limit in limits {
            out.line(row(out, limit, widths))?;
        }
    }
    for Component { section, limits, .. } in &picture.components {
        out.line(out.paint(Paint::Strong, section))?;
        for limit in limits {
            out.line(row(out, limit, widths))?;
        }
    }
    if let Some(model) = &picture.model {
        print_model(out, model)?;
    }
    for problem in &picture.problems {
        out.line(format_args!("problem  {}", out.paint(Paint::Bad, text::plain(problem))))?;
    }
    if !picture.problems.is_empty() {
        out.remark("The last good settings stay in force until that is mended.");
    } else if picture.limits.iter().flatten().any(|row| row.is_other() && row.restart) {
        out.remark("next: stop the node and jaros serve, for what it sets itself up with when it starts");
    }
    Ok(())
}

fn row(out: &Output, row: &Row, (name, value): (usize, usize)) -> String {
    let mut from = row.from.clone();
    if let Some(line) = row.line.filter(|_| !from.ends_with(|c: char| c.is_ascii_digit())) {
        from += &format!(", line {line}");
    }
    let shown = row.limit.shown(row.value);
    let mut line = format!("{:<name$}  {shown:<value$}  {from}", row.name);
    if let Some(in_force) = row.in_force.filter(|_| row.is_other()) {
        let in_force = row.limit.shown(in_force);
        let until = if row.restart { " until the node starts again" } else { "" };
        line += &out.paint(Paint::Care, format_args!("; in force: {in_force}{until}"));
    }
    if row.is_changed() { line } else { out.paint(Paint::Dim, line) }
}

fn print_model(out: &Output, model: &Model) -> Result<(), Problem> {
    if model.settings.is_empty() && model.in_force.is_none() {
        return Ok(());
    }
    out.line(out.paint(Paint::Strong, "model"))?;
    for setting in &model.settings {
        out.line(format_args!("{:<9} {}  {}", setting.name, text::plain(&setting.value), setting.from))?;
    }
    if let Some(in_force) = &model.in_force {
        let told = format!("in force: {}", text::plain(in_force.as_str()));
        out.line(out.paint(Paint::Care, told))?;
    }
    Ok(())
}
