#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::countdown::state_machine);
