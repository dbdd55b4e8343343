//! Logs a result as it is.
#![no_std]
#![no_main]

#[log::entry]
fn main() -> ! {
    defmt::println!("ended: {}", log::result());
    log::stop()
}
