//! A CO2 station over any I2C bus and any timer.

use core::pin::pin;
use core::time::Duration;

use anytempo::{Elapsed, StreamTimeExt as _, Timer, closing_async, next, range, try_close_on_exit};
use anytempo_embedded_hal::Delay;
use embedded_hal_async::i2c::I2c;
use scd4x::Scd4xAsync;

/// How often the station asks whether there is a new value.
const LOOK: Duration = Duration::from_millis(100);

/// How long the sensor is busy with a command. Until then it refuses another one.
const COMMAND: Duration = Duration::from_millis(1);

/// How long the sensor has to stop.
const STOP: Duration = Duration::from_secs(1);

/// Why there are no more values.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault<E> {
    /// The sensor, or the bus, refused.
    Sensor(E),
    /// The sensor had no value in time, or the bus hangs.
    Silent,
    /// The values came, and then the sensor did not stop.
    StillOn,
}

impl<E> From<Elapsed> for Fault<E> {
    fn from(_: Elapsed) -> Self {
        Self::Silent
    }
}

type Error<B> = scd4x::Error<<B as embedded_hal_async::i2c::ErrorType>::Error>;

/// Hands `count` values of CO2 in ppm to `report`, and stops the sensor.
///
/// It waits for each of them, and for the start, up to `limit`. The sensor has a value each 5 s.
///
/// The sensor is also stopped after a fault. If this future is dropped, it is left as it is.
///
/// # Errors
///
/// At the first [`Fault`].
pub async fn measure<B: I2c, T: Timer>(
    bus: B,
    timer: T,
    count: u32,
    limit: Duration,
    mut report: impl FnMut(u16),
) -> Result<(), Fault<Error<B>>> {
    let sensor = closing_async(
        Scd4xAsync::new(bus, Delay::new(timer.clone())),
        async |mut sensor| {
            // A limit may have given up a command that the sensor is still busy with.
            timer.sleep(COMMAND).await;
            match timer.timeout(STOP, sensor.stop_periodic_measurement()).await {
                Ok(Ok(())) => Ok(()),
                _ => Err(Fault::StillOn),
            }
        },
        drop,
    );
    try_close_on_exit(sensor, async |mut sensor| {
        let started = timer.timeout(limit, sensor.start_periodic_measurement()).await?;
        started.map_err(Fault::Sensor)?;
        for _ in 0..count {
            let value = timer.timeout(limit, value(&mut sensor, &timer)).await?;
            report(value.map_err(Fault::Sensor)?);
        }
        Ok(())
    })
    .await
    .map_err(|error| error.into_error_with(|stop| stop))
}

/// Waits for the next value.
async fn value<B: I2c, T: Timer>(
    sensor: &mut Scd4xAsync<B, Delay<T>>,
    timer: &T,
) -> Result<u16, Error<B>> {
    let mut looks = pin!(range(0_u32..).pace(timer, LOOK));
    while next(&mut looks).await.is_some() {
        if sensor.data_ready_status().await? {
            break;
        }
    }
    Ok(sensor.sensor_output().await?.co2)
}
