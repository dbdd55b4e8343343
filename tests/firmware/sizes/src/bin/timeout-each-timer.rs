#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::timeout_each::timeout_loop);
