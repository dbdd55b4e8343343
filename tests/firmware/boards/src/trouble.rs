//! Every way in which a run may end badly: each says why, in a line, and has a code of its own.

use core::fmt;
use core::panic::PanicInfo;

use crate::output::{Code, exit, say};

/// What has gone wrong.
#[derive(Clone, Copy)]
pub(crate) enum Trouble {
    /// The command makes no sense, or not on a board.
    Refused,
    /// A panic.
    Panic,
    /// The processor has met what it cannot do, or an interrupt that nobody has asked for.
    Fault,
    /// It would wait for longer than anyone.
    Hang,
}

impl Trouble {
    fn word(self) -> &'static str {
        match self {
            Trouble::Refused => "refused",
            Trouble::Panic => "panic",
            Trouble::Fault => "fault",
            Trouble::Hang => "hang",
        }
    }

    fn code(self) -> Code {
        Code(match self {
            Trouble::Refused => 2,
            Trouble::Panic => 3,
            Trouble::Fault => 4,
            Trouble::Hang => 5,
        })
    }
}

/// Says why, and ends the run.
pub(crate) fn end(trouble: Trouble, why: impl fmt::Display) -> ! {
    say(format_args!("{} {why}", trouble.word()));
    exit(trouble.code())
}

#[panic_handler]
fn on_panic(info: &PanicInfo<'_>) -> ! {
    match info.location() {
        Some(at) => end(Trouble::Panic, format_args!("{} ({at})", info.message())),
        None => end(Trouble::Panic, info.message()),
    }
}
