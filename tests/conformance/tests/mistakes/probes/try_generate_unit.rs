//~ first: error[E0277]: this is not the body of a generator: write `async |mut y| { y.emit(item).await; }`
//~ says: and returns `Result<(), _>`
//~ lines: 28

use anytempo::try_generate;

fn main() {
    drop(try_generate(async |mut y| {
        y.emit(1).await;
    }));
}
