//! Logs a result by its `Debug`, as one does with a type that has no `Format`.
#![no_std]
#![no_main]

#[log::entry]
fn main() -> ! {
    defmt::println!("ended: {}", defmt::Debug2Format(&log::result()));
    log::stop()
}
