use core::time::Duration;

use anytempo::Timer;
use anytempo_tower::limit::rate::Rate;
use anytempo_virtual::{VirtualClock, run};

use crate::{call, is_ready, limited, request, seconds};

/// In seconds.
async fn times(rate: Rate, pauses: &[u64], timer: &VirtualClock) -> Vec<u64> {
    let service = limited(timer, rate);
    let mut times = vec![];
    for pause in pauses {
        timer.sleep(seconds(*pause)).await;
        times.push(request(service.clone()).await.as_secs());
    }
    times
}

#[test]
fn a_bucket_begins_full_and_fills_at_its_rate() {
    run(async |sim| {
        let rate = Rate::token_bucket(3, seconds(2));
        assert_eq!(times(rate, &[0; 6], sim.clock()).await, [0, 0, 0, 2, 4, 6]);
    })
    .unwrap();
}

#[test]
fn a_pause_fills_it_and_no_more() {
    run(async |sim| {
        let rate = Rate::token_bucket(2, seconds(2));
        assert_eq!(
            times(rate, &[0, 0, 100, 0, 0, 0], sim.clock()).await,
            [0, 0, 100, 100, 102, 104]
        );
    })
    .unwrap();
}

#[test]
fn a_late_request_does_not_move_the_tokens_after_it() {
    run(async |sim| {
        let rate = Rate::token_bucket(2, seconds(4));
        // The bucket is empty at 0. Its tokens come at 4, 8, 12 and 16, whenever they are taken.
        assert_eq!(times(rate, &[0, 0, 5, 0, 1, 0], sim.clock()).await, [0, 0, 5, 8, 12, 16]);
    })
    .unwrap();
}

/// Against a model that counts tokens: in any time `t` at most `capacity + t / refill` requests pass, and none waits in vain.
#[test]
fn it_lets_through_what_a_count_of_tokens_does() {
    let clock = VirtualClock::new();
    let (capacity, refill) = (5, 7);
    let rate = Rate::token_bucket(capacity, Duration::from_nanos(refill));
    let mut service = limited(&clock, rate);
    let (mut tokens, mut age, mut state) = (capacity, 0, 12345_u64);
    let (mut passed, mut refused) = (0, 0);
    for _ in 0..10_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let step = (state >> 33) % 12;
        clock.advance(Duration::from_nanos(step));
        age += step;
        // A full bucket has no token under way.
        while tokens < capacity && age >= refill {
            (tokens, age) = (tokens + 1, age - refill);
        }
        if tokens == capacity {
            age = 0;
        }
        let mut other = service.clone();
        assert_eq!(is_ready(&mut other), tokens > 0);
        if is_ready(&mut other) {
            call(&mut other);
            (tokens, passed) = (tokens - 1, passed + 1);
        } else {
            refused += 1;
        }
        service = other.clone();
    }
    assert!(passed > 1000 && refused > 1000, "{passed} passed, {refused} refused");
    assert_eq!(clock.pending(), []);
}

/// A token that is held counts until it is used, so those after it do not come on top.
#[test]
fn a_token_that_is_held_is_not_filled_up() {
    let clock = VirtualClock::new();
    let mut first = limited(&clock, Rate::token_bucket(1, seconds(10)));
    let mut second = first.clone();
    assert!(is_ready(&mut first));
    clock.advance(seconds(15));
    assert!(!is_ready(&mut second));
    call(&mut first);
    clock.advance(seconds(9));
    assert!(!is_ready(&mut second));
    clock.advance(seconds(1));
    assert!(is_ready(&mut second));
}

/// Clones that are ready for a while before they call or give up: the calls keep the rate, also of a window.
#[test]
fn calls_keep_the_rate_whenever_they_come() {
    for seed in 0..200_u64 {
        let mut state = seed;
        let mut below = |end| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        let (most, time) = (1 + below(4), 1 + below(20));
        let is_bucket = seed % 2 == 0;
        let nanos = Duration::from_nanos(time);
        let rate = if is_bucket { Rate::token_bucket(most, nanos) } else { Rate::new(most, nanos) };
        let clock = VirtualClock::new();
        let mut services = vec![limited(&clock, rate); 6];
        let mut calls = vec![];
        for _ in 0..300 {
            clock.advance(Duration::from_nanos(below(5)));
            let at = below(6) as usize;
            if !is_ready(&mut services[at]) {
                continue;
            }
            match below(3) {
                0 => {
                    call(&mut services[at]);
                    calls.push(clock.elapsed().as_nanos() as u64);
                }
                1 => services[at] = services[at].clone(),
                _ => {}
            }
        }
        assert!(calls.len() > 5, "seed {seed}: {calls:?}");
        for (index, call) in calls.iter().enumerate() {
            // One more than a full bucket, or than two windows have, takes its time.
            let (count, least) = if is_bucket { (most, time) } else { (2 * most, time) };
            if let Some(later) = calls.get(index + count as usize) {
                assert!(later - call >= least, "seed {seed}: {call} and {later} in {calls:?}");
            }
        }
    }
}
