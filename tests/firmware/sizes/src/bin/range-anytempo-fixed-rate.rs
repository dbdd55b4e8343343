#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::range::combinator_fixed_rate);
