//! Does one job in one way, so many times: what is run under callgrind.

use std::env;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [job, way, times] = &arguments[..] else {
        panic!("expected a job, a way and a number of times")
    };
    let job = anytempo_benches::JOBS.iter().find(|it| it.name == job).expect("there is such a job");
    let way = job.ways.iter().find(|it| it.name == way).expect("the job has such a way");
    (way.run)(times.parse().expect("the number of times is a number"));
}
