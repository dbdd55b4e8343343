use maud::{Markup, html};
use serde::Deserialize;

use super::numbers::three;
use super::page::{Section, table};
use super::plot::{Mark, Of, Plot, Scale, legend};

/// A row of what `./check.sh cost` writes of sizes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sizes {
    board: String,
    program: String,
    form: String,
    flash: i64,
    #[serde(rename = "flash for time")]
    flash_for_time: i64,
    #[serde(rename = "flash over best")]
    flash_over_best: i64,
    #[serde(rename = "RAM")]
    ram: i64,
    #[serde(rename = "RAM for time")]
    ram_for_time: i64,
    #[serde(rename = "RAM over best")]
    ram_over_best: i64,
    goal: String,
}

/// A row of what it writes of instructions.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Instructions {
    board: String,
    program: String,
    form: String,
    instructions: f64,
    ratio: f64,
    goal: String,
}

/// The board, the program and the form, and the figure.
type Figure<'a> = (&'a str, &'a str, &'a str, f64);

pub(super) fn sizes(rows: &[Sizes], id: &str) -> Section {
    let figures = |of: fn(&Sizes) -> i64| -> Vec<Figure<'_>> {
        rows.iter().map(|it| (&*it.board, &*it.program, &*it.form, of(it) as f64)).collect()
    };
    let body = html! {
        p {
            "What small programs for boards take for their use of time: the bytes beyond those of a program that never waits. "
            "Each program is there with anytempo and hand-written, in several forms."
        }
        (legend(&[Of::Anytempo, Of::Hand], ""))
        h3 { "Flash" }
        (boards(&figures(|it| it.flash_for_time), "Flash for time", "bytes of flash"))
        h3 { "RAM" }
        (boards(&figures(|it| it.ram_for_time), "RAM for time", "bytes of RAM"))
        details {
            summary { "The figures of firmware sizes" }
            (table(
                "Firmware sizes, in bytes",
                &["board", "program", "form", "flash", "for time", "over the best by hand", "RAM", "for time", "over the best by hand", "goal"],
                rows.iter().map(|it| vec![
                    it.board.clone(), it.program.clone(), it.form.clone(),
                    it.flash.to_string(), it.flash_for_time.to_string(), format!("{:+}", it.flash_over_best),
                    it.ram.to_string(), it.ram_for_time.to_string(), format!("{:+}", it.ram_over_best), it.goal.clone(),
                ]),
            ))
        }
    };
    Section { id: id.to_owned(), title: "Firmware sizes".into(), body }
}

pub(super) fn instructions(rows: &[Instructions], id: &str) -> Section {
    let figures: Vec<Figure<'_>> =
        rows.iter().map(|it| (&*it.board, &*it.program, &*it.form, it.instructions)).collect();
    let body = html! {
        p { "How many instructions a tick takes on a board: of the task, its executor and embassy's queue." }
        (legend(&[Of::Anytempo, Of::Hand], ""))
        (boards(&figures, "Instructions for a tick", "instructions"))
        details {
            summary { "The figures of instructions on boards" }
            (table(
                "Instructions for a tick",
                &["board", "program", "form", "instructions", "ratio to the best by hand", "goal"],
                rows.iter().map(|it| vec![
                    it.board.clone(), it.program.clone(), it.form.clone(),
                    three(it.instructions), format!("{:.2}", it.ratio), it.goal.clone(),
                ]),
            ))
        }
    };
    Section { id: id.to_owned(), title: "Instructions on boards".into(), body }
}

/// A plot for each board, with a row for each program.
fn boards(figures: &[Figure<'_>], says: &str, unit: &'static str) -> Markup {
    let mut boards: Vec<&str> = figures.iter().map(|it| it.0).collect();
    boards.dedup();
    let plot = |board: &&str| {
        let mut rows: Vec<(String, Vec<Mark>)> = Vec::new();
        for (_, program, form, at) in figures.iter().filter(|it| it.0 == *board) {
            let of = if form.starts_with("anytempo") { Of::Anytempo } else { Of::Hand };
            if rows.last().is_none_or(|(last, _)| last != program) {
                rows.push(((*program).to_owned(), Vec::new()));
            }
            if let Some((_, marks)) = rows.last_mut() {
                marks.push(Mark { of, at: *at, line: None, solid: true });
            }
        }
        Plot {
            caption: (*board).to_owned(),
            says: format!("{says} on {board}, by program, with anytempo and hand-written."),
            unit,
            scale: Scale::Linear,
            reference: None,
            rows,
        }
        .figure()
    };
    html! { div.plots { @for board in &boards { (plot(board)) } } }
}
