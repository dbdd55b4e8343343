#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::close_async::state_machine);
