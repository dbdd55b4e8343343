use std::collections::VecDeque;

/// The choices of a run that are not first-come: the number of the choice, and the place in the line.
pub(crate) type Script = Vec<(u64, u32)>;

/// Every schedule with a bounded number of choices that are not first-come, those with fewer of them first.
///
/// What there is to choose is known only from runs. So each script that was run is handed back, with the lengths of its lines.
pub(crate) struct Few {
    bound: usize,
    limit: u64,
    planned: u64,
    scripts: VecDeque<Script>,
    is_complete: bool,
}

impl Few {
    pub(crate) fn new(bound: usize, limit: u64) -> Few {
        let scripts = if limit > 0 { VecDeque::from([Vec::new()]) } else { VecDeque::new() };
        Few { bound, limit, planned: 1, scripts, is_complete: limit > 0 }
    }

    /// The limit left none out.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    pub(crate) fn next(&mut self) -> Option<Script> {
        self.scripts.pop_front()
    }

    /// Plans those that have one choice more than `script`, behind its last one.
    pub(crate) fn extend(&mut self, script: &[(u64, u32)], lines: &[u32]) {
        if script.len() == self.bound {
            return;
        }
        let next = script.last().map_or(0, |&(choice, _)| choice + 1);
        for (choice, &line) in (0..).zip(lines).skip_while(|&(choice, _)| choice < next) {
            for place in 1..line {
                if self.planned == self.limit {
                    self.is_complete = false;
                    return;
                }
                self.planned += 1;
                self.scripts.push_back([script, &[(choice, place)]].concat());
            }
        }
    }
}
