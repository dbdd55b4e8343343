use super::few::{Few, Script};

/// How many runs each of the two ways may take.
const TRIES: u64 = 2_000;

/// Leaves out of `made` what can be left out, by delta debugging: first halves, then smaller parts, then single choices.
///
/// `again` runs what is left, and gives what of it was chosen if that fails too.
pub(crate) fn leave_out<T: Clone>(
    mut made: Vec<T>,
    mut again: impl FnMut(&[T]) -> Option<Vec<T>>,
) -> Vec<T> {
    let mut tries = 0;
    let mut part = made.len();
    while part > 0 {
        let mut start = 0;
        let mut is_shorter = false;
        while start < made.len() && tries < TRIES {
            let end = (start + part).min(made.len());
            tries += 1;
            match again(&[&made[..start], &made[end..]].concat()).filter(|it| it.len() < made.len())
            {
                Some(left) => {
                    made = left;
                    is_shorter = true;
                }
                None => start = end,
            }
        }
        // A single choice that was needed before may not be any more.
        part = if part == 1 && is_shorter { 1 } else { part / 2 };
        part = part.min(made.len());
    }
    made
}

/// Looks for a script that has fewer choices than `script`, from none on, as far as the tries go.
///
/// What cannot be left out one by one need not be the fewest there are. `again` says what there was to choose where a run does not fail.
pub(crate) fn find_fewer(
    script: Script,
    mut again: impl FnMut(&[(u64, u32)]) -> Result<Script, Vec<u32>>,
) -> Script {
    let Some(bound) = script.len().checked_sub(1) else { return script };
    let mut few = Few::new(bound, TRIES);
    while let Some(fewer) = few.next() {
        match again(&fewer) {
            Ok(found) => return found,
            Err(lines) => few.extend(&fewer, &lines),
        }
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of `0..len`, if all of `needed` makes it fail, and `freed` is needed only beside `by`.
    fn left(len: u32, needed: &[u32], (freed, by): (u32, u32)) -> Vec<u32> {
        leave_out((0..len).collect(), |left| {
            let fails = needed.iter().all(|it| left.contains(it));
            let is_free = !left.contains(&by) || left.contains(&freed);
            (fails && is_free).then(|| left.to_vec())
        })
    }

    #[test]
    fn what_is_not_needed_is_left_out() {
        assert_eq!(left(100, &[3, 50, 99], (100, 100)), [3, 50, 99]);
        assert_eq!(left(10, &[], (100, 100)), [0; 0]);
    }

    // The first of two cannot be left out before the second.
    #[test]
    fn what_another_choice_needed_is_left_out_after_it() {
        assert_eq!(left(8, &[0], (1, 6)), [0]);
        assert_eq!(left(7, &[3, 4], (1, 5)), [3, 4]);
    }

    #[test]
    fn fewer_choices_than_those_that_are_left_are_found() {
        let lines = vec![2; 4];
        let again = |script: &[(u64, u32)]| {
            if script == [(2, 1)] { Ok(script.to_vec()) } else { Err(lines.clone()) }
        };
        assert_eq!(find_fewer(vec![(0, 1), (1, 1)], again), [(2, 1)]);
        // One choice is fewer than one only if it is none.
        assert_eq!(find_fewer(vec![(3, 1)], again), [(3, 1)]);
        let none = |script: &[(u64, u32)]| {
            if script.is_empty() { Ok(Vec::new()) } else { Err(lines.clone()) }
        };
        assert_eq!(find_fewer(vec![(3, 1)], none), []);
    }
}
