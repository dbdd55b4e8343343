//! What the system knows of this process.

/// The CPU time of all its threads so far, in nanoseconds: that of the program, and that of the kernel for it.
#[cfg(unix)]
pub(super) fn cpu_ns() -> Option<u64> {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).ok()?)
}

/// Not known here.
#[cfg(not(unix))]
pub(super) fn cpu_ns() -> Option<u64> {
    None
}

/// The bytes of it that are in memory. Only Linux has such a file, and unlike its others this one is exact.
pub(super) fn resident_bytes() -> Option<u64> {
    kibibytes(&std::fs::read_to_string("/proc/self/smaps_rollup").ok()?, "Rss:")
}

/// The most bytes of another process that were ever in memory, while it runs.
pub(super) fn peak_bytes(id: u32) -> Option<u64> {
    kibibytes(&std::fs::read_to_string(format!("/proc/{id}/status")).ok()?, "VmHWM:")
}

/// What to say of a machine that has other things to do.
pub(super) fn busy() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    let load: f64 = text.split(' ').next()?.parse().ok()?;
    let processors = std::thread::available_parallelism().ok()?.get();
    (load > processors as f64 / 4.0).then(|| {
        format!(
            "The machine was busy when this began (load {load} on {processors} processors): lateness and CPU time may be too high."
        )
    })
}

fn kibibytes(text: &str, field: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    let number = line.trim().strip_suffix("kB")?.trim_end().parse::<u64>().ok()?;
    number.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found() {
        let text = "00400000-7ffc1000 ---p 00000000 00:00 0 [rollup]\nRss:    1532 kB\nPss: 1 kB\n";
        assert_eq!(kibibytes(text, "Rss:"), Some(1532 * 1024));
        assert_eq!(kibibytes(text, "Swap:"), None);
        assert_eq!(kibibytes("Rss: many kB", "Rss:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_known() {
        let (cpu, resident) = (cpu_ns(), resident_bytes());
        assert!(cpu > Some(0) && cpu_ns() >= cpu, "{cpu:?}");
        assert!(resident > Some(100_000), "{resident:?}");
        assert!(peak_bytes(std::process::id()) > Some(100_000));
    }
}
