//~ first: error[E0277]: this stream must be pinned first: write `let mut stream = pin!(..);`
//~ says: `core::pin::pin!`
//~ lines: 24

use anytempo::{generate, next};

async fn show() {
    let mut items = generate(async |mut y| y.emit(1).await);
    while let Some(item) = next(&mut items).await {
        println!("{item}");
    }
}

fn main() {
    drop(show());
}
