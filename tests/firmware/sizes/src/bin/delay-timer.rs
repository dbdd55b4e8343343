#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::delay::timer_loop);
