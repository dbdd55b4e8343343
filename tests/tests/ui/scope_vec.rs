use anytempo::close_on_exit;

fn main() {
    let _ = close_on_exit(vec![1], async |numbers| numbers.len());
}
