//~ first: error[E0277]: an async closure is needed here: write `async |resource| { .. }`
//~ says: `|resource| async move { .. }` and `async { .. }` are not async closures
//~ lines: 28

use anytempo::{closing, try_close_on_exit};
use core::num::ParseIntError;

fn main() {
    drop(try_close_on_exit(closing("7", |_| ()), |text| async move {
        Ok::<i32, ParseIntError>(text.parse()?)
    }));
}
