#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::countdown::combinator_fixed_rate);
