//! Small firmware, written with anytempo and by hand.
//!
//! Every form of a program has the same around it: an executor, a time driver, a log. So what differs in size and in speed is
//! the code for time.
#![no_std]

mod driver;
pub mod log;
pub mod programs;
mod run;
#[cfg(feature = "instructions")]
pub mod stopwatch;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;
pub use run::run;

/// Makes a program of a form.
///
/// It runs the form once, and writes down what that gave and when. With the feature `instructions` it counts instead what a
/// tick costs, where a form that has one tick, whatever its count, is `single`.
#[cfg(not(feature = "instructions"))]
#[macro_export]
macro_rules! firmware {
    (single $form:path) => {
        $crate::firmware!($form);
    };
    ($form:path) => {
        #[embassy_executor::task]
        async fn task() {
            // Read at run time, so that no loop is unrolled.
            $form(core::hint::black_box(5), $crate::log::put).await;
            $crate::log::finish();
        }

        #[$crate::entry]
        fn main() -> ! {
            $crate::run(|spawner| spawner.spawn(task().unwrap()))
        }
    };
}

/// As without the feature, which see.
#[cfg(feature = "instructions")]
#[macro_export]
macro_rules! firmware {
    (single $form:path) => {
        async fn repeated(count: u32, mut sink: impl FnMut(u32)) {
            for _ in 0..count {
                $form(1, &mut sink).await;
            }
        }
        $crate::firmware!(repeated);
    };
    ($form:path) => {
        #[embassy_executor::task]
        async fn task() {
            let mut stopwatch = $crate::stopwatch::Stopwatch::new();
            $crate::log::keep(stopwatch.for_a_known_number());
            for count in [100, 200] {
                let begin = stopwatch.read();
                $form(core::hint::black_box(count), |item| {
                    core::hint::black_box(item);
                })
                .await;
                $crate::log::keep(stopwatch.since(begin));
            }
            $crate::log::finish();
        }

        #[$crate::entry]
        fn main() -> ! {
            $crate::run(|spawner| spawner.spawn(task().unwrap()))
        }
    };
}
