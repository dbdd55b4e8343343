//! A sensor on a bus that takes no time, for tests and for boards without one.

use core::future::pending;
use core::time::Duration;

use anytempo::{Deadline, Instant, Timer};
use embedded_hal::i2c::{
    Error, ErrorKind, ErrorType, I2c as BlockingI2c, NoAcknowledgeSource, Operation,
    SevenBitAddress,
};
use embedded_hal_async::i2c::I2c;

/// Where the sensor is on its bus.
const ADDRESS: u8 = 0x62;

/// The sensor does not answer: another is meant, or a command came too soon, or it knows none like that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl Error for Refused {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)
    }
}

/// What is wrong with the sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// It has a value once, and then none any more.
    OneValue,
    /// The bus hangs from the first data on.
    StuckBus,
}

/// A Sensirion SCD4x: it takes its time for each command, and refuses whatever comes before that is over.
#[derive(Debug)]
pub struct Scd4x<T: Timer> {
    timer: T,
    trouble: Trouble,
    /// How often it has a value.
    period: Duration,
    /// From when on it listens.
    free: Deadline<T>,
    /// From when on it has a value that was not read yet. `None` while it is off.
    ready: Option<Deadline<T>>,
    values: u16,
    command: u16,
}

impl<T: Timer> Scd4x<T> {
    /// A sensor that is off.
    pub fn new(timer: T, trouble: Trouble) -> Self {
        let (free, period) = (timer.now().into(), Duration::from_secs(5));
        Self { timer, trouble, period, free, ready: None, values: 0, command: 0 }
    }

    /// Has a value more often than a real one, so that a test on a real clock takes less time.
    #[must_use]
    pub fn every(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// Whether it measures.
    pub fn is_on(&self) -> bool {
        self.ready.is_some()
    }

    fn later(&self, delay: Duration) -> Deadline<T> {
        self.timer.now().checked_add(T::Instant::delta_ceil(delay))
    }

    fn obey(&mut self, command: u16) -> Result<(), Refused> {
        let millis = match command {
            // Start, read, stop, and ask whether there is a value.
            0x21b1 => {
                self.ready = Some(self.later(self.period));
                1
            }
            0xec05 | 0xe4b8 => 1,
            0x3f86 => {
                self.ready = None;
                500
            }
            _ => return Err(Refused),
        };
        self.command = command;
        self.free = self.later(Duration::from_millis(millis));
        Ok(())
    }

    fn has_value(&self) -> bool {
        let is_mute = self.trouble == Trouble::OneValue && self.values > 0;
        !is_mute && self.ready.is_some_and(|it| self.timer.now().has_reached(it))
    }

    /// The words that follow the command.
    fn answer(&mut self) -> Result<[u16; 3], Refused> {
        match self.command {
            0xe4b8 => Ok([u16::from(self.has_value()), 0, 0]),
            0xec05 if self.has_value() => {
                self.values += 1;
                self.ready = Some(self.later(self.period));
                Ok([400 + self.values, 0x6667, 0x5eb9])
            }
            _ => Err(Refused),
        }
    }

    fn transfer(&mut self, address: u8, operation: &mut Operation<'_>) -> Result<(), Refused> {
        if address != ADDRESS || !self.timer.now().has_reached(self.free) {
            return Err(Refused);
        }
        match operation {
            Operation::Write(bytes) => {
                self.obey(u16::from_be_bytes((**bytes).try_into().map_err(|_| Refused)?))
            }
            Operation::Read(bytes) => {
                let words = self.answer()?;
                for (place, word) in bytes.chunks_mut(3).zip(words) {
                    let [high, low] = word.to_be_bytes();
                    for (byte, value) in place.iter_mut().zip([high, low, checksum([high, low])]) {
                        *byte = value;
                    }
                }
                Ok(())
            }
        }
    }
}

/// The sum that follows each word: CRC-8 with the polynomial 0x31, from 0xff on.
fn checksum(word: [u8; 2]) -> u8 {
    word.into_iter().fold(0xff, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum, _| sum << 1 ^ if sum & 0x80 > 0 { 0x31 } else { 0 })
    })
}

impl<T: Timer> ErrorType for Scd4x<T> {
    type Error = Refused;
}

impl<T: Timer> I2c<SevenBitAddress> for Scd4x<T> {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Refused> {
        for operation in operations {
            if self.trouble == Trouble::StuckBus && matches!(operation, Operation::Read(_)) {
                pending::<()>().await;
            }
            self.transfer(address, operation)?;
        }
        Ok(())
    }
}

impl<T: Timer> BlockingI2c<SevenBitAddress> for Scd4x<T> {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Refused> {
        operations.iter_mut().try_for_each(|operation| self.transfer(address, operation))
    }
}
