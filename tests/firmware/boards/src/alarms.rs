//! How often the alarm goes off for waits of several tasks, without slack and with it.

use core::time::Duration;

use anytempo::{Slack, Timer};
use anytempo_embassy::EmbassyTimer;
use embassy_executor::Spawner;

use crate::clock;
use crate::output::{Code, say};

const TASKS: u32 = 5;
const WAITS: u32 = 20;

/// A grid that is a power of two of ticks: 32.768 ms at 1 MHz, 31.25 ms at 32,768 Hz.
const SLACK: Duration = Duration::from_millis(50);

/// Longer than all waits of a task together.
const ALL: Duration = Duration::from_secs(10);

pub(crate) async fn run() -> Code {
    for slack in [Duration::ZERO, SLACK] {
        let before = clock::alarms();
        // SAFETY: boards have embassy's executor and no other.
        let spawner = unsafe { Spawner::for_current_executor() }.await;
        for number in 0..TASKS {
            match waits(EmbassyTimer.slack(slack), number) {
                Ok(task) => spawner.spawn(task),
                Err(error) => panic!("the task cannot be spawned: {error:?}"),
            }
        }
        EmbassyTimer.sleep(ALL).await;
        // The last one is that of this task.
        let alarms = clock::alarms() - before - 1;
        say(format_args!("slack {} waits {} alarms {alarms}", slack.as_millis(), TASKS * WAITS));
    }
    Code::RIGHT
}

/// Waits 34 ms each time, or some milliseconds longer: between one and two steps of the grid.
#[embassy_executor::task(pool_size = 5)]
async fn waits(timer: Slack<EmbassyTimer>, number: u32) {
    for _ in 0..WAITS {
        timer.sleep(Duration::from_millis(34 + 6 * u64::from(number))).await;
    }
}
