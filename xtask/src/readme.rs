//! The gate `readme`: what README.md and the READMEs of the program and of the examples tell a reader to run works.

use std::collections::HashSet;
use std::fs;

use crate::Result;
use crate::run::{command, output, succeed};

/// The file, from the root of the repository.
pub(crate) const FILE: &str = "README.md";

/// The one for who runs the matrix and the benchmark. Its commands run in the root as well.
const PROGRAM: &str = "tests/matrix/README.md";

/// The index of all examples, and the README of an example that is in another folder.
const EXAMPLES: [&str; 2] = ["examples/README.md", "tests/firmware/example/README.md"];

/// Commands that a gate has run. They take minutes and need not run twice.
const RUN_BY: [(&str, &str); 4] = [
    ("test", "cargo test --workspace"),
    // Without a subcommand the program runs the matrix.
    ("matrix", "cargo run --release"),
    ("matrix", "cargo run --release -- matrix"),
    ("bench", "cargo run --release -- bench --quick"),
];

const TEST_OF_EXAMPLE: &str = "cargo test -p anytempo-example-";

/// Runs all commands but those that one of the gates has `passed`, each once.
pub(crate) fn check(passed: &[&str]) -> Result {
    let text = read()?;
    snippets_are_tested(&text)?;
    let mut commands = commands(&text).concat();
    if !commands.iter().any(|line| line == "cargo test --workspace") {
        return Err(format!(
            "{FILE} has no block tagged sh with the line `cargo test --workspace`"
        ));
    }
    let of_program = self::commands(&read_file(PROGRAM)?).concat();
    if of_program.is_empty() {
        return Err(format!("{PROGRAM} has no block tagged sh"));
    }
    commands.extend(of_program);
    commands.extend(of_examples(".", &text)?);
    let mut seen = HashSet::new();
    commands.retain(|line| seen.insert(line.clone()));
    for line in commands {
        let known = RUN_BY.iter().find(|(_, it)| *it == line).map(|(gate, _)| *gate);
        // It is a part of `cargo test --workspace`.
        let known = known.or_else(|| line.starts_with(TEST_OF_EXAMPLE).then_some("test"));
        match known.filter(|gate| passed.contains(gate)) {
            Some(gate) => println!("$ {line}    # not again: the gate {gate} has run it"),
            None if line.starts_with("./check.sh") => {
                println!("$ {line}    # not again: it is what runs now");
            }
            None => {
                println!("$ {line}");
                succeed(&mut command("bash", &["-euo", "pipefail", "-c", &line]))?;
            }
        }
    }
    Ok(())
}

/// The commands of all examples below `root`. Each example has a README with a command, and is in both indexes.
fn of_examples(root: &str, text: &str) -> Result<Vec<String>> {
    let [index, firmware] = EXAMPLES;
    let index_text = read_file(&format!("{root}/{index}"))?;
    let mut files = vec![firmware.to_owned()];
    let folder = format!("{root}/examples");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("cannot read {folder}: {error}"))?;
    for entry in entries.flatten().filter(|it| it.path().join("Cargo.toml").exists()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !text.contains(&format!("| `examples/{name}` |")) {
            return Err(format!("{FILE} does not list examples/{name}"));
        }
        files.push(format!("examples/{name}/README.md"));
    }
    files.sort();
    let mut commands = Vec::new();
    for file in files {
        let link = file.strip_prefix("examples/").map_or(format!("../{file}"), str::to_owned);
        if !index_text.contains(&format!("]({link})")) {
            return Err(format!("{index} has no link to {link}"));
        }
        let of_file = self::commands(&read_file(&format!("{root}/{file}"))?).concat();
        if of_file.is_empty() {
            return Err(format!("{file} has no command in a block tagged sh"));
        }
        commands.extend(of_file);
    }
    Ok(commands)
}

pub(crate) fn read() -> Result<String> {
    read_file(FILE)
}

fn read_file(file: &str) -> Result<String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read {file}: {error}"))
}

/// The commands of each block that is tagged `sh`. Each line is one; a backslash at its end joins it with the next, and
/// a word that begins with `#` begins a comment. A block that is tagged `console` is a transcript, which is not run.
pub(crate) fn commands(text: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(tag) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        if tag == "sh" {
            blocks.push(of_block(&block));
        }
    }
    blocks
}

fn of_block(block: &[&str]) -> Vec<String> {
    let mut commands = vec![String::new()];
    for line in block {
        let (part, goes_on) = match line.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (*line, false),
        };
        let words = part.split_whitespace().take_while(|word| !word.starts_with('#'));
        let last = commands.last_mut().expect("there is one");
        for word in words {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
        if !goes_on {
            commands.push(String::new());
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// Rust snippets run as the documentation tests of a package that includes the file.
fn snippets_are_tested(text: &str) -> Result {
    let snippets = || text.lines().filter(|line| line.starts_with("```rust"));
    if let Some(line) = snippets().find(|line| line.contains("ignore") || line.contains("no_run")) {
        return Err(format!("{FILE} has a Rust snippet that is not run: {line}"));
    }
    if snippets().next().is_none() {
        return Ok(());
    }
    for file in output(&mut command("git", &["ls-files", "-z", "*.rs"]))?.split_terminator('\0') {
        if fs::read_to_string(file).is_ok_and(|text| includes_readme(&text)) {
            return Ok(());
        }
    }
    Err(format!("{FILE} has Rust snippets, but no package includes it in its documentation tests"))
}

/// Whether a source file has `include_str!` of the file at the root, and not of one in its own package.
fn includes_readme(source: &str) -> bool {
    source.split("include_str!(\"").skip(1).any(|rest| {
        let path = rest.split('"').next().unwrap_or_default();
        path.strip_suffix(FILE).is_some_and(|up| up.len() > 3 && up.replace("../", "").is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_the_lines_of_sh_blocks() {
        let text = "\
Text with `cargo run` in it.
```sh
cargo run --release          # the matrix
cargo test --workspace

# only a comment
```
```console
$ git clone somewhere
```
```sh
cargo run -- \\
    countdown 2 \\
    --on all
echo a#b
```
```rust
let x = 1;
```
";
        let expected = [
            vec!["cargo run --release", "cargo test --workspace"],
            vec!["cargo run -- countdown 2 --on all", "echo a#b"],
        ];
        assert_eq!(commands(text), expected);
    }

    #[test]
    fn a_block_without_an_end_is_a_block() {
        assert_eq!(commands("```sh\nls \\"), [["ls"]]);
        assert_eq!(commands("```shell\nls\n```"), [[""; 0]; 0]);
    }

    #[test]
    fn snippets_that_do_not_run() {
        assert_eq!(snippets_are_tested("no snippet"), Ok(()));
        for tag in ["```rust,ignore", "```rust,no_run"] {
            let refused = snippets_are_tested(&format!("{tag}\n```\n"));
            assert!(refused.is_err_and(|sentence| sentence.ends_with(tag)), "{tag}");
        }
    }

    #[test]
    fn all_examples_have_a_command_and_are_listed() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let text = read_file(&format!("{root}/{FILE}")).unwrap();
        let commands = of_examples(root, &text).unwrap();
        for command in ["./check.sh firmware", "cargo test -p anytempo-example-watch"] {
            assert!(commands.iter().any(|it| it == command), "{commands:?}");
        }
        let refused = of_examples(root, &text.replace("`examples/watch`", "")).unwrap_err();
        assert_eq!(refused, "README.md does not list examples/watch");
    }

    #[test]
    fn the_readme_of_the_repository() {
        assert!(includes_readme("#![doc = include_str!(\"../../README.md\")]"));
        assert!(includes_readme("x\n#[doc = include_str!(\"../../../README.md\")]"));
        assert!(!includes_readme("#![doc = include_str!(\"../README.md\")]"));
        assert!(!includes_readme("#![doc = include_str!(\"../../core/README.md\")]"));
        assert!(!includes_readme("README.md"));
    }
}
