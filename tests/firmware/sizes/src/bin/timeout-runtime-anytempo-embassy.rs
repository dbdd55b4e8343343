#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::timeout_runtime::combinator_of_embassy);
