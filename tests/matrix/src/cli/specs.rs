//! The operators as a person names them, with the options that each takes.

use core::time::Duration;

use anytempo::stream::AnyRate;
use anytempo_matrix::programs::{Operation, Operator};
use anytempo_virtual::VirtualClock;
use anytempo_virtual::marbles::{Timeline, source_on};

use crate::cli::operators::Operators;
use crate::cli::refusal::Refusal;

/// The longest timeline.
pub(super) const MOST_TICKS: usize = 10_000;

/// An operator to run.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) name: &'static str,
    /// The options as they would be typed.
    pub(super) options: String,
    pub(super) operation: Operation<String>,
}

/// What there is to know of an operator.
struct Spec {
    name: &'static str,
    about: &'static str,
    options: &'static [&'static str],
    source: &'static str,
    make: fn(&mut Values<'_>) -> Operator,
}

const SPECS: [Spec; 18] = [
    Spec {
        name: "pace",
        about: "spaces items out by --delay, at a --rate, or lets a --burst through at once",
        options: &["--delay", "--rate", "--burst"],
        source: "(abc)----d--e|",
        make: |it| {
            let delay = it.span("--delay", it.args.delay, 2);
            match (it.args.burst, it.args.rate) {
                (Some(burst), _) => {
                    it.say("--burst", burst);
                    Operator::PaceBurst { delay, burst }
                }
                (None, _) => Operator::Pace { delay, rate: it.rate(AnyRate::Spaced) },
            }
        },
    },
    Spec {
        name: "stall",
        about: "waits for --delay before the first item",
        options: &["--delay"],
        source: "ab-c-d|",
        make: |it| Operator::Stall { delay: it.span("--delay", it.args.delay, 2) },
    },
    Spec {
        name: "throttle_latest",
        about: "gives at most one item per --period, the newest",
        options: &["--period"],
        source: "abc---d--e|",
        make: |it| Operator::ThrottleLatest { period: it.span("--period", it.args.period, 3) },
    },
    Spec {
        name: "throttle_first",
        about: "gives an item, and drops those that follow within --period",
        options: &["--period"],
        source: "abc---d--e|",
        make: |it| Operator::ThrottleFirst { period: it.span("--period", it.args.period, 3) },
    },
    Spec {
        name: "sample",
        about: "gives the newest item at each tick of --period",
        options: &["--period"],
        source: "abc---d--e|",
        make: |it| Operator::Sample { period: it.span("--period", it.args.period, 3) },
    },
    Spec {
        name: "debounce",
        about: "gives an item once the source was silent for --quiet, or waited for --at-most",
        options: &["--quiet", "--at-most"],
        source: "abc---d--e|",
        make: |it| Operator::Debounce {
            quiet: it.span("--quiet", it.args.quiet, 2),
            at_most: it.maybe("--at-most", it.args.at_most),
        },
    },
    Spec {
        name: "timeout_each",
        about: "gives `!` if no item comes within --limit, once a gap or --repeating; --first is the first limit",
        options: &["--limit", "--first", "--repeating"],
        source: "ab-----c|",
        make: |it| {
            let limit = it.span("--limit", it.args.limit, 3);
            let first = it.maybe("--first", it.args.first);
            let repeating = it.args.repeating;
            if repeating {
                it.options.push("--repeating".into());
            }
            Operator::TimeoutEach { limit, first, repeating }
        },
    },
    Spec {
        name: "keep_alive",
        about: "adds `k` whenever --idle has passed without an item",
        options: &["--idle"],
        source: "ab-----c|",
        make: |it| Operator::KeepAlive { idle: it.span("--idle", it.args.idle, 2) },
    },
    Spec {
        name: "fold_within",
        about: "counts the items of each --window, up to --most",
        options: &["--window", "--most"],
        source: "abc---d--e|",
        make: |it| Operator::FoldWithin {
            window: it.span("--window", it.args.window, 3),
            most: it.most(9),
        },
    },
    Spec {
        name: "chunks_within",
        about: "collects the items of each --window, at most --most at once",
        options: &["--most", "--window"],
        source: "ab-----c|",
        make: |it| Operator::ChunksWithin {
            most: it.most(2),
            window: it.span("--window", it.args.window, 3),
        },
    },
    Spec {
        name: "take_for",
        about: "ends the stream after --span",
        options: &["--span"],
        source: "ab-----c|",
        make: |it| Operator::TakeFor { span: it.span("--span", it.args.span, 4) },
    },
    Spec {
        name: "take_before",
        about: "ends the stream at a deadline, here --span after the start",
        options: &["--span"],
        source: "ab-----c|",
        make: |it| Operator::TakeBefore { span: it.span("--span", it.args.span, 4) },
    },
    Spec {
        name: "timestamped",
        about: "pairs each item with when it came, here in whole ticks",
        options: &[],
        source: "a--b-c|",
        make: |_| Operator::Timestamped,
    },
    Spec {
        name: "time_between",
        about: "pairs each item with the time since the one before, here in whole ticks",
        options: &[],
        source: "a--b-c|",
        make: |_| Operator::TimeBetween,
    },
    Spec {
        name: "interval",
        about: "answers each request with the next tick of --period, at a --rate; an item is when its tick was due",
        options: &["--period", "--rate"],
        source: REQUESTS,
        make: |it| {
            let period = it.span("--period", it.args.period, 2);
            Operator::Interval { period, rate: it.rate(AnyRate::Skip) }
        },
    },
    Spec {
        name: "interval_after",
        about: "as interval, with the first tick --delay after the first request",
        options: &["--delay", "--period", "--rate"],
        source: REQUESTS,
        make: |it| Operator::IntervalAfter {
            delay: it.span("--delay", it.args.delay, 1),
            period: it.span("--period", it.args.period, 2),
            rate: it.rate(AnyRate::Skip),
        },
    },
    Spec {
        name: "interval_at",
        about: "as interval, with the first tick at an instant, here --delay after the start",
        options: &["--delay", "--period", "--rate"],
        source: REQUESTS,
        make: |it| Operator::IntervalAt {
            delay: it.span("--delay", it.args.delay, 1),
            period: it.span("--period", it.args.period, 2),
            rate: it.rate(AnyRate::Skip),
        },
    },
    Spec {
        name: "idle_timeout",
        about: "gives `!` once --limit has passed without a reset, else how many resets there were",
        options: &["--limit"],
        source: "ab--c-----|",
        make: |it| Operator::IdleTimeout { limit: it.span("--limit", it.args.limit, 3) },
    },
];

/// Two requests at once, and two late ones: so that a tick is overdue.
const REQUESTS: &str = "(ab)------(cd)|";

/// The options of one operator, as they are read.
struct Values<'a> {
    args: &'a Operators,
    /// What was said or is the default, in words.
    options: Vec<String>,
}

impl Values<'_> {
    fn say(&mut self, name: &str, value: impl core::fmt::Display) {
        self.options.push(format!("{name} {value}"));
    }

    /// A duration, which is so many ticks by default.
    fn span(&mut self, name: &str, said: Option<Duration>, ticks: u32) -> Duration {
        let span = said.unwrap_or(self.args.tick.saturating_mul(ticks));
        self.say(name, humantime::format_duration(span));
        span
    }

    fn maybe(&mut self, name: &str, said: Option<Duration>) -> Option<Duration> {
        said.map(|span| self.span(name, Some(span), 0))
    }

    fn rate(&mut self, default: AnyRate) -> AnyRate {
        let Some((name, rate)) = self.args.rate else { return default };
        self.say("--rate", name);
        rate
    }

    fn most(&mut self, default: usize) -> usize {
        let most = self.args.most.unwrap_or(default);
        self.say("--most", most);
        most
    }
}

/// What `--list` prints.
pub(super) fn list() -> String {
    let lines = SPECS.iter().map(|spec| format!("{:16}{}\n", spec.name, spec.about));
    lines.collect()
}

/// What the help says after the options.
pub(super) fn help() -> String {
    let lines: String =
        SPECS.iter().map(|spec| format!("  {:16}{}\n", spec.name, spec.about)).collect();
    format!("Operators:\n{lines}\n{EXAMPLES}")
}

const EXAMPLES: &str = "A timeline has a character for each tick: `-` for nothing, a letter or digit for an item, `!` for a limit that
was missed, `(ab)` for several items in one tick, `([ab])` for one item of two, and `|` for the end.
The source of an interval has the requests of its consumer, and the source of idle_timeout the resets.

Examples:
  anytempo operators                                   draw each operator once, on tokio
  anytempo operators debounce --quiet 200ms --source \"abc---d--e|\"
  anytempo operators keep_alive --idle 1h --tick 1h --on virtual
  anytempo operators interval --period 200ms --rate fixed-rate --source \"(ab)------(cd)|\"
  anytempo operators throttle_latest --on all --format json";

/// The operators that were chosen. The error says what is wrong with an argument.
pub(super) fn wanted(args: &Operators) -> Result<Vec<Wanted>, Refusal> {
    let given = given(args);
    let Some(name) = args.operator.as_deref().filter(|name| *name != "all") else {
        if let Some(option) = given.first() {
            return Err(Refusal::misused(format!(
                "{option} needs an operator before it; anytempo operators --list names them"
            )));
        }
        return SPECS.iter().map(|spec| of(spec, args)).collect();
    };
    let Some(spec) = SPECS.iter().find(|spec| spec.name == name) else {
        return Err(Refusal::misused(format!(
            "there is no operator `{}`; anytempo operators --list names them",
            name.escape_debug()
        )));
    };
    if let Some(option) = given.iter().find(|option| !spec.options.contains(option)) {
        let takes = match spec.options {
            [] => "no options of its own".to_owned(),
            options => options.join(", "),
        };
        return Err(Refusal::misused(format!("{name} takes no {option}; it takes {takes}")));
    }
    if args.burst.is_some() && args.rate.is_some() {
        return Err(Refusal::misused("there cannot be both --burst and --rate"));
    }
    Ok(vec![of(spec, args)?])
}

/// The options of operators that are there.
fn given(args: &Operators) -> Vec<&'static str> {
    let Operators { delay, rate, burst, period, quiet, at_most, .. } = args;
    let Operators { limit, first, repeating, idle, window, most, span, .. } = args;
    let all = [
        ("--delay", delay.is_some()),
        ("--rate", rate.is_some()),
        ("--burst", burst.is_some()),
        ("--period", period.is_some()),
        ("--quiet", quiet.is_some()),
        ("--at-most", at_most.is_some()),
        ("--limit", limit.is_some()),
        ("--first", first.is_some()),
        ("--repeating", *repeating),
        ("--idle", idle.is_some()),
        ("--window", window.is_some()),
        ("--most", most.is_some()),
        ("--span", span.is_some()),
    ];
    all.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
}

fn of(spec: &'static Spec, args: &Operators) -> Result<Wanted, Refusal> {
    let mut values = Values { args, options: Vec::new() };
    let operator = (spec.make)(&mut values);
    let source = args.source.clone().unwrap_or_else(|| spec.source.to_owned());
    let operation = Operation { operator, source, tick: args.tick };
    is_short(&operation)?;
    Ok(Wanted { name: spec.name, options: values.options.join(" "), operation })
}

/// Whether a timeline has room for all that will come.
fn is_short(operation: &Operation<String>) -> Result<(), Refusal> {
    let Operation { operator, source, tick } = operation;
    let timeline: Timeline = source.parse().unwrap_or_default();
    let ticks = u32::try_from(timeline.length()).unwrap_or(u32::MAX);
    let items = u32::try_from(timeline.marbles().count()).unwrap_or(u32::MAX);
    let often = |option: &str, span: Duration| {
        let sentence =
            format!("{option} must be at least a tenth of --tick, else a tick has no room for all");
        if span < *tick / 10 { Err(Refusal::misused(sentence)) } else { Ok(()) }
    };
    let longer = match *operator {
        Operator::Pace { delay, .. } | Operator::PaceBurst { delay, .. } => {
            delay.saturating_mul(items)
        }
        Operator::Stall { delay } => delay,
        Operator::Interval { period, .. } => period.saturating_mul(items),
        Operator::IntervalAfter { delay, period, .. }
        | Operator::IntervalAt { delay, period, .. } => {
            period.saturating_mul(items).saturating_add(delay)
        }
        Operator::KeepAlive { idle } => {
            often("--idle", idle)?;
            Duration::ZERO
        }
        Operator::TimeoutEach { limit, repeating: true, .. } => {
            often("--limit", limit)?;
            Duration::ZERO
        }
        _ => Duration::ZERO,
    };
    let most = tick.saturating_mul(u32::try_from(MOST_TICKS).unwrap_or(u32::MAX));
    if tick.saturating_mul(ticks).saturating_add(longer) > most {
        return Err(Refusal::misused(format!(
            "the timeline would have more than {MOST_TICKS} ticks; use a longer --tick or shorter times"
        )));
    }
    Ok(())
}

/// A timeline that a source can be made of.
pub(super) fn source(text: &str) -> Result<String, String> {
    let hint = "; a source is such as abc---d--e|";
    source_on(&VirtualClock::new(), Duration::from_secs(1), text)
        .map_err(|error| format!("{error}{hint}"))?;
    let timeline: Timeline = text.parse().unwrap_or_default();
    if !timeline.has_end() {
        return Err(format!("it must end with `|`, as the program ends with it{hint}"));
    }
    // As it is drawn: without white space.
    Ok(timeline.to_string())
}
