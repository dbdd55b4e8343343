//! The program as its reader runs it, on real time.

use std::process::Command;

#[test]
fn the_program_prints_what_comes_of_each_request() {
    let run = Command::new(env!("CARGO_BIN_EXE_http")).output();
    let output = run.expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("it prints text");
    let mut said = Vec::new();
    for line in text.lines() {
        let (answer, took) = line.split_once(" after ").expect("each line says how long it took");
        let millis: u64 = took.strip_suffix(" ms").and_then(|it| it.parse().ok()).expect("a time");
        assert!(!answer.contains("/slow") || millis >= 300, "{line}");
        said.push(answer);
    }
    let expected = [
        "HTTP/1.1 /: 200 OK",
        "HTTP/1.1 /slow: 504 Gateway Timeout",
        "HTTP/2.0 /: 200 OK",
        "HTTP/2.0 /slow: 504 Gateway Timeout",
    ];
    assert_eq!(said, expected);
}
