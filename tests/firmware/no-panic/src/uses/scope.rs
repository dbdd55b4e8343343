use core::hint::black_box;

use anytempo::{close_on_exit, closing};

use crate::hidden::{HiddenFuture, poll_future};

pub(crate) fn use_scope() {
    let resource = closing(black_box(1_u32), |value| *value = black_box(2));
    poll_future(close_on_exit(resource, async |_| HiddenFuture.await));
}
