use anytempo::{close_on_exit, closing};

fn main() {
    let _ = close_on_exit(closing(vec![1], drop), |numbers| async move { numbers.len() });
}
