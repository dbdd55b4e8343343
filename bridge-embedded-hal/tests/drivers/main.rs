//! Drivers as they are published, on simulated buses and virtual time.

mod bme280;

use core::time::Duration;

use anytempo_embedded_hal::{BlockingDelay, Delay};
use anytempo_example_driver::simulated::{Refused, Scd4x, Trouble};
use anytempo_virtual::{VirtualClock, run};
use bme280_rs::{AsyncBme280, Configuration, Oversampling, SensorMode};

use bme280::Bme280;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn scd4x_async_waits_for_each_command() {
    run(async |sim| {
        let clock = sim.clock();
        let bus = Scd4x::new(clock, Trouble::None);
        let mut sensor = scd4x::Scd4xAsync::new(bus, Delay::new(clock));
        sensor.start_periodic_measurement().await.unwrap();
        assert!(!sensor.data_ready_status().await.unwrap());
        anytempo::Timer::sleep(clock, ms(4998)).await;
        assert!(sensor.data_ready_status().await.unwrap());
        let data = sensor.measurement().await.unwrap();
        assert_eq!((data.co2, sim.elapsed()), (401, ms(1 + 1 + 4998 + 1 + 1)));
        sensor.stop_periodic_measurement().await.unwrap();
        assert_eq!(sim.elapsed(), ms(5002 + 500));
    })
    .unwrap();
}

#[test]
fn scd4x_blocking_waits_for_each_command() {
    let clock = VirtualClock::new();
    let delay = BlockingDelay::new(&clock, || clock.advance(Duration::from_micros(10)));
    let mut sensor = scd4x::Scd4x::new(Scd4x::new(&clock, Trouble::None), delay);
    sensor.start_periodic_measurement().unwrap();
    clock.advance(ms(5000));
    assert_eq!(sensor.measurement().unwrap().co2, 401);
    sensor.stop_periodic_measurement().unwrap();
    assert_eq!(clock.elapsed(), ms(1 + 5000 + 1 + 500));
}

#[test]
fn a_delay_that_is_short_is_refused_by_the_bus() {
    /// Half of what was asked for.
    struct Short(Delay<VirtualClock>);

    impl embedded_hal_async::delay::DelayNs for Short {
        async fn delay_ns(&mut self, ns: u32) {
            self.0.delay_ns(ns / 2).await;
        }
    }

    run(async |sim| {
        let clock = sim.clock();
        let bus = Scd4x::new(clock, Trouble::None);
        let mut sensor = scd4x::Scd4xAsync::new(bus, Short(Delay::new(clock.clone())));
        sensor.start_periodic_measurement().await.unwrap();
        let refused = sensor.data_ready_status().await;
        assert!(matches!(refused, Err(scd4x::Error::I2c(Refused))), "{refused:?}");
    })
    .unwrap();
}

#[test]
fn bme280_waits_for_its_calibration() {
    run(async |sim| {
        let clock = sim.clock();
        let mut sensor = AsyncBme280::new(Bme280::new(clock), Delay::new(clock));
        sensor.init().await.unwrap();
        // It asks at 10, 20 and 30 ms, and then waits for 100.
        assert_eq!(sim.elapsed(), ms(130));

        let configuration = Configuration::default()
            .with_temperature_oversampling(Oversampling::Oversample1)
            .with_sensor_mode(SensorMode::Forced);
        sensor.set_sampling_configuration(configuration).await.unwrap();
        for round in 1..=100 {
            assert!(sensor.take_forced_measurement().await.unwrap());
            // This version of the driver takes bit 2 of the status for that of a measurement, which is bit 3, and does not wait.
            anytempo::Timer::sleep(clock, ms(35)).await;
            // The example of the data sheet.
            assert_eq!(sensor.read_temperature().await.unwrap(), Some(25.08));
            assert_eq!(sim.elapsed(), ms(130 + 35 * round));
        }
    })
    .unwrap();
}
