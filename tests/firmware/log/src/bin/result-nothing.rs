//! Logs a word that has nothing to do with time: what the others have beside their result.
#![no_std]
#![no_main]

#[log::entry]
fn main() -> ! {
    let _ = log::result();
    defmt::println!("ended");
    log::stop()
}
