use std::collections::HashMap;
use std::io::BufRead;

use serde_json::Value;

use crate::way::{Job, Way};

/// The instructions of each measurement, by its name.
#[derive(Debug)]
pub struct Measured {
    instructions: HashMap<String, f64>,
}

impl Measured {
    /// Reads what gungraun writes as `--output-format=json`: a line for each measurement.
    ///
    /// # Errors
    ///
    /// A line is not what gungraun writes.
    pub fn read(lines: impl BufRead) -> Result<Self, String> {
        let mut instructions = HashMap::new();
        for line in lines.lines() {
            let line = line.map_err(|error| format!("the measurements cannot be read: {error}"))?;
            let (name, count) = parse(&line)
                .ok_or_else(|| format!("this is no measurement of gungraun's: {line}"))?;
            instructions.insert(name, count);
        }
        Ok(Self { instructions })
    }

    /// What a way costs each time.
    ///
    /// # Errors
    ///
    /// It was not measured.
    pub fn slope(&self, job: &Job, way: &Way) -> Result<f64, String> {
        let [few, many] = job.both_times().map(|times| {
            let name = job.measurement(way, times);
            self.instructions.get(&name).copied().ok_or_else(|| format!("{name} was not measured"))
        });
        Ok((many? - few?) / f64::from(job.times))
    }
}

fn parse(line: &str) -> Option<(String, f64)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let count = line.pointer("/profiles/0/data/total/metrics/Ir/values/new")?;
    Some((line.get("id")?.as_str()?.to_owned(), count.as_f64()?))
}
