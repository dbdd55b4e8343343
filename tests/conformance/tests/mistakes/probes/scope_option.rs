//~ first: error[E0277]: `Option<
//~ says: is not a resource that a scope can close
//~ lines: 76

use anytempo::{closing, try_close_on_exit};

fn main() {
    let resource = Some(closing(1, |_| ()));
    let _ = try_close_on_exit(resource, async |it| Ok::<_, ()>(it.is_some()));
}
