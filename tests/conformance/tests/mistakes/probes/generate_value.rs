//~ first: error[E0277]: this is not the body of a generator: write `async |mut y| { y.emit(item).await; }`
//~ says: `|y| async move { .. }` and `async { .. }` are not async closures
//~ says: a body that uses `?` returns a `Result` and is for `try_generate`
//~ lines: 28

use anytempo::generate;

fn main() {
    drop(generate(async |mut y| {
        y.emit(1).await;
        2
    }));
}
