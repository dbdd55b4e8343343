use anytempo::close_on_exit;

fn main() {
    let _ = close_on_exit(5, async |number| *number + 1);
}
