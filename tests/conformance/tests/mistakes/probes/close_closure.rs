//~ first: error[E0277]: an async closure is needed here: write `async |resource| { .. }`
//~ says: `|resource| async move { .. }` and `async { .. }` are not async closures
//~ lines: 26

use anytempo::closing_async;

fn main() {
    let _ = closing_async(7, |number| async move { drop(number) }, drop);
}
