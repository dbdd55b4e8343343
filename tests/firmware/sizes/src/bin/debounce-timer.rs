#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::debounce::timeout_loop);
