//~ first: error[E0277]: this stream must be pinned first: write `let mut stream = pin!(..);`
//~ says: `core::pin::pin!`
//~ lines: 24

use anytempo::{next_or, try_generate};

async fn first() -> Result<u8, ()> {
    let mut items = try_generate(async |mut y| {
        y.emit(1).await;
        Ok(())
    });
    next_or(&mut items, Ok(0)).await
}

fn main() {
    drop(first());
}
