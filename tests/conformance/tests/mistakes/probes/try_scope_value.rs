//~ first: error[E0277]: an async closure is needed here: write `async |resource| { .. }`
//~ says: `|resource| async move { .. }` and `async { .. }` are not async closures
//~ says: the body of `try_close_on_exit` returns a `Result`
//~ lines: 26

use anytempo::{closing, try_close_on_exit};

fn main() {
    drop(try_close_on_exit(closing(7, |_| ()), async |number| *number));
}
