use core::fmt::Write as _;
use std::collections::BTreeMap;

use super::{Event, EventKind, Trace};
use crate::Instant;
use crate::current::Owner;

/// The sizes of the picture, in its units.
const LABEL: f64 = 220.0;
const WIDTH: f64 = 900.0;
const ROW: f64 = 26.0;
const TOP: f64 = 34.0;

/// The row of one task.
#[derive(Default)]
struct Row {
    /// From where to where each of its waits lasts.
    waits: Vec<(Instant, Instant)>,
    /// The waits that are not over: from where, for which deadline, and their numbers in a full trace.
    open: Vec<(Instant, Instant, u32)>,
    polls: BTreeMap<Instant, usize>,
    over: Option<Instant>,
}

impl Trace {
    /// The whole as a picture in SVG: a row for each task, and the virtual time from left to right.
    ///
    /// - A bar is a wait for a deadline.
    /// - A mark is an instant at which the task was polled, with the number of polls if there were several.
    /// - A circle is the end of the task.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let rows = self.rows();
        let end = self.events.last().map_or(Instant::START, |event| event.at);
        let start = self.events.first().map_or(Instant::START, |event| event.at);
        let seconds = |at: Instant| at.since_start().as_secs_f64();
        let span = seconds(end) - seconds(start);
        let x = |at: Instant| {
            let part = if span > 0.0 { (seconds(at) - seconds(start)) / span } else { 0.0 };
            LABEL + part.clamp(0.0, 1.0) * WIDTH
        };
        let (width, height) = (LABEL + WIDTH + 60.0, TOP + ROW * rows.len() as f64 + 12.0);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        for (part, anchor) in
            [(0, "start"), (1, "middle"), (2, "middle"), (3, "middle"), (4, "end")]
        {
            let at = start.since_start() + (end.since_start() - start.since_start()) / 4 * part;
            let x = x(Instant::at(at));
            line(
                &mut svg,
                format_args!(
                    "<line x1=\"{x:.1}\" y1=\"{}\" x2=\"{x:.1}\" y2=\"{height}\" stroke=\"#ddd\"/>\
                 <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"{anchor}\" fill=\"#555\">{at:?}</text>",
                    TOP - 8.0,
                    TOP - 14.0,
                ),
            );
        }
        for (index, (owner, row)) in rows.iter().enumerate() {
            let y = TOP + ROW * index as f64;
            let middle = y + ROW / 2.0;
            line(
                &mut svg,
                format_args!(
                    "<text x=\"8\" y=\"{}\">{}</text>",
                    middle + 4.0,
                    escaped(&self.label(*owner))
                ),
            );
            line(
                &mut svg,
                format_args!(
                    "<line x1=\"{LABEL}\" y1=\"{middle}\" x2=\"{}\" y2=\"{middle}\" stroke=\"#eee\"/>",
                    LABEL + WIDTH,
                ),
            );
            // Only a full trace has drops, but no wait is longer than its task.
            let last = row.over.unwrap_or(end);
            let open = row.open.iter().map(|&(from, to, _)| (from, to.min(last)));
            for (from, to) in row.waits.iter().copied().chain(open) {
                let (from, to) = (x(from), x(to));
                line(
                    &mut svg,
                    format_args!(
                        "<rect x=\"{from:.1}\" y=\"{}\" width=\"{:.1}\" height=\"8\" fill=\"#9ecae1\"/>",
                        middle - 4.0,
                        (to - from).max(1.0),
                    ),
                );
            }
            for (&at, &polls) in &row.polls {
                let x = x(at);
                line(
                    &mut svg,
                    format_args!(
                        "<line x1=\"{x:.1}\" y1=\"{}\" x2=\"{x:.1}\" y2=\"{}\" stroke=\"#08519c\" stroke-width=\"2\"/>",
                        middle - 8.0,
                        middle + 8.0,
                    ),
                );
                if polls > 1 {
                    line(
                        &mut svg,
                        format_args!(
                            "<text x=\"{:.1}\" y=\"{}\" font-size=\"9\" fill=\"#08519c\">{polls}</text>",
                            x + 3.0,
                            middle - 4.0,
                        ),
                    );
                }
            }
            if let Some(over) = row.over {
                line(
                    &mut svg,
                    format_args!(
                        "<circle cx=\"{:.1}\" cy=\"{middle}\" r=\"4\" fill=\"white\" stroke=\"#08519c\" stroke-width=\"2\"/>",
                        x(over),
                    ),
                );
            }
        }
        svg.push_str("</svg>\n");
        svg
    }

    /// What the picture shows of each task, in the order in which they appear.
    fn rows(&self) -> Vec<(Owner, Row)> {
        let mut rows: Vec<(Owner, Row)> = Vec::new();
        for &Event { at, owner, what, wait } in &self.events {
            let index = rows.iter().position(|(it, _)| *it == owner).unwrap_or_else(|| {
                rows.push((owner, Row::default()));
                rows.len() - 1
            });
            let row = &mut rows[index].1;
            match what {
                EventKind::Spawned
                | EventKind::Woken
                | EventKind::Read
                | EventKind::Made(_)
                | EventKind::Pending => {}
                EventKind::Polled => *row.polls.entry(at).or_default() += 1,
                EventKind::Over => row.over = Some(at),
                EventKind::Armed(deadline) => row.open.push((at, deadline, wait)),
                EventKind::Fired(deadline) => row.close(at, |open| open == (deadline, wait)),
                EventKind::Reset(_) | EventKind::Ready | EventKind::Dropped => {
                    row.close(at, |(_, open)| open == wait)
                }
            }
        }
        rows
    }
}

impl Row {
    /// The first open wait that is meant is over.
    fn close(&mut self, at: Instant, is_meant: impl Fn((Instant, u32)) -> bool) {
        let is_meant = |&(_, deadline, wait): &_| is_meant((deadline, wait));
        if let Some(index) = self.open.iter().position(is_meant) {
            let (from, ..) = self.open.remove(index);
            self.waits.push((from, at));
        }
    }
}

fn line(svg: &mut String, element: core::fmt::Arguments<'_>) {
    // Nothing that is written to a string fails.
    let _ = writeln!(svg, "{element}");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
