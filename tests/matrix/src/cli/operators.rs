//! `anytempo operators`: what an operator makes of a source, as two timelines.

use core::time::Duration;
use std::io::Write;
use std::process::exit;
use std::sync::{Arc, Mutex, PoisonError};

use anytempo::stream::AnyRate;
use anytempo_matrix::programs::host::Command;
use anytempo_matrix::programs::{Event, Operation, Sink};
use anytempo_matrix::runtimes::{Runtime, SharedSink};
use anytempo_matrix::stdio;
use anytempo_virtual::marbles::Timeline;
use serde::Serialize;

use crate::cli::args::{Chosen, Common, Format};
use crate::cli::refusal::Refusal;
use crate::cli::specs::{self, Wanted};
use crate::cli::{MISUSED, RIGHT, WRONG, available, complain, json, value, written};

/// The arguments of `operators`. Each option is named as the parameter of the method.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Operators {
    /// The operator, or all of them [default: all].
    #[arg(value_name = "OPERATOR")]
    pub(super) operator: Option<String>,
    /// List the operators, and run none.
    #[arg(long)]
    pub(super) list: bool,
    /// What comes when, as a timeline that ends with `|` [default: one that suits the operator].
    #[arg(long, value_name = "TIMELINE", allow_hyphen_values = true, value_parser = specs::source)]
    pub(super) source: Option<String>,
    /// The time that a character stands for.
    #[arg(long, default_value = "100ms", allow_hyphen_values = true, value_parser = value::tick)]
    pub(super) tick: Duration,
    /// The time between two items, or before the first one.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) delay: Option<Duration>,
    /// What the delay counts from.
    #[arg(long, value_name = "fixed-delay|spaced|fixed-rate|skip", value_parser = value::any_rate)]
    pub(super) rate: Option<(&'static str, AnyRate)>,
    /// How many items may come at once.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = value::count)]
    pub(super) burst: Option<u32>,
    /// The time in which at most one item comes, or between two ticks.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) period: Option<Duration>,
    /// How long the source is silent before an item comes.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) quiet: Option<Duration>,
    /// How long an item waits at most.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) at_most: Option<Duration>,
    /// How long an item may take.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) limit: Option<Duration>,
    /// How long the first item may take.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) first: Option<Duration>,
    /// Give an error for each limit in a gap.
    #[arg(long)]
    pub(super) repeating: bool,
    /// How long nothing comes before an item is added.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) idle: Option<Duration>,
    /// The time of a chunk, from its first item.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) window: Option<Duration>,
    /// How many items a chunk has at most.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = value::most)]
    pub(super) most: Option<usize>,
    /// The time after which the stream ends.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = value::duration)]
    pub(super) span: Option<Duration>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// How wide the names are.
const NAMES: usize = 16;

/// Draws what was asked for on one runtime after the other.
pub(super) fn run(chosen: Chosen, format: Format, args: &Operators) -> Result<u8, Refusal> {
    if args.list {
        return Ok(written(stdio::Output.write_all(specs::list().as_bytes()))
            .err()
            .unwrap_or(RIGHT));
    }
    let wanted = specs::wanted(args)?;
    let cannot = "a board has no heap, in which it collects items";
    if let Some(wanted) = wanted.iter().find(|it| it.operation.operator.allocates()) {
        let name = wanted.name;
        if let Some((board, _)) = chosen.iter().find(|(it, by_name)| it.is_board() && *by_name) {
            let board = board.name;
            if args.operator.as_deref() == Some(name) {
                return Err(Refusal::misused(format!("{name} cannot run on {board}: {cannot}")));
            }
        }
        let boards: Vec<_> =
            chosen.iter().filter(|(it, _)| it.is_board()).map(|(it, _)| it.name).collect();
        if !boards.is_empty() {
            complain(&format!("{name} is not run on {}: {cannot}", boards.join(", ")));
        }
    }
    let (runtimes, _) = available(chosen)?;
    let mut code = RIGHT;
    let mut results = Vec::new();
    for runtime in &runtimes {
        let able = |it: &&Wanted| !(runtime.is_board() && it.operation.operator.allocates());
        for wanted in wanted.iter().filter(able) {
            let (result, ran) = drawn(runtime, format, wanted);
            code = code.max(ran);
            results.push(result);
        }
    }
    if format == Format::Json {
        let document = Document {
            anytempo: env!("CARGO_PKG_VERSION"),
            on: runtimes.iter().map(|runtime| runtime.name).collect(),
            tick_us: args.tick.as_micros(),
            results,
        };
        let mut text = Vec::new();
        let made = json::write_pretty(&mut text, &document);
        text.push(b'\n');
        let result = made.and_then(|()| stdio::Output.write_all(&text));
        code = code.max(written(result).err().unwrap_or(RIGHT));
    }
    Ok(code)
}

/// All that was drawn.
#[derive(Serialize)]
struct Document {
    /// The version of the program.
    anytempo: &'static str,
    on: Vec<&'static str>,
    tick_us: u128,
    results: Vec<Drawn>,
}

/// An operator on a runtime.
#[derive(Clone, Serialize)]
struct Drawn {
    runtime: &'static str,
    operator: &'static str,
    /// The options, as they would be typed.
    options: String,
    source: String,
    /// The output as a timeline.
    output: String,
    items: Vec<Item>,
}

/// An item, or the end as `|`.
#[derive(Clone, Serialize)]
struct Item {
    t_us: u128,
    marble: String,
}

fn drawn(runtime: &'static Runtime, format: Format, wanted: &Wanted) -> (Drawn, u8) {
    let Operation { source, tick, .. } = &wanted.operation;
    let drawn = Drawn {
        runtime: runtime.name,
        operator: wanted.name,
        options: wanted.options.clone(),
        source: source.clone(),
        output: String::new(),
        items: Vec::new(),
    };
    let drawing = Drawing {
        drawn,
        tick: *tick,
        timeline: Timeline::default(),
        shown: 0,
        is_live: format == Format::Text,
    };
    let space = if wanted.options.is_empty() { "" } else { " " };
    drawing.print(&format!(
        "{}{space}{} on {}, a character is {}\n{:NAMES$}{source}\n{:NAMES$}",
        wanted.name,
        wanted.options,
        runtime.name,
        humantime::format_duration(*tick),
        "source",
        wanted.name,
    ));
    let drawing = Arc::new(Mutex::new(drawing));
    let ended = runtime.run(
        Command::Operators(wanted.operation.clone()),
        SharedSink::new(Shared(drawing.clone())),
    );
    let mut drawing = drawing.lock().unwrap_or_else(PoisonError::into_inner);
    drawing.print(if ended.is_ok() { "\n\n" } else { "\n" });
    let code = match ended {
        Ok(()) => RIGHT,
        Err(error) => {
            complain(&format!("on {}: {error}", runtime.name));
            if error.is_refusal() { MISUSED } else { WRONG }
        }
    };
    drawing.drawn.output = drawing.timeline.to_string();
    (drawing.drawn.clone(), code)
}

/// Draws a timeline while it happens.
struct Drawing {
    drawn: Drawn,
    tick: Duration,
    timeline: Timeline,
    /// How much of the timeline is printed, in bytes.
    shown: usize,
    is_live: bool,
}

impl Drawing {
    /// Prints the ticks that are over. What is in them does not change any more.
    fn advance(&mut self, tick: usize) {
        self.timeline.extend_to(tick);
        if self.timeline.length() > tick {
            return;
        }
        let text = self.timeline.to_string();
        let new = text[self.shown..].to_owned();
        self.shown = text.len();
        self.print(&new);
    }

    /// Ends the process if its output cannot be written: what is on the way would only be lost.
    fn print(&self, text: &str) {
        if !self.is_live || text.is_empty() {
            return;
        }
        let mut out = stdio::Output;
        if let Err(code) = written(out.write_all(text.as_bytes()).and_then(|()| out.flush())) {
            exit(code.into());
        }
    }

    /// An item is never early, so it belongs to the tick in which it came.
    fn tick_of(&self, t_us: u128) -> usize {
        let tick = t_us * 1000 / self.tick.as_nanos();
        usize::try_from(tick).unwrap_or(usize::MAX).min(specs::MOST_TICKS * 2)
    }

    fn push(&mut self, t_us: u128, marble: &str) {
        let tick = self.tick_of(t_us);
        self.advance(tick);
        self.timeline.push(tick, marble.to_owned());
        self.drawn.items.push(Item { t_us, marble: marble.to_owned() });
    }
}

/// The drawing, which is read again at its end.
struct Shared(Arc<Mutex<Drawing>>);

impl Sink for Shared {
    fn event(&mut self, t_us: u128, event: Event<&str>) {
        let mut drawing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Marble { marble } => drawing.push(t_us, marble),
            Event::End => {
                drawing.push(t_us, "|");
                let length = drawing.timeline.length();
                drawing.advance(length);
            }
            // Operators report nothing else.
            _ => {}
        }
    }

    fn tick(&mut self, t_us: u128) {
        let mut drawing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tick = drawing.tick_of(t_us);
        drawing.advance(tick);
    }
}
