use maud::html;
use serde::Deserialize;

use super::numbers::three;
use super::page::{Section, table};
use super::plot::{Mark, Of, Plot, Scale, legend};

/// What `./check.sh perf` writes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Costs {
    figures: Vec<Figure>,
    sizes: Vec<Size>,
}

#[derive(Clone, Debug, Deserialize)]
struct Figure {
    job: String,
    way: String,
    of: Who,
    instructions: f64,
    ratio: f64,
    allocations: f64,
    most: Option<f64>,
    kept: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Who {
    Hand,
    Anytempo,
    Peer,
}

#[derive(Clone, Debug, Deserialize)]
struct Size {
    what: String,
    bytes: u64,
    most: Option<u64>,
    kept: bool,
}

impl Who {
    const fn of(self) -> Of {
        match self {
            Self::Hand => Of::Hand,
            Self::Anytempo => Of::Anytempo,
            Self::Peer => Of::Peer,
        }
    }
}

/// Rows of a plot. A longer one is hard to read, and to print.
const MOST: usize = 16;

impl Costs {
    pub(super) fn section(&self, id: &str) -> Section {
        let mut jobs: Vec<(String, Vec<Mark>)> = Vec::new();
        for it in &self.figures {
            if jobs.last().is_none_or(|(last, _)| *last != it.job) {
                jobs.push((it.job.clone(), Vec::new()));
            }
            if let Some((_, marks)) = jobs.last_mut() {
                marks.push(Mark { of: it.of.of(), at: it.instructions, line: None, solid: true });
            }
        }
        let parts = jobs.len().div_ceil(MOST).max(1);
        let each = jobs.len().div_ceil(parts).max(1);
        let plots = jobs.chunks(each).enumerate().map(|(index, rows)| {
            let part = match parts {
                1 => "Jobs".to_owned(),
                _ => format!("Jobs, part {} of {parts}", index + 1),
            };
            Plot {
                says: format!(
                    "{part}: instructions by job, with anytempo, hand-written and with peers."
                ),
                caption: part,
                unit: "instructions",
                scale: Scale::Log,
                reference: None,
                rows: rows.to_vec(),
            }
            .figure()
        });
        let kept = |kept, most: bool| match (kept, most) {
            (true, true) => "kept",
            (true, false) => "",
            (false, _) => "missed",
        };
        let body = html! {
            p {
                "How many instructions a job takes on the processor of a host, next to the same job hand-written and with other "
                "crates on the same runtime. They are counted and not timed, so a busy machine changes nothing."
            }
            (legend(&[Of::Anytempo, Of::Hand, Of::Peer], ""))
            div.plots { @for plot in plots { (plot) } }
            details {
                summary { "The figures of instructions" }
                (table(
                    "Instructions of each way to do a job",
                    &["job", "way", "of", "instructions", "ratio to hand-written", "allocations", "target", "result"],
                    self.figures.iter().map(|it| vec![
                        it.job.clone(), it.way.clone(), it.of.of().name().into(), three(it.instructions), format!("{:.3}", it.ratio),
                        three(it.allocations), it.most.map(three).unwrap_or_default(), kept(it.kept, it.most.is_some()).into(),
                    ]),
                ))
            }
            details {
                summary { "Sizes of types" }
                (table("Sizes, in bytes", &["type", "bytes", "target", "result"], self.sizes.iter().map(|it| vec![
                    it.what.clone(), it.bytes.to_string(), it.most.map(|it| it.to_string()).unwrap_or_default(),
                    kept(it.kept, it.most.is_some()).into(),
                ])))
            }
        };
        Section { id: id.to_owned(), title: "Instructions next to peers".into(), body }
    }
}
