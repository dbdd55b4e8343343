//~ first: error[E0277]: an async closure is needed here: write `async |resource| { .. }`
//~ says: `|resource| async move { .. }` and `async { .. }` are not async closures
//~ lines: 26

use anytempo::{close_on_exit, closing};

fn main() {
    drop(close_on_exit(closing(7, |_| ()), |number| async move { *number }));
}
