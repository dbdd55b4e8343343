//! The programs as a person runs them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

const PROGRAMS: [&str; 2] = [env!("CARGO_BIN_EXE_server_tokio"), env!("CARGO_BIN_EXE_server_smol")];

/// Starts the program, and asks it for its health.
fn start(program: &str, arguments: &[&str]) -> (Child, BufReader<ChildStdout>, TcpStream) {
    let child = Command::new(program).args(arguments).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("the program prints");
    let address = line.trim_end().strip_prefix("listens on http://").expect("it says where");
    let mut connection = TcpStream::connect(address).expect("it listens");
    connection.write_all(b"GET /health HTTP/1.1\r\nHost: test\r\n\r\n").expect("it reads");
    let mut answer = [0; 15];
    connection.read_exact(&mut answer).expect("it answers");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    (child, lines, connection)
}

/// The program ends by itself, with an idle connection that is open.
fn end(mut child: Child, mut lines: BufReader<ChildStdout>) {
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("it prints text");
    assert!(child.wait().expect("it ends").success(), "{rest}");
    let expected = "stops with 1 connections\n0 connections were cut off\n";
    assert!(rest.ends_with(expected), "{rest}");
}

#[test]
fn a_program_ends_after_its_seconds() {
    for program in PROGRAMS {
        let (child, lines, _connection) = start(program, &["127.0.0.1:0", "1"]);
        end(child, lines);
    }
}

#[cfg(unix)]
#[test]
fn a_program_ends_at_ctrl_c() {
    for program in PROGRAMS {
        for signal in ["INT", "TERM"] {
            let (child, lines, _connection) = start(program, &["127.0.0.1:0"]);
            let kill = format!("kill -{signal} {}", child.id());
            assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
            end(child, lines);
        }
    }
}
