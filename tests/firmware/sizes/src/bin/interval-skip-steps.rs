#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::interval::skip_in_steps);
