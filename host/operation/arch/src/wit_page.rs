//! The contract as a page of the book: every interface, record and function with what its comment says.
//!
//! *Invariant:* nothing of the contract is left out: a statement that isn't known here is an error, never passed over.
//! *Doesn't know:* what a comment means, and whether the contract is a good one; [`wit`](crate::wit) judges that.
//! *Start at:* [`render`].

use std::fmt::Write as _;
use std::iter::Peekable;

/// What stands above the contract's own words.
const HEAD: &str = "\
# The contract, item by item

<!-- Made from wit/1.0.0/jaros.wit by `just reference`; what is changed here is overwritten, and a test compares. -->

Every interface, record and function of [`wit/1.0.0/jaros.wit`](../../wit/1.0.0/jaros.wit), in its own words. What the host does with them
is told in [the contract with components](../contract.md); each SDK wraps them in the habits of its language.
";

/// A statement at which the renderer gave up.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the contract has no place on its page yet: {text}")]
pub struct Unknown {
    /// From 1.
    pub line: usize,
    /// The statement, as far as it was read.
    pub text: String,
}

/// A statement with the comment above it: up to its `;`, `,`, `{` or `}`.
struct Statement {
    line: usize,
    text: String,
    docs: Vec<String>,
}

/// Renders the text of a contract as Markdown.
///
/// # Errors
/// A statement of a kind that the contract didn't have when this was written.
pub fn render(text: &str) -> Result<String, Unknown> {
    let mut page = HEAD.to_owned();
    let mut statements = statements(text).into_iter().peekable();
    while let Some(statement) = statements.next() {
        let words: Vec<&str> = statement.text.split_whitespace().collect();
        match words[..] {
            ["package", name] => {
                let _ = writeln!(page, "\n**`{name}`**\n\n{}", statement.docs.join("\n"));
            }
            ["interface", name, "{"] => {
                let _ = writeln!(page, "\n## {name}\n\n{}", statement.docs.join("\n"));
                while let Some(inner) = statements.next_if(|next| next.text != "}") {
                    item(&mut page, name, &inner, &mut statements)?;
                }
                statements.next();
            }
            ["world", name, "{"] => {
                let _ = writeln!(page, "\n## world {name}\n\n{}\n\n```wit", statement.docs.join("\n"));
                let _ = writeln!(page, "world {name} {{");
                while let Some(inner) = statements.next_if(|next| next.text != "}") {
                    let _ = writeln!(page, "    {};", inner.text);
                }
                statements.next();
                page += "}\n```\n";
            }
            _ => return Err(unknown(&statement)),
        }
    }
    Ok(one_blank_line(&page))
}

/// Items without a comment leave blank lines behind.
fn one_blank_line(page: &str) -> String {
    let mut squeezed = String::new();
    let mut blank = false;
    for line in page.trim_end().lines() {
        if !(blank && line.is_empty()) {
            squeezed += line;
            squeezed.push('\n');
        }
        blank = line.is_empty();
    }
    squeezed
}

/// One statement of an interface's body; of a record, its fields too.
fn item(
    page: &mut String,
    interface: &str,
    statement: &Statement,
    rest: &mut Peekable<impl Iterator<Item = Statement>>,
) -> Result<(), Unknown> {
    let docs = statement.docs.join("\n");
    let text = &statement.text;
    if let Some(used) = text.strip_prefix("use ") {
        let (from, names) = used.split_once(".{").ok_or_else(|| unknown(statement))?;
        let names = names.trim_end_matches('}').split(',').map(|name| format!("`{}`", name.trim()));
        let _ = writeln!(page, "\nUses {} of [{from}](#{from}).", names.collect::<Vec<_>>().join(", "));
    } else if let Some((name, _)) = text.strip_prefix("type ").and_then(|rest| rest.split_once(" = ")) {
        let _ = writeln!(page, "\n### {interface}.{name}\n\n```wit\n{text};\n```\n\n{docs}");
    } else if let Some((name, _)) = text.split_once(": func(") {
        let name = name.trim_start_matches('%');
        let _ = writeln!(page, "\n### {interface}.{name}\n\n```wit\n{text};\n```\n\n{docs}");
    } else if let Some(name) = text.strip_prefix("record ").and_then(|rest| rest.strip_suffix(" {")) {
        let _ =
            writeln!(page, "\n### {interface}.{name}\n\n{docs}\n\n| field | type | |\n| --- | --- | --- |");
        while let Some(field) = rest.next_if(|next| next.text != "}") {
            let (name, kind) = field.text.split_once(": ").ok_or_else(|| unknown(&field))?;
            let _ = writeln!(page, "| `{name}` | `{kind}` | {} |", field.docs.join(" "));
        }
        rest.next();
    } else {
        return Err(unknown(statement));
    }
    Ok(())
}

fn unknown(statement: &Statement) -> Unknown {
    Unknown { line: statement.line, text: statement.text.clone() }
}

/// Cuts the text into statements. A brace on one line with what it closes (`use types.{json};`) belongs to the statement.
fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut docs = Vec::new();
    let mut open = String::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(doc) = line.strip_prefix("///") {
            docs.push(doc.strip_prefix(' ').unwrap_or(doc).to_owned());
            continue;
        }
        let code = line.split("//").next().unwrap_or_default().trim();
        if code.is_empty() {
            continue;
        }
        if !open.is_empty() {
            open.push(' ');
        }
        open += code;
        let whole = open.matches('(').count() == open.matches(')').count();
        if whole && open.ends_with([';', '{', '}', ',']) {
            let text = open.trim_end_matches([';', ',']).to_owned();
            found.push(Statement { line: at + 1, text, docs: std::mem::take(&mut docs) });
            open.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "\
/// All of it.
package a:b@1.0.0;

/// Words.
interface types {
    /// A text.
    type json = string;
    /// One thing.
    record thing {
        /// Its name,
        /// in a line.
        name: string,
        size-bytes: u64,
    }
}

interface act {
    use types.{json, thing};
    // Not shown.
    /// Does it.
    %list: func(
        what: thing,
        how: json) -> result<json, string>;
}

/// The least.
///
///     world more { include least; }
world least {
    import act;
}
";

    #[test]
    fn everything_stands_on_the_page() {
        let page = render(SMALL).expect("every statement is known");
        for part in [
            "**`a:b@1.0.0`**\n\nAll of it.\n",
            "\n## types\n\nWords.\n",
            "### types.json\n\n```wit\ntype json = string;\n```\n\nA text.\n",
            "### types.thing\n\nOne thing.\n\n| field | type | |\n",
            "| `name` | `string` | Its name, in a line. |\n| `size-bytes` | `u64` |  |\n",
            "Uses `json`, `thing` of [types](#types).\n",
            "### act.list\n\n```wit\n%list: func( what: thing, how: json) -> result<json, string>;\n```\n\nDoes it.\n",
            "## world least\n\nThe least.\n\n    world more { include least; }\n\n```wit\nworld least {\n    import act;\n}\n```\n",
        ] {
            assert!(page.contains(part), "{part}\n---\n{page}");
        }
        assert!(!page.contains("Not shown"), "{page}");
    }

    #[test]
    fn what_has_no_place_on_the_page_is_told() {
        for (bad, line) in [
            (SMALL.replace("type json = string", "enum json { a"), 7),
            (SMALL.replace("interface types {", "interfaces types {"), 5),
            (SMALL.replace("size-bytes: u64,", "size-bytes,"), 13),
            (SMALL.replace("%list: func(", "resource list("), 23),
        ] {
            assert_ne!(bad, SMALL);
            assert_eq!(render(&bad).map_err(|unknown| unknown.line), Err(line), "{bad}");
        }
    }
}
