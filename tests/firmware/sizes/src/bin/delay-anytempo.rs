#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::delay::combinator);
