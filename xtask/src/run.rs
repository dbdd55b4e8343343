//! Commands that a gate runs.

use std::process::{Command, Stdio};

use crate::Result;

/// A command without standard input.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command, which must exit with 0.
pub(crate) fn succeed(command: &mut Command) -> Result {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", line(command))) }
}

/// The standard output of a command, which must exit with 0.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", line(command), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{} does not print UTF-8", line(command)))
}

pub(crate) fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("cannot run `{}`: {error}", line(command))
}

/// The command as a person would type it, without what comes after its eighth argument.
fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().take(8).map(|it| it.to_string_lossy()));
    if command.get_args().len() > 8 {
        words.push("...".into());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_command_is_cut() {
        assert_eq!(line(&command("wc", &["-l", "x"])), "wc -l x");
        assert_eq!(line(&command("wc", &["x"; 9])), "wc x x x x x x x x ...");
    }

    #[cfg(unix)]
    #[test]
    fn a_failure_names_the_command() {
        assert_eq!(output(&mut command("printf", &["hi"])), Ok("hi".into()));
        let failed = succeed(&mut command("false", &["x"]));
        assert_eq!(failed, Err("false x failed: exit status: 1".into()));
        let missing = succeed(&mut command("no-such-program", &[])).expect_err("it is missing");
        assert!(missing.starts_with("cannot run `no-such-program`: "), "{missing}");
    }
}
