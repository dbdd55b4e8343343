//~ first: error[E0277]: `{integer}` is not a resource that a scope can close
//~ says: give it one: `closing(value, |value| ..)`
//~ lines: 76

use anytempo::close_on_exit;

fn main() {
    let _ = close_on_exit(5, async |number| *number + 1);
}
