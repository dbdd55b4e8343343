//! The dashboard on virtual time, where each line has its millisecond, and on tokio, where none is early.

use core::pin::pin;
use core::time::Duration;

use anytempo::{Timer, next};
use anytempo_example_streams::{KEYS, TRADES, dashboard, play};
use anytempo_tokio::TokioTimer;
use anytempo_virtual::explore;

/// The milliseconds and the text of each line of the recording.
async fn lines<T: Timer>(timer: &T) -> Vec<(u128, String)> {
    let start = timer.now();
    let mut lines = pin!(dashboard(timer, play(timer, &TRADES), play(timer, &KEYS)));
    let mut seen = Vec::new();
    while let Some(line) = next(&mut lines).await {
        seen.push((timer.elapsed(start).as_millis(), line));
    }
    seen
}

/// The lines that README.md promises.
fn promised() -> Vec<(u128, String)> {
    let (_, text) = include_str!("../README.md").split_once("```text\n").expect("there is a block");
    let (text, _) = text.split_once("```").expect("it has an end");
    let line = |line: &str| {
        let (millis, line) = line.split_once(" ms  ").expect("each line has a time");
        (millis.trim().parse().expect("it is a number"), line.to_owned())
    };
    text.lines().map(line).collect()
}

/// Which of two lines of one moment comes first is for the seed to choose.
#[test]
fn each_line_has_its_millisecond() {
    let mut promised = promised();
    promised.sort();
    assert_eq!(promised.len(), 21);
    let explored = explore(0..50, async |sim| {
        let mut lines = lines(sim.clock()).await;
        lines.sort();
        assert_eq!(lines, promised);
        assert_eq!(sim.pending(), []);
    });
    explored.expect("the lines are the same under every seed");
}

/// A machine that is slow may see other prices, but it loses no trade and no key, and shows none before it came.
#[test]
fn on_tokio_no_line_is_early() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let limited = async { TokioTimer.timeout(Duration::from_secs(60), lines(&TokioTimer)).await };
    let lines = runtime.expect("a runtime").block_on(limited).expect("no wake is lost");

    let of = |pane: &'static str| {
        lines.iter().filter_map(move |(at, line)| Some((*at, line.strip_prefix(pane)?)))
    };
    for pane in ["price ", "alert "] {
        assert!(of(pane).count() >= 2, "{lines:?}");
        for (at, price) in of(pane) {
            let cents = price.replace('.', "").parse().expect("it is a price");
            let trade = TRADES.iter().find(|it| it.1.price == cents).expect("somebody paid it");
            assert!(at >= trade.0.into(), "{lines:?}");
        }
    }
    let rows =
        of("save ").map(|(_, it)| it.trim_end_matches(" rows").parse::<usize>().expect("a number"));
    assert_eq!(rows.sum::<usize>(), TRADES.len(), "{lines:?}");
    let last = |pane| of(pane).next_back().expect("there is a line");
    assert_eq!(last("volume ").1, "21");
    assert_eq!(last("price ").1, "99.90");
    assert_eq!(last("search ").1, "\"acme\"");
    assert!(last("volume ").0 >= 3_300, "{lines:?}");
}
