use super::few::{Few, Script};

/// How many runs each of the two ways may take.
const TRIES: u64 = 2_000;

/// Leaves out what can be left out of `script`, by delta debugging: first halves, then smaller parts, then single choices.
///
/// `again` runs a script, and gives what is left of it if that fails too.
pub(crate) fn leave_out(
    mut script: Script,
    mut again: impl FnMut(&[(u64, u32)]) -> Option<Script>,
) -> Script {
    let mut tries = 0;
    let mut part = script.len();
    while part > 0 {
        let mut start = 0;
        let mut is_shorter = false;
        while start < script.len() && tries < TRIES {
            let end = (start + part).min(script.len());
            tries += 1;
            match again(&[&script[..start], &script[end..]].concat())
                .filter(|it| it.len() < script.len())
            {
                Some(left) => {
                    script = left;
                    is_shorter = true;
                }
                None => start = end,
            }
        }
        // A single choice that was needed before may not be any more.
        part = if part == 1 && is_shorter { 1 } else { part / 2 };
        part = part.min(script.len());
    }
    script
}

/// Looks for a script that has fewer choices than `script`, from none on, as far as the tries go.
///
/// To leave a choice out changes what the later ones mean, so that what is left need not be the fewest there are. `again` says what
/// there was to choose where a run does not fail.
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
