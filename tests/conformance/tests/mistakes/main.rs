//! What the compiler says about natural mistakes.
//!
//! Each file in `probes` is a program with one mistake, and says in its first lines what the compiler must print:
//!
//! ```text
//! //~ first: how the first error begins
//! //~ says: a text within the first 24 lines
//! //~ lines: at most this many in all
//! ```
//!
//! Only texts of this project are held, since those of the compiler differ from version to version. A program with none of
//! these lines has no mistake, and must compile without a warning.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What fits on a screen.
const SCREEN: usize = 24;

struct Probe {
    name: String,
    path: PathBuf,
    first: Option<String>,
    says: Vec<String>,
    lines: usize,
}

impl Probe {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        let of = |key: &str| {
            let key = format!("//~ {key}: ");
            text.lines().filter_map(move |line| line.strip_prefix(&key).map(str::to_owned))
        };
        Self {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            first: of("first").next(),
            says: of("says").collect(),
            lines: of("lines").next().map_or(0, |lines| lines.parse().unwrap()),
            path,
        }
    }

    /// What is wrong with what the compiler printed.
    fn faults(&self, printed: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let screen: Vec<&str> = printed.lines().take(SCREEN).collect();
        if let Some(first) = &self.first {
            if !screen.first().is_some_and(|line| line.starts_with(first.as_str())) {
                faults.push(format!("does not begin with: {first}"));
            }
        }
        for says in &self.says {
            if !screen.iter().any(|line| line.contains(says.as_str())) {
                faults.push(format!("does not say on the first screen: {says}"));
            }
        }
        let lines = printed.lines().count();
        if lines > self.lines {
            faults.push(format!("has {lines} lines, more than {}", self.lines));
        }
        faults
    }
}

fn probes() -> Vec<Probe> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes/probes");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(Probe::read).collect()
}

/// Makes a package in which each probe is a program.
fn package(probes: &[Probe]) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes");
    let mut manifest = format!(
        "[package]\nname = \"mistakes\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         anytempo = {{ path = {:?} }}\nanytempo-virtual = {{ path = {:?} }}\n\
         anytempo-embassy = {{ path = {:?} }}\nembassy-time = \"0.5\"\n",
        workspace.join("core"),
        workspace.join("adapter-virtual"),
        workspace.join("adapter-embassy"),
    );
    for Probe { name, path, .. } in probes {
        manifest += &format!("\n[[bin]]\nname = {name:?}\npath = {path:?}\n");
    }
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The versions of the workspace, all of which are there: no network is needed.
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    package
}

/// What the compiler prints about each program.
fn check(package: &Path) -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--keep-going", "--message-format=json"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .output()
        .unwrap();
    let mut printed = BTreeMap::<_, String>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        match message["reason"].as_str() {
            Some("compiler-message") => {
                let text = message["message"]["rendered"].as_str().unwrap();
                *printed.entry(message["target"]["name"].to_string()).or_default() += text;
            }
            Some("build-finished") => {
                assert_eq!(message["success"], false, "no program has a mistake");
                return printed;
            }
            _ => {}
        }
    }
    panic!("cargo did not finish:\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn each_mistake_is_named_with_its_cure() {
    let probes = probes();
    assert!(probes.iter().any(|probe| probe.first.is_none()), "a program without a mistake");
    let printed = check(&package(&probes));
    let mut faults = String::new();
    for probe in &probes {
        let printed = printed.get(&format!("{:?}", probe.name)).map_or("", String::as_str);
        for fault in probe.faults(printed) {
            faults += &format!("{}: the compiler's text {fault}\n\n{printed}\n", probe.name);
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}
