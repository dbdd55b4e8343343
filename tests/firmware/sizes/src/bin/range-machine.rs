#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::range::state_machine);
