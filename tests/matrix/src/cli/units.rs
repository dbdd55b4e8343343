//! How figures are said in a table, and their units in JSON.

use anytempo_matrix::bench::Spread;

/// The unit of each number in the JSON document, by the path of its field. `anytempo` and `hand` share one, and so do `least`,
/// `median` and `most`.
pub(super) const UNITS: [(&str, &str); 31] = [
    ("processors", "processors"),
    ("took_ms", "milliseconds"),
    ("crowds.count", "tasks"),
    ("crowds.cpu_ns", "nanoseconds per task"),
    ("crowds.resident_bytes", "bytes per task"),
    ("crowds.late_p50_ns", "nanoseconds"),
    ("crowds.late_p99_ns", "nanoseconds"),
    ("crowds.late_max_ns", "nanoseconds"),
    ("crowds.cpu_ratio", "anytempo / hand"),
    ("crowds.memory_ratio", "anytempo / hand"),
    ("crowds.rounds.create_ns", "nanoseconds"),
    ("crowds.rounds.fire_ns", "nanoseconds"),
    ("crowds.rounds.resident_bytes", "bytes"),
    ("crowds.rounds.waits", "waits"),
    ("crowds.rounds.lateness.p50_ns", "nanoseconds"),
    ("crowds.rounds.lateness.p99_ns", "nanoseconds"),
    ("crowds.rounds.lateness.max_ns", "nanoseconds"),
    ("memory.count", "tasks"),
    ("memory.resident_bytes", "bytes per task"),
    ("memory.memory_ratio", "anytempo / hand"),
    ("memory.rounds.resident_bytes", "bytes"),
    ("periods.asked_ns", "nanoseconds"),
    ("periods.rounds.mean_ns", "nanoseconds"),
    ("periods.rounds.count", "periods"),
    ("lines.files", "files"),
    ("lines.bytes_each", "bytes"),
    ("lines.newlines", "newlines"),
    ("lines.rounds.lines_ns", "nanoseconds"),
    ("lines.rounds.wc_ns", "nanoseconds"),
    ("lines.lines_peak_bytes", "bytes"),
    ("lines.wc_peak_bytes", "bytes"),
];

/// What is not known, or makes no sense, has a dash.
pub(super) fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".into())
}

/// A number as it can be given for `--sizes`.
pub(super) fn short(number: usize) -> String {
    match number {
        1_000_000.. if number.is_multiple_of(1_000_000) => format!("{}M", number / 1_000_000),
        1000.. if number.is_multiple_of(1000) => format!("{}k", number / 1000),
        _ => number.to_string(),
    }
}

pub(super) fn ratio(of: Spread) -> String {
    format!("{:.2} ({:.2}-{:.2})", of.median, of.least, of.most)
}

/// Milliseconds, to the microsecond or to four digits.
pub(super) fn late(nanoseconds: f64) -> String {
    let number = nanoseconds / 1e6;
    let digits = match number {
        ..9.9995 => 3,
        ..99.995 => 2,
        ..999.95 => 1,
        _ => 0,
    };
    format!("{number:.digits$}")
}

pub(super) fn milliseconds(nanoseconds: f64) -> String {
    format!("{:.3}", nanoseconds / 1e6)
}

/// With three digits, or more where there is no room for fewer.
pub(super) fn microseconds(nanoseconds: f64) -> String {
    let number = nanoseconds / 1e3;
    let digits = match number {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{number:.digits$}")
}

pub(super) fn bytes(number: u64) -> String {
    match number {
        0x10_0000.. if number.is_multiple_of(0x10_0000) => format!("{} MiB", number >> 20),
        0x10_0000.. => format!("{:.1} MiB", number as f64 / f64::from(1 << 20)),
        _ => format!("{} KiB", number >> 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let said = [0.0, 9_994.0, 9_996.0, 99_960.0, 1_234_567.0].map(microseconds);
        assert_eq!(said, ["0.00", "9.99", "10.0", "100", "1235"]);
        let said = [0.0, 25_400.0, 9_999_600.0, 123e6, 2e9].map(late);
        assert_eq!(said, ["0.000", "0.025", "10.00", "123.0", "2000"]);
        assert_eq!(
            [short(999), short(1500), short(2000), short(3_000_000)],
            ["999", "1500", "2k", "3M"]
        );
        assert_eq!([bytes(4096), bytes(1 << 28), bytes(3 << 19)], ["4 KiB", "256 MiB", "1.5 MiB"]);
    }
}
