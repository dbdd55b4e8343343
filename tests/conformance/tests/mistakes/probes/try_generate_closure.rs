//~ first: error[E0277]: this is not the body of a generator: write `async |mut y| { y.emit(item).await; }`
//~ says: `|y| async move { .. }` and `async { .. }` are not async closures
//~ says: a body that uses `?` returns a `Result` and is for `try_generate`
//~ lines: 28

use anytempo::try_generate;
use core::num::ParseIntError;

fn main() {
    drop(try_generate(|mut y| async move {
        y.emit("7".parse::<i32>()?).await;
        Ok::<(), ParseIntError>(())
    }));
}
