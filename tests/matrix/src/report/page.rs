use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::firmware;
use super::numbers::{three, whole};
use super::source::{Content, Source};

/// A part of the page.
pub(super) struct Section {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) body: Markup,
}

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The page of some files, as HTML.
pub fn page(sources: &[Source]) -> String {
    let sections: Vec<Section> =
        sources.iter().enumerate().map(|(index, source)| source.section(index + 1)).collect();
    let (results, failed) = sources
        .iter()
        .map(Source::results)
        .fold((0, 0), |(all, bad), (more, worse)| (all + more, bad + worse));
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "anytempo report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the results" }
                header {
                    h1 { "anytempo report" }
                    @if results > 0 {
                        p.verdict {
                            @if failed == 0 { strong.kept { "✓ No failures" } } @else { strong.failed { "✗ " (failed) " failed" } }
                            " in " (whole(results)) " results."
                        }
                    }
                    nav aria-label="Contents" { ol {
                        @for section in &sections { li { a href={ "#" (section.id) } { (section.title) } } }
                    } }
                }
                main id="main" tabindex="-1" {
                    @for section in &sections {
                        section aria-labelledby={ (section.id) } { h2 id=(section.id) { (section.title) } (section.body) }
                    }
                }
                footer {
                    h2 { "Files" }
                    ul { @for source in sources { li { code { (source.name) } ": " (source.about()) } } }
                    p { "Made by " code { "anytempo report" } " " (env!("CARGO_PKG_VERSION")) "." }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

impl Source {
    fn section(&self, number: usize) -> Section {
        match &self.content {
            Content::Matrix(it) => it.section(&format!("matrix-{number}")),
            Content::Bench(it) => it.section(&format!("bench-{number}")),
            Content::Operators(it) => it.section(&format!("operators-{number}")),
            Content::Sizes(rows) => firmware::sizes(rows, &format!("sizes-{number}")),
            Content::Instructions(rows) => {
                firmware::instructions(rows, &format!("instructions-{number}"))
            }
            Content::Costs(it) => it.section(&format!("costs-{number}")),
        }
    }

    fn about(&self) -> String {
        match &self.content {
            Content::Matrix(it) => it.about(),
            Content::Bench(it) => it.about(),
            Content::Operators(it) => it.about(),
            Content::Sizes(_) => "sizes of firmware".into(),
            Content::Instructions(_) => "instructions of firmware".into(),
            Content::Costs(_) => "instructions next to peers".into(),
        }
    }
}

pub(super) fn seconds(of: f64) -> String {
    format!("took {} s", three(of))
}

/// A table that may be wider than the page, with its first column as the heads of its rows.
pub(super) fn table(
    caption: &str,
    titles: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Markup {
    html! {
        div.wide role="group" tabindex="0" aria-label=(caption) {
            table.figures {
                caption.sr { (caption) }
                thead { tr { @for title in titles { th scope="col" { (title) } } } }
                tbody { @for row in rows {
                    tr { @for (column, cell) in row.iter().enumerate() {
                        @if column == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                    } }
                } }
            }
        }
    }
}
