use core::hint::black_box;

use anytempo::{next, next_or};

use crate::hidden::{HiddenStream, poll_future};

pub(crate) fn use_protocol() {
    poll_future(next(&mut HiddenStream));
    poll_future(next_or(&mut HiddenStream, black_box(7)));
}
