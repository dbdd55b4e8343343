/// How many runs are tried.
const TRIES: u32 = 2_000;

/// Leaves out what can be left out of `script`, by delta debugging: first halves, then smaller parts, then single entries.
///
/// `again` runs a script, and gives what is left of it if that fails too.
pub(crate) fn shrink<T: Clone>(
    mut script: Vec<T>,
    again: &mut impl FnMut(&[T]) -> Option<Vec<T>>,
) -> Vec<T> {
    let mut tries = 0;
    let mut part = script.len();
    while part > 0 {
        let mut start = 0;
        let mut is_shorter = false;
        while start < script.len() && tries < TRIES {
            let end = (start + part).min(script.len());
            let shorter = [&script[..start], &script[end..]].concat();
            tries += 1;
            match again(&shorter).filter(|left| left.len() < script.len()) {
                Some(left) => {
                    script = left;
                    is_shorter = true;
                }
                None => start = end,
            }
        }
        // A single entry that was needed may not be any more.
        part = if part == 1 && is_shorter { 1 } else { part / 2 };
        part = part.min(script.len());
    }
    script
}
