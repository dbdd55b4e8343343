#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::keep_alive::combinator);
