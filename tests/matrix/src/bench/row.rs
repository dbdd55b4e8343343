use serde::{Deserialize, Serialize};

use crate::bench::{Crowd, Lateness, Memory, Part, Period, Spread};

/// Below this number of tasks, their memory is less than what a process has more or less of by chance.
pub(super) const FEWEST_TO_WEIGH: usize = 1000;

/// The same measured twice, one right after the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair<T> {
    /// With the combinators.
    pub anytempo: T,
    /// By hand.
    pub hand: T,
}

/// What many tasks cost on a runtime.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(into = "Told")]
pub struct CrowdRow {
    /// What the tasks do.
    pub part: Part,
    /// The runtime.
    pub runtime: &'static str,
    /// Whether nothing is ever late there.
    pub exact: bool,
    /// How many tasks.
    pub count: usize,
    /// What was measured, round by round.
    pub rounds: Vec<Pair<Crowd>>,
}

/// A row as machines read it: with what its rounds come to.
#[derive(Serialize)]
struct Told {
    part: Part,
    runtime: &'static str,
    count: usize,
    cpu_ns: Option<Pair<Spread>>,
    resident_bytes: Option<Pair<Spread>>,
    late_p50_ns: Option<Pair<Spread>>,
    late_p99_ns: Option<Pair<Spread>>,
    late_max_ns: Option<Pair<Spread>>,
    cpu_ratio: Option<Spread>,
    memory_ratio: Option<Spread>,
    rounds: Vec<Pair<Crowd>>,
}

impl From<CrowdRow> for Told {
    fn from(row: CrowdRow) -> Self {
        Self {
            part: row.part,
            runtime: row.runtime,
            count: row.count,
            cpu_ns: row.cpu_ns(),
            resident_bytes: row.resident_bytes(),
            late_p50_ns: row.late_ns(|late| late.p50_ns),
            late_p99_ns: row.late_ns(|late| late.p99_ns),
            late_max_ns: row.late_ns(|late| late.max_ns),
            cpu_ratio: row.cpu_ratio(),
            memory_ratio: row.memory_ratio(),
            rounds: row.rounds,
        }
    }
}

/// The memory of tasks that are a wait and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(into = "ToldMemory")]
pub struct MemoryRow {
    /// The runtime.
    pub runtime: &'static str,
    /// How many tasks.
    pub count: usize,
    /// What was measured, round by round.
    pub rounds: Vec<Pair<Memory>>,
}

/// A row as machines read it.
#[derive(Serialize)]
struct ToldMemory {
    runtime: &'static str,
    count: usize,
    resident_bytes: Option<Pair<Spread>>,
    memory_ratio: Option<Spread>,
    rounds: Vec<Pair<Memory>>,
}

impl From<MemoryRow> for ToldMemory {
    fn from(row: MemoryRow) -> Self {
        let (resident_bytes, memory_ratio) = (row.resident_bytes(), row.memory_ratio());
        Self {
            runtime: row.runtime,
            count: row.count,
            resident_bytes,
            memory_ratio,
            rounds: row.rounds,
        }
    }
}

impl MemoryRow {
    /// Resident memory for each task, in bytes.
    pub fn resident_bytes(&self) -> Option<Pair<Spread>> {
        both(&self.rounds, |memory| self.each(memory))
    }

    /// The memory of a sleep of anytempo over that of the runtime's own, of each round.
    pub fn memory_ratio(&self) -> Option<Spread> {
        ratio(&self.rounds, |memory| self.each(memory))
    }

    fn each(&self, memory: &Memory) -> Option<f64> {
        let enough = self.count >= FEWEST_TO_WEIGH;
        enough.then_some(memory.resident_bytes? as f64 / self.count as f64)
    }
}

/// The periods that a runtime delivers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodRow {
    /// The runtime.
    pub runtime: &'static str,
    /// What is asked for.
    pub asked_ns: u64,
    /// Whether the periods count from their deadlines.
    pub fixed_rate: bool,
    /// What was measured, round by round.
    pub rounds: Vec<Pair<Period>>,
}

impl CrowdRow {
    /// CPU time for each task, in nanoseconds.
    pub fn cpu_ns(&self) -> Option<Pair<Spread>> {
        both(&self.rounds, |crowd| self.each(crowd.cpu_ns()?))
    }

    /// Resident memory for each task, in bytes. `None` also if there are too few to tell.
    pub fn resident_bytes(&self) -> Option<Pair<Spread>> {
        both(&self.rounds, |crowd| self.weight(crowd))
    }

    /// One of the figures of the lateness, in nanoseconds. `None` also where nothing is ever late.
    pub fn late_ns(&self, figure: impl Fn(Lateness) -> u64) -> Option<Pair<Spread>> {
        if self.exact {
            return None;
        }
        both(&self.rounds, |crowd| Some(figure(crowd.lateness) as f64))
    }

    /// The CPU time with the combinators over that by hand, of each round.
    pub fn cpu_ratio(&self) -> Option<Spread> {
        ratio(&self.rounds, |crowd| self.each(crowd.cpu_ns()?))
    }

    /// The same for memory.
    pub fn memory_ratio(&self) -> Option<Spread> {
        ratio(&self.rounds, |crowd| self.weight(crowd))
    }

    fn each(&self, whole: u64) -> Option<f64> {
        (self.count > 0).then(|| whole as f64 / self.count as f64)
    }

    fn weight(&self, crowd: &Crowd) -> Option<f64> {
        if self.count < FEWEST_TO_WEIGH {
            return None;
        }
        self.each(crowd.resident_bytes?)
    }
}

impl PeriodRow {
    /// The mean of what was delivered, in nanoseconds.
    pub fn mean_ns(&self) -> Option<Pair<Spread>> {
        both(&self.rounds, |period| Some(period.mean_ns))
    }
}

fn both<T>(rounds: &[Pair<T>], figure: impl Fn(&T) -> Option<f64>) -> Option<Pair<Spread>> {
    let of = |side: fn(&Pair<T>) -> &T| -> Option<Spread> {
        let values: Option<Vec<f64>> = rounds.iter().map(|pair| figure(side(pair))).collect();
        Spread::of(values?)
    };
    Some(Pair { anytempo: of(|pair| &pair.anytempo)?, hand: of(|pair| &pair.hand)? })
}

fn ratio<T>(rounds: &[Pair<T>], figure: impl Fn(&T) -> Option<f64>) -> Option<Spread> {
    let ratio = |pair: &Pair<T>| Some(figure(&pair.anytempo)? / figure(&pair.hand)?);
    let values: Option<Vec<f64>> = rounds.iter().map(ratio).collect();
    Spread::of(values?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(cpu: u64, resident: Option<u64>) -> Crowd {
        Crowd {
            create_ns: Some(cpu / 4),
            fire_ns: Some(cpu - cpu / 4),
            resident_bytes: resident,
            waits: 1000,
            lateness: Lateness { p50_ns: 1, p99_ns: 2, max_ns: 3 },
            overtaken: false,
        }
    }

    fn row(count: usize, rounds: &[[u64; 2]]) -> CrowdRow {
        let pair = |[anytempo, hand]: &[u64; 2]| Pair {
            anytempo: crowd(*anytempo, Some(*anytempo)),
            hand: crowd(*hand, Some(*hand)),
        };
        let rounds = rounds.iter().map(pair).collect();
        CrowdRow { part: Part::Timers, runtime: "swift", exact: false, count, rounds }
    }

    #[test]
    fn each_round_has_its_own_ratio() {
        // The machine was slow in the second.
        let row = row(1000, &[[110_000, 100_000], [330_000, 300_000], [100_000, 100_000]]);
        let ratio = row.cpu_ratio().expect("there are rounds");
        assert_eq!((ratio.least, ratio.median, ratio.most), (1.0, 1.1, 1.1));
        let cpu = row.cpu_ns().expect("there are rounds");
        assert_eq!((cpu.anytempo.median, cpu.hand.median), (110.0, 100.0));
        assert_eq!(row.late_ns(|late| late.p99_ns).expect("it is late").hand.median, 2.0);
    }

    #[test]
    fn a_sleep_has_a_weight() {
        let memory = |bytes| Memory { resident_bytes: bytes };
        let pair = |anytempo, hand| Pair { anytempo: memory(anytempo), hand: memory(hand) };
        let rounds = vec![pair(Some(300_000), Some(200_000)), pair(Some(100_000), Some(100_000))];
        let row = MemoryRow { runtime: "swift", count: 1000, rounds };
        assert_eq!(row.resident_bytes().expect("it is known").anytempo.most, 300.0);
        let ratio = row.memory_ratio().expect("it is known");
        assert_eq!((ratio.least, ratio.most), (1.0, 1.5));
        let told = serde_json::to_value(&row).expect("it is JSON");
        assert_eq!(told["resident_bytes"]["hand"]["least"], 100.0);
        assert_eq!(told["rounds"][0]["anytempo"]["resident_bytes"], 300_000);
        let unknown = MemoryRow { rounds: vec![pair(Some(1), None)], ..row };
        assert_eq!((unknown.resident_bytes(), unknown.memory_ratio()), (None, None));
    }

    #[test]
    fn what_cannot_be_told_is_not() {
        assert_eq!(row(999, &[[1000, 1000]]).memory_ratio(), None);
        assert_eq!(row(1000, &[]).cpu_ratio(), None);
        // No memory at all would be an infinite ratio.
        assert_eq!(row(1000, &[[1000, 0]]).memory_ratio(), None);
        let mut unknown = row(1000, &[[1000, 1000]]);
        unknown.rounds[0].hand.resident_bytes = None;
        assert_eq!(unknown.resident_bytes(), None);
        let exact = CrowdRow { exact: true, ..row(1000, &[[1, 1]]) };
        assert_eq!(exact.late_ns(|late| late.max_ns), None);
    }
}
