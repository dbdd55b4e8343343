#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::interval::fixed_rate_by_hand);
