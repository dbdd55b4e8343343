//! The station on virtual time: what it reports, and when.

use core::time::Duration;

use anytempo_example_driver::simulated::{Scd4x, Trouble};
use anytempo_example_driver::station::{Fault, measure};
use anytempo_virtual::VirtualClock;

type Outcome = (Vec<(Duration, u16)>, Result<(), Fault<()>>, Duration, bool);

/// Runs the station for two values. Gives what it reported, how it ended, when, and whether the sensor is on.
fn station(trouble: Trouble) -> Outcome {
    anytempo_virtual::run(async |sim| {
        let clock: &VirtualClock = sim.clock();
        let (mut sensor, mut seen) = (Scd4x::new(clock, trouble), Vec::new());
        let ended =
            measure(&mut sensor, clock, 2, ms(6000), |ppm| seen.push((clock.elapsed(), ppm))).await;
        let ended = ended.map_err(|fault| match fault {
            Fault::Sensor(_) => Fault::Sensor(()),
            Fault::Silent => Fault::Silent,
            Fault::StillOn => Fault::StillOn,
        });
        (seen, ended, clock.elapsed(), sensor.is_on())
    })
    .unwrap()
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn two_values_come_when_the_sensor_has_them() {
    // Started at 1, asked each 100 from then on, and each answer takes 1.
    let values = vec![(ms(5003), 401), (ms(10005), 402)];
    assert_eq!(station(Trouble::None), (values, Ok(()), ms(10005 + 1 + 500), false));
}

#[test]
fn a_silent_sensor_is_stopped_after_the_limit() {
    // The limit is reached while the sensor is busy with one more look, so it would refuse to be stopped at once.
    let values = vec![(ms(5003), 401)];
    let end = ms(5003 + 6000 + 1 + 500);
    assert_eq!(station(Trouble::OneValue), (values, Err(Fault::Silent), end, false));
}

#[test]
fn a_stuck_bus_cannot_exceed_the_limit() {
    let end = ms(1 + 6000 + 1 + 500);
    assert_eq!(station(Trouble::StuckBus), (vec![], Err(Fault::Silent), end, false));
}
