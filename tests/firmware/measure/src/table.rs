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
}
