#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::generate::timer_loop);
