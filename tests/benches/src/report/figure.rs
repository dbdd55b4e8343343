use crate::JOBS;
use crate::report::{Measured, allocations};
use crate::targets::{Bound, TARGETS, Target};
use crate::way::{Job, Of, Way};

/// What one way of a job costs each time.
#[derive(Debug)]
pub struct Figure {
    pub job: &'static Job,
    pub way: &'static Way,
    pub instructions: f64,
    /// The instructions, compared with those of the first way of the job.
    pub ratio: f64,
    pub allocations: f64,
    pub verdict: Verdict,
    /// How many instructions it should cost at most, if that is less than it may.
    pub goal: Option<f64>,
}

impl Figure {
    /// How many instructions it costs more than it should.
    pub fn misses_goal_by(&self) -> Option<f64> {
        self.goal.map(|goal| self.instructions - goal).filter(|more| *more > 0.0)
    }
}

/// What a figure is held to, and whether it keeps it.
#[derive(Debug)]
pub enum Verdict {
    /// It is not held to anything.
    Free,
    /// All limits are kept; the target is the tightest.
    Kept { most: f64 },
    /// It costs more instructions than the target allows.
    TooMany { most: f64 },
    /// It allocates, and the first way of the job does not, or does so less often.
    Allocates,
}

impl Verdict {
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Free | Self::Kept { .. })
    }
}

/// All figures, in the order of the table.
///
/// # Errors
///
/// Something was not measured, or a target names something that is not there.
pub fn figures(measured: &Measured) -> Result<Vec<Figure>, String> {
    for Target { job, way, than, .. } in TARGETS {
        let job = JOBS.iter().find(|it| it.name == *job).ok_or(format!("there is no job {job}"))?;
        for way in [way, than] {
            find(job, way)?;
        }
    }
    let mut figures = Vec::new();
    for &job in JOBS {
        let first = measured.slope(job, &job.ways[0])?;
        let first_allocations = allocations::slope(&job.ways[0]);
        for way in job.ways {
            let instructions = measured.slope(job, way)?;
            let mut allocations = allocations::slope(way);
            let mut verdict = Verdict::Free;
            if let Some(most) = least(measured, job, way, |it| Some(it.bound))? {
                let is_kept = instructions <= most;
                verdict = if is_kept { Verdict::Kept { most } } else { Verdict::TooMany { most } };
            }
            // A reactor's own allocations depend a little on how its turns fall.
            let slack = if job.is_real { 0.5 } else { 0.0 };
            // A fixed rate on a real clock catches up where the machine is late, and allocates for that as it happens to be.
            let catches_up = job.is_real && way.name.ends_with("_fixed");
            let most = first_allocations + job.timer_allocates + slack;
            let judges = way.of == Of::Anytempo && !catches_up;
            if judges && job.is_real && allocations > most {
                // On a busy machine one count may have many more turns than the other. Two of three say so, or it is chance.
                let mut three = [allocations, allocations::slope(way), allocations::slope(way)];
                three.sort_unstable_by(f64::total_cmp);
                allocations = three[1];
            }
            if judges && allocations > most {
                verdict = Verdict::Allocates;
            }
            figures.push(Figure {
                job,
                way,
                instructions,
                ratio: instructions / first,
                allocations,
                verdict,
                goal: least(measured, job, way, |it| it.goal)?,
            });
        }
    }
    Ok(figures)
}

/// The least of what all targets of a way come to.
fn least(
    measured: &Measured,
    job: &'static Job,
    way: &Way,
    bound: impl Fn(&Target) -> Option<Bound>,
) -> Result<Option<f64>, String> {
    let mut least: Option<f64> = None;
    for target in TARGETS.iter().filter(|it| it.job == job.name && it.way == way.name) {
        let Some(bound) = bound(target) else { continue };
        let most = bound.most(measured.slope(job, find(job, target.than)?)?);
        least = Some(least.map_or(most, |it| it.min(most)));
    }
    Ok(least)
}

fn find(job: &'static Job, way: &str) -> Result<&'static Way, String> {
    job.ways
        .iter()
        .find(|it| it.name == way)
        .ok_or(format!("there is no way {way} of {}", job.name))
}
