//! What is printed: tables for people, or the answer as it came.

use std::io::{self, Write as _};

use serde_json::Value;

use super::OfficeError;

/// One line.
pub(super) fn line(text: &str) -> Result<(), OfficeError> {
    writeln!(io::stdout().lock(), "{text}").map_err(OfficeError::Output)
}

/// As JSON.
pub(super) fn json(value: &Value) -> Result<(), OfficeError> {
    line(&format!("{value:#}"))
}

/// One row for each object, one column for each pair of heading and member.
pub(super) fn table(columns: &[(&str, &str)], rows: &[Value]) -> Result<(), OfficeError> {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| columns.iter().map(|(_, name)| cell(&row[*name])).collect())
        .collect();
    let head: Vec<String> = columns.iter().map(|(head, _)| (*head).to_owned()).collect();
    let lines = [vec![head], cells].concat();
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| {
            let cells = lines.iter().filter_map(|line| line.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for cells in lines {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| {
            let missing = width.saturating_sub(cell.chars().count());
            format!("{cell}{}", " ".repeat(missing))
        });
        line(padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// Members of objects as `name: value`, nothing for null.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| format!("{name}: {}", cell(value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}
