//~ first: error[E0277]: a close cannot give `{integer}`
//~ says: a close gives `()`, or `Result<(), E>` if it can fail
//~ lines: 28

use anytempo::closing_async;

fn main() {
    let _ = closing_async(7, async |number| *number, drop);
}
