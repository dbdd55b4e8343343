use core::time::Duration;

use anytempo::{Instant, Timer, generate};
use futures_core::Stream;

/// Gives the characters of a timeline, each once its tick has come. The first tick begins now.
///
/// `anytempo_virtual::marbles::source_on` gives the same, and allocates.
pub(super) fn source_on<T: Timer>(
    timer: T,
    tick: Duration,
    timeline: &str,
) -> impl Stream<Item = char> {
    let start = timer.now();
    generate(async move |mut y| {
        for (ticks, marble) in marbles(timeline) {
            let passed = T::Instant::delta_ceil(tick.saturating_mul(ticks));
            timer.sleep_until(start.checked_add(passed)).await;
            if marble == '|' {
                return;
            }
            y.emit(marble).await;
        }
    })
}

/// Returns each character of a timeline, and the end as `|`, with its tick.
fn marbles(timeline: &str) -> impl Iterator<Item = (u32, char)> {
    let (mut tick, mut is_in_group) = (0_u32, false);
    timeline.chars().filter_map(move |character| {
        let now = tick;
        match character {
            '(' => is_in_group = true,
            ')' => is_in_group = false,
            _ => {}
        }
        tick = tick.saturating_add(u32::from(!is_in_group));
        (!"()-".contains(character)).then_some((now, character))
    })
}

#[cfg(all(test, feature = "program"))]
mod tests {
    use anytempo_virtual::marbles::Timeline;

    use super::*;

    #[test]
    fn marbles_are_those_of_a_timeline() {
        for text in ["", "|", "abc---d--e|", "(abc)----d--(e|)", "--(a)(bc)-|", "a-b"] {
            let timeline: Timeline = text.parse().expect("it is a timeline");
            let expected: Vec<(usize, String)> =
                timeline.marbles().map(|(tick, marble)| (tick, marble.to_owned())).collect();
            let seen: Vec<_> =
                marbles(text).map(|(tick, it)| (tick as usize, it.to_string())).collect();
            assert_eq!(seen, expected, "{text}");
        }
    }
}
