#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::throttle_latest::deadline_loop);
