//~ first: error[E0277]: this stream must be pinned first: write `let mut stream = pin!(..);`
//~ says: `core::pin::pin!`
//~ lines: 24

use anytempo::{generate, next};

async fn first() -> Option<u8> {
    next(&mut generate(async |mut y| y.emit(1).await)).await
}

fn main() {
    drop(first());
}
