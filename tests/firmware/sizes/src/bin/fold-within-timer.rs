#![no_std]
#![no_main]

sizes::firmware!(sizes::programs::fold_within::deadline_loop);
