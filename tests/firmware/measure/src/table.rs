use std::fs;
use std::io;

use crate::cargo::target_dir;

/// Rows of text in columns. It reads well as it is, and is Markdown.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(titles: &[&str]) -> Self {
        Self { rows: vec![titles.iter().map(|it| (*it).to_owned()).collect()] }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(crate) fn print(&self) {
        let columns = self.rows[0].len();
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|it| width(it).unwrap_or(0)).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = String::from("|");
            for (column, cell) in row.iter().enumerate() {
                let width = widths[column];
                // Numbers are easier to compare if their ends are in line.
                let numeric = cell.starts_with(|it: char| it.is_ascii_digit() || "+-".contains(it));
                line += &if numeric {
                    format!(" {cell:>width$} |")
                } else {
                    format!(" {cell:width$} |")
                };
            }
            println!("{line}");
            if index == 0 {
                let rules: Vec<String> = widths.iter().map(|it| "-".repeat(it + 2)).collect();
                println!("|{}|", rules.join("|"));
            }
        }
    }

    /// Writes the table as JSON, for machines: a list of rows, each with its cells by the titles of their columns.
    pub(crate) fn write(&self, name: &str) -> io::Result<()> {
        let [titles, rows @ ..] = self.rows.as_slice() else { return Ok(()) };
        let rows: Vec<String> = rows.iter().map(|row| object(titles, row)).collect();
        let path = target_dir().join(name).with_extension("json");
        fs::create_dir_all(target_dir())?;
        fs::write(path, format!("[\n{}\n]\n", rows.join(",\n")))
    }
}

fn object(titles: &[String], cells: &[String]) -> String {
    let fields = titles.iter().zip(cells).map(|(title, cell)| {
        // A sign is for people.
        let digits = cell.strip_prefix('+').unwrap_or(cell);
        let value = if digits.parse::<f64>().is_ok() { digits.into() } else { quoted(cell) };
        format!("{}: {value}", quoted(title))
    });
    format!("  {{{}}}", fields.collect::<Vec<_>>().join(", "))
}

/// Of what is in a table only these two have a meaning in JSON.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
