//! The program as its reader runs it, on real time and over UDP.

use std::process::Command;

#[test]
fn the_program_hears_its_echo_and_ends_by_silence() {
    let run = Command::new(env!("CARGO_BIN_EXE_quic")).output();
    let output = run.expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("it prints text");
    let (echo, end) = text.split_once('\n').expect("it prints two lines");
    assert_eq!(echo, "the server says hello");
    assert!(end.starts_with("after ") && end.ends_with(" ms of silence: timed out\n"), "{end}");
}
