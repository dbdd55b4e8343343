//~ first: error[E0277]: the error of the close, `Infallible`, does not convert into that of the body
//~ says: `.or_else(ScopeError::into_body)`
//~ lines: 60

use std::io;

use anytempo::{ScopeError, closing, try_close_on_exit};

async fn length() -> io::Result<usize> {
    let scope = try_close_on_exit(closing("text", drop), async |text| Ok::<_, io::Error>(text.len()));
    let length = scope.await.map_err(ScopeError::into_error)?;
    Ok(length)
}

fn main() {
    drop(length());
}
