use core::time::Duration;

use anytempo::{Deadline, Instant, Timer};
use anytempo_example_driver::simulated::Refused;
use embedded_hal_async::i2c::{ErrorType, I2c, Operation};

/// How long it calibrates itself after a reset, and how long it measures.
const CALIBRATES: Duration = Duration::from_millis(25);
const MEASURES: Duration = Duration::from_millis(35);

/// A Bosch BME280 that knows temperatures: the registers, and how long they say that they are busy.
pub(crate) struct Bme280<T: Timer> {
    timer: T,
    registers: [u8; 256],
    calibrated: Deadline<T>,
    measured: Deadline<T>,
}

impl<T: Timer> Bme280<T> {
    pub(crate) fn new(timer: T) -> Self {
        let mut registers = [0; 256];
        // The coefficients of the temperature in the example of the data sheet, and its raw value.
        registers[0x88..0x8a].copy_from_slice(&27504_u16.to_le_bytes());
        registers[0x8a..0x8c].copy_from_slice(&26435_i16.to_le_bytes());
        registers[0x8c..0x8e].copy_from_slice(&(-1000_i16).to_le_bytes());
        registers[0xfa..0xfd].copy_from_slice(&(519_888_u32 << 12).to_be_bytes()[..3]);
        let now = timer.now().into();
        Self { timer, registers, calibrated: now, measured: now }
    }

    fn after(&self, span: Duration) -> Deadline<T> {
        self.timer.now().checked_add(T::Instant::delta_ceil(span))
    }

    fn write(&mut self, register: u8, value: u8) {
        match register {
            0xe0 if value == 0xb6 => self.calibrated = self.after(CALIBRATES),
            // Forced mode.
            0xf4 if value & 3 == 1 => self.measured = self.after(MEASURES),
            _ => {}
        }
    }

    fn read(&mut self, register: u8) -> u8 {
        let now = self.timer.now();
        if register == 0xf3 {
            let busy = |until, bit| if now.has_reached(until) { 0 } else { bit };
            return busy(self.calibrated, 1) | busy(self.measured, 8);
        }
        // What is read while it is being made is nothing.
        let is_made = now.has_reached(self.calibrated) && now.has_reached(self.measured);
        if is_made { self.registers[usize::from(register)] } else { 0xff }
    }
}

impl<T: Timer> ErrorType for Bme280<T> {
    type Error = Refused;
}

impl<T: Timer> I2c for Bme280<T> {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Refused> {
        let (0x76, [Operation::Write([register, values @ ..]), rest @ ..]) = (address, operations)
        else {
            return Err(Refused);
        };
        values.iter().for_each(|value| self.write(*register, *value));
        if let [Operation::Read(bytes)] = rest {
            for (byte, register) in bytes.iter_mut().zip(*register..) {
                *byte = self.read(register);
            }
        }
        Ok(())
    }
}
