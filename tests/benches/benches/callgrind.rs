//! Has gungraun run each way of each job twice under callgrind, the second time for twice as many times.
//!
//! The whole process is counted, all of its threads too, as some reactors work in a thread of their own.

use anytempo_benches::JOBS;
use anytempo_benches::way::Job;
use gungraun::prelude::*;
use gungraun::{Bench, BinaryBenchmark, BinaryBenchmarkGroup, Callgrind};

fn add(group: &mut BinaryBenchmarkGroup, jobs: impl Iterator<Item = &'static &'static Job>) {
    for job in jobs {
        let mut benchmark = BinaryBenchmark::new(job.name);
        for way in job.ways {
            for times in job.both_times() {
                let mut command = Command::new(env!("CARGO_BIN_EXE_way"));
                command.args([job.name, way.name, &times.to_string()]);
                let mut bench = Bench::new(job.measurement(way, times));
                bench.command(command.build());
                benchmark.bench(bench);
            }
        }
        group.binary_benchmark(benchmark);
    }
}

binary_benchmark_group!(
    name = simulated,
    benchmarks = |group| add(group, JOBS.iter().filter(|it| !it.is_real))
);

binary_benchmark_group!(
    name = real,
    max_parallel = 2,
    benchmarks = |group| add(group, JOBS.iter().filter(|it| it.is_real))
);

main!(
    config = BinaryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    binary_benchmark_groups = [simulated, real]
);
