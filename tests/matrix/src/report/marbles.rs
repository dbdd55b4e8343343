use maud::{Markup, html};
use serde::Deserialize;

use anytempo_virtual::marbles::Timeline;

use super::page::Section;

/// What `anytempo operators --format json` writes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Operators {
    on: Vec<String>,
    tick_us: u64,
    results: Vec<Drawn>,
}

#[derive(Clone, Debug, Deserialize)]
struct Drawn {
    runtime: String,
    operator: String,
    options: String,
    source: String,
    output: String,
}

/// The width of a tick.
const TICK: usize = 26;
const TOP: usize = 24;

impl Operators {
    pub(super) fn about(&self) -> String {
        format!("operators on {}", self.on.join(", "))
    }

    pub(super) fn section(&self, id: &str) -> Section {
        let millis = self.tick_us as f64 / 1e3;
        let body = html! {
            p {
                "What each time operator makes of a source. Time goes to the right, and the distance of two small lines is "
                (super::numbers::three(millis)) " ms. A bar is the end, and " code { "!" } " is a limit that was missed. "
                "The timeline as text is below each drawing."
            }
            div.marbles { @for drawn in &self.results { (drawn.figure()) } }
        };
        Section { id: id.to_owned(), title: "Operators".into(), body }
    }
}

impl Drawn {
    fn figure(&self) -> Markup {
        let lines = [("source", &self.source), (self.operator.as_str(), &self.output)];
        let timelines = lines.map(|(_, text)| text.parse::<Timeline>().unwrap_or_default());
        let ticks = timelines.iter().map(Timeline::length).max().unwrap_or(0).max(12);
        let heights = timelines.each_ref().map(|it| 20 * deepest(it) + 14);
        let (width, height) = (ticks * TICK + 20, heights.iter().sum::<usize>() + TOP);
        html! {
            figure.marbles {
                figcaption { strong { (self.operator) } @if !self.options.is_empty() { " " code { (self.options) } } " on " (self.runtime) }
                svg viewBox={ "0 0 " (width) " " (height) } width=(width) aria-hidden="true" {
                    (drawn(&timelines[0], 0, "hand"))
                    (drawn(&timelines[1], heights[0] + 8, "anytempo"))
                }
                dl {
                    @for (name, text) in lines { div { dt { (name) } dd { code { (text) } } } }
                }
            }
        }
    }
}

/// The most marbles in one tick.
fn deepest(timeline: &Timeline) -> usize {
    let items = || timeline.marbles().filter(|(_, marble)| *marble != "|");
    items()
        .map(|(tick, _)| items().filter(|(other, _)| *other == tick).count())
        .max()
        .unwrap_or(1)
        .max(1)
}

/// A line with a marble for each item; those of one tick are below one another.
fn drawn(timeline: &Timeline, top: usize, class: &str) -> Markup {
    let middle = top + 12;
    let center = |tick: usize| tick * TICK + 14;
    let mut last = None;
    let mut marbles = Vec::new();
    let mut end = None;
    for (tick, marble) in timeline.marbles() {
        if marble == "|" {
            // Beside an item of the same tick.
            let beside = if last.is_some_and(|(it, _)| it == tick) { 12 } else { 0 };
            end = Some(center(tick) + beside);
            continue;
        }
        let depth = last.map_or(0, |(it, depth)| if it == tick { depth + 1 } else { 0 });
        last = Some((tick, depth));
        let text = marble.trim_matches(['[', ']']);
        // Half of the width: some items have several characters.
        let half = 9 + 3 * text.chars().count().clamp(1, 9) - 3;
        marbles.push((center(tick), middle + depth * 20, half, text));
    }
    html! {
        line.axis x1="2" y1=(middle) x2=(center(timeline.length())) y2=(middle) {}
        @for tick in 0..timeline.length() {
            line.axis x1=(center(tick)) y1=(middle - 4) x2=(center(tick)) y2=(middle + 4) {}
        }
        @if let Some(end) = end { line.end x1=(end) y1=(middle - 9) x2=(end) y2=(middle + 9) {} }
        @for (x, y, half, text) in marbles {
            g class=(if text == "!" { "missed" } else { class }) {
                rect x=(x.saturating_sub(half)) y=(y - 9) width=(2 * half) height="18" rx="9" {}
                text x=(x) y=(y + 4) text-anchor="middle" { (text) }
            }
        }
    }
}
