//! Not in a gate yet: the table of runtimes in README.md says what this tree does.
//!
//! What does not depend on the machine must be the same to the letter: sizes, exceptions, toolchains. What is measured must be
//! within a factor, as another machine has other figures.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Result;

const FILE: &str = "README.md";
/// What stands before and after the table.
const BEGIN: &str = "<!-- runtimes: `cargo run -p anytempo-xtask -- runtimes` makes this table -->\n";
const END: &str = "<!-- /runtimes -->\n";

const HEAD: &str = "\
| runtime | its threads | late by | CPU per timer | size of a `Sleep` | a dropped wait leaves | exceptions | Rust |
|---|---|---|---|---|---|---|---|
";
/// The columns that are measured.
const MEASURED: [usize; 2] = [2, 3];
/// What a measured figure on one machine may be of that on another, either way.
const FACTOR: f64 = 10.0;
/// A smaller difference of lateness says more of the machine than of a runtime.
const NOISE_MS: f64 = 5.0;

/// What no run can tell of a runtime.
struct Known {
    /// Those that are alike, so that they share a row.
    runtimes: &'static [&'static str],
    /// The folder of the adapter.
    adapter: &'static str,
    threads: &'static str,
    leaves: &'static str,
}

const fn known(
    runtimes: &'static [&'static str],
    adapter: &'static str,
    threads: &'static str,
    leaves: &'static str,
) -> Known {
    Known { runtimes, adapter, threads, leaves }
}

/// In the order of the table. A runtime of the matrix that is not here fails the gate.
const KNOWN: &[Known] = &[
    known(&["tokio"], "adapter-tokio", "none", "nothing"),
    known(&["tokio-multi"], "adapter-tokio", "its workers", "nothing"),
    known(&["smol"], "adapter-smol", "1, the reactor", "a waker until the next turn"),
    known(&["embassy"], "adapter-embassy", "1 on a host, for alarms", "one wake of its task"),
    known(&["compio"], "adapter-compio", "none", "nothing"),
    known(&["monoio"], "adapter-monoio", "none", "nothing"),
    known(&["virtual"], "adapter-virtual", "none", "nothing"),
    known(
        &["cortex-m0", "cortex-m3", "cortex-m4f", "cortex-m33", "riscv32", "riscv32imc"],
        "adapter-embassy",
        "none: an interrupt",
        "one wake of its task",
    ),
    known(&["rtic"], "adapter-rtic", "none: an interrupt", "nothing"),
    known(&["async-std"], "adapter-async-std", "one per processor", "a waker until the next turn"),
];

/// It has no adapter that a user could take, so it is no row.
const WITHOUT_ADAPTER: &str = "futures-timer";

/// Compares the table with what the matrix and the benchmark have written, or writes it anew.
pub(crate) fn check(matrix: &Path, bench: &Path, is_to_be_written: bool) -> Result {
    let table = table(&read(matrix)?, &read(bench)?, minimum_rust)?;
    let text = fs::read_to_string(FILE).map_err(|error| format!("cannot read {FILE}: {error}"))?;
    let (before, there, after) = parts(&text)?;
    if is_to_be_written {
        let text = format!("{before}{BEGIN}\n{table}\n{END}{after}");
        return fs::write(FILE, text).map_err(|error| format!("cannot write {FILE}: {error}"));
    }
    compare(there.trim(), table.trim()).map_err(|what| {
        format!("{what}\nThis tree has:\n\n{table}\n`cargo run -p anytempo-xtask -- runtimes {} {} write` writes that.", matrix.display(), bench.display())
    })
}

fn read(file: &Path) -> Result<Value> {
    let name = file.display();
    let text = fs::read_to_string(file).map_err(|error| {
        format!("cannot read {name}, which `./check.sh matrix bench` makes: {error}")
    })?;
    serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))
}

/// What is before the table, the table, and what is after it.
fn parts(text: &str) -> Result<(&str, &str, &str)> {
    let parts = || {
        let (before, rest) = text.split_once(BEGIN)?;
        let (table, after) = rest.split_once(END)?;
        Some((before, table, after))
    };
    parts().ok_or_else(|| {
        format!("{FILE} has no lines {BEGIN:?} and {END:?} around its table of runtimes")
    })
}

/// The table, and below it the reason of each exception.
fn table(matrix: &Value, bench: &Value, rust: impl Fn(&str) -> Result<String>) -> Result<String> {
    let runtimes = matrix["on"].as_array().ok_or("the matrix says not what it ran on")?;
    let is_known = |it: &Value| {
        it == WITHOUT_ADAPTER || KNOWN.iter().any(|row| row.runtimes.iter().any(|name| it == name))
    };
    if let Some(unknown) = runtimes.iter().find(|it| !is_known(it)) {
        return Err(format!("the runtime {unknown} has no row in xtask/src/runtimes.rs"));
    }
    let mut text = HEAD.to_owned();
    let mut reasons = BTreeMap::<&str, Vec<&str>>::new();
    for row in KNOWN {
        let first = row.runtimes[0];
        let mut exceptions = None;
        for name in row.runtimes {
            if !runtimes.iter().any(|it| it == name) {
                return Err(format!("the matrix did not run on {name}"));
            }
            let of_this = exceptions_of(matrix, name);
            if exceptions.replace(of_this.clone()).is_some_and(|of_others| of_others != of_this) {
                return Err(format!("{first} and {name} share a row, and have other exceptions"));
            }
        }
        let exceptions = exceptions.unwrap_or_default();
        for (case, reason) in &exceptions {
            let cases = reasons.entry(reason).or_default();
            if !cases.contains(case) {
                cases.push(case);
            }
        }
        let cells = [
            row.runtimes.join(", "),
            row.threads.into(),
            measured(bench, first, "late_p50_ns").map_or_else(|| "exact".into(), milliseconds),
            measured(bench, first, "cpu_ns").map_or_else(|| "-".into(), nanoseconds),
            size(matrix, first).map_or_else(|| "-".into(), |bytes| format!("{bytes} bytes")),
            row.leaves.into(),
            if exceptions.is_empty() { "none".into() } else { exceptions.len().to_string() },
            rust(row.adapter)?,
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    for (reason, cases) in reasons {
        let names: Vec<String> = cases.iter().map(|case| format!("`{case}`")).collect();
        text += &format!("\n- {}: {reason}.", names.join(", "));
    }
    Ok(text + "\n")
}

/// The cases that a runtime is excused from, each with the reason.
fn exceptions_of<'a>(matrix: &'a Value, runtime: &str) -> Vec<(&'a str, &'a str)> {
    let results = matrix["results"].as_array().into_iter().flatten();
    let allowed = results.filter(|it| it["runtime"] == runtime && it["outcome"] == "allowed");
    allowed.filter_map(|it| Some((it["case"].as_str()?, it["reason"].as_str()?))).collect()
}

fn size(matrix: &Value, runtime: &str) -> Option<u64> {
    let mut runtimes = matrix["runtimes"].as_array()?.iter();
    runtimes.find(|it| it["name"] == runtime)?["sleep_bytes"].as_u64()
}

/// The median of a figure of the largest crowd of timers; `None` if it cannot be told.
fn measured(bench: &Value, runtime: &str, figure: &str) -> Option<f64> {
    let crowds = bench["crowds"].as_array()?.iter();
    let crowds = crowds.filter(|it| it["part"] == "timers" && it["runtime"] == runtime);
    crowds.max_by_key(|it| it["count"].as_u64())?[figure]["anytempo"]["median"].as_f64()
}

fn milliseconds(nanoseconds: f64) -> String {
    format!("{:.2} ms", nanoseconds / 1e6)
}

fn nanoseconds(nanoseconds: f64) -> String {
    format!("{nanoseconds:.0} ns")
}

/// The oldest Rust that the package in a folder promises to build with.
fn minimum_rust(folder: &str) -> Result<String> {
    let version = |file: &str| -> Result<Option<String>> {
        let text =
            fs::read_to_string(file).map_err(|error| format!("cannot read {file}: {error}"))?;
        let value = text.lines().find_map(|line| line.strip_prefix("rust-version = \""));
        Ok(value.map(|it| it.trim_end_matches('"').to_owned()))
    };
    let own = version(&format!("{folder}/Cargo.toml"))?;
    own.map_or_else(|| version("Cargo.toml"), |it| Ok(Some(it)))?
        .ok_or_else(|| format!("{folder} promises no version of Rust"))
}

/// The error is the first difference that another machine does not explain.
fn compare(there: &str, wanted: &str) -> Result {
    if there.lines().count() != wanted.lines().count() {
        return Err(format!("the table of runtimes in {FILE} has more or fewer lines"));
    }
    for (there, wanted) in there.lines().zip(wanted.lines()) {
        let cells = |line: &'_ str| -> Vec<String> {
            line.split('|').map(|it| it.trim().to_owned()).collect()
        };
        let (there, wanted) = (cells(there), cells(wanted));
        let are_alike = there.len() == wanted.len()
            && there.iter().zip(&wanted).enumerate().all(|(column, (there, wanted))| {
                // Before the first bar there is nothing.
                there == wanted
                    || column.checked_sub(1).is_some_and(|it| MEASURED.contains(&it))
                        && is_near(there, wanted)
            });
        if !are_alike {
            return Err(format!(
                "the table of runtimes in {FILE} is out of date: it has\n{}",
                there.join(" | ")
            ));
        }
    }
    Ok(())
}

/// Whether two measured figures with their units could be of two machines.
fn is_near(one: &str, other: &str) -> bool {
    let (Some((one, unit)), Some((other, of_other))) = (one.split_once(' '), other.split_once(' '))
    else {
        return false;
    };
    let (Ok(one), Ok(other)) = (one.parse::<f64>(), other.parse::<f64>()) else { return false };
    let (least, most) = (one.min(other), one.max(other));
    let is_noise = unit == "ms" && most - least <= NOISE_MS;
    unit == of_other && (most <= least * FACTOR || is_noise)
}

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::json;

    fn matrix() -> Value {
        let names: Vec<&str> = KNOWN.iter().flat_map(|row| row.runtimes).copied().collect();
        let sizes = names.iter().map(|name| json!({ "name": name, "sleep_bytes": 24 }));
        let results = [
            json!({ "case": "sleep::a", "runtime": "tokio", "outcome": "ok" }),
            json!({ "case": "sleep::b", "runtime": "compio", "outcome": "allowed", "reason": "why" }),
        ];
        json!({ "runtimes": sizes.collect::<Vec<_>>(), "on": names, "results": results })
    }

    fn bench(cpu: f64) -> Value {
        let figure = |it: f64| json!({ "anytempo": { "median": it } });
        let crowd = |count, cpu| json!({ "part": "timers", "runtime": "tokio", "count": count, "cpu_ns": figure(cpu), "late_p50_ns": figure(1e6) });
        json!({ "crowds": [crowd(1, 1.0), crowd(1000, cpu)] })
    }

    fn made(matrix: &Value, cpu: f64) -> Result<String> {
        table(matrix, &bench(cpu), |_| Ok("1.85".into()))
    }

    #[test]
    fn the_table_has_a_row_for_each_kind_and_a_reason_for_each_exception() {
        let table = made(&matrix(), 120.0).expect("all is there");
        assert!(
            table.contains(
                "| tokio | none | 1.00 ms | 120 ns | 24 bytes | nothing | none | 1.85 |\n"
            ),
            "{table}"
        );
        assert!(
            table.contains("| compio | none | exact | - | 24 bytes | nothing | 1 | 1.85 |\n"),
            "{table}"
        );
        assert!(table.ends_with("\n\n- `sleep::b`: why.\n"), "{table}");
    }

    #[test]
    fn what_is_unknown_or_missing_is_said() {
        let mut strange = matrix();
        strange["on"].as_array_mut().expect("a list").push("glommio".into());
        assert!(made(&strange, 1.0).expect_err("it is unknown").contains("glommio"));
        let mut poor = matrix();
        poor["on"].as_array_mut().expect("a list").retain(|it| it != "smol");
        assert!(made(&poor, 1.0).expect_err("it is missing").contains("did not run on smol"));
        let mut odd = matrix();
        odd["results"][1]["runtime"] = "cortex-m3".into();
        assert!(made(&odd, 1.0).expect_err("they differ").contains("share a row"));
    }

    #[test]
    fn only_what_is_measured_may_differ_and_only_by_a_factor() {
        let of = |cpu| made(&matrix(), cpu).expect("all is there");
        assert_eq!(compare(&of(100.0), &of(950.0)), Ok(()));
        assert!(compare(&of(100.0), &of(1050.0)).is_err());
        assert!(compare(&of(100.0).replace("24 bytes", "25 bytes"), &of(100.0)).is_err());
        assert!(compare(&of(100.0).replace("why", "because"), &of(100.0)).is_err());
        assert!(is_near("0.05 ms", "5.04 ms") && !is_near("0.05 ms", "5.06 ms"));
        assert!(!is_near("1 ms", "1 ns") && !is_near("-", "1 ns"));
    }
}
