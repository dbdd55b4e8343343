#![no_std]
#![no_main]

sizes::firmware!(single sizes::programs::stall::state_machine);
