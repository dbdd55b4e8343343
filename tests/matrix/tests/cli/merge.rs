//! A matrix in parts, as several machines run it, and the whole that is made of them.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use roxmltree::Document;
use serde_json::Value;
use tempfile::TempDir;

use crate::run::{Run, command, finish};

/// The group `sleep` on two runtimes.
const CHOSEN: [&str; 4] = ["--only", "sleep::", "--on", "virtual,tokio"];

/// Runs the program in a folder.
fn run_in(folder: &Path, args: impl IntoIterator<Item = impl Into<OsString>>) -> Run {
    let mut command = command(args.into_iter().map(Into::into));
    command.current_dir(folder);
    finish(command)
}

/// A folder with the results of four parts in `1.json` to `4.json`.
fn parts() -> TempDir {
    let folder = TempDir::new().expect("a folder can be made");
    for part in 1..=4 {
        let (partition, json) = (format!("{part}/4"), format!("{part}.json"));
        let args = ["matrix", "--partition", &partition, "--json", &json];
        let run = run_in(folder.path(), args.into_iter().chain(CHOSEN));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    }
    folder
}

fn document(folder: &Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join(name)).expect("it is written");
    serde_json::from_str(&text).expect("it is one document")
}

/// The results without the times.
fn results(document: &Value) -> Vec<Value> {
    let mut results = document["results"].as_array().expect("it has results").clone();
    for result in &mut results {
        result.as_object_mut().expect("it is an object").remove("real_us");
    }
    results
}

#[test]
fn parts_are_merged_into_the_whole() {
    let folder = parts();
    let args = ["matrix", "--json", "whole.json"];
    let whole = run_in(folder.path(), args.into_iter().chain(CHOSEN));
    assert_eq!(whole.code, Some(0));

    // In any order.
    let files = ["3.json", "1.json", "4.json", "2.json"];
    let args = ["merge", "--junit", "all.xml", "--json", "all.json"];
    let merged = run_in(folder.path(), args.into_iter().chain(files));
    assert_eq!((merged.code, merged.err.as_str()), (Some(0), ""));
    let table = |run: &Run| -> Vec<String> {
        run.out.lines().filter(|line| !line.starts_with("It took")).map(str::to_owned).collect()
    };
    assert_eq!(table(&merged), table(&whole));
    let (all, whole) = (document(folder.path(), "all.json"), document(folder.path(), "whole.json"));
    assert_eq!(results(&all), results(&whole));
    assert_eq!((&all["partition"], &all["only"]), (&"1/1".into(), &"sleep::".into()));

    let junit = fs::read_to_string(folder.path().join("all.xml")).expect("it is written");
    let report = Document::parse(&junit).expect("it is XML");
    let count = |name| report.descendants().filter(|it| it.has_tag_name(name)).count();
    assert_eq!(count("testcase"), results(&whole).len());
    // The steps go to the parts in turn, so of two runtimes each part has one.
    assert_eq!(count("testsuite"), 4);
    // A whole file is a matrix of one part.
    let again = run_in(folder.path(), ["merge", "all.json"]);
    assert_eq!((again.code, table(&again)), (Some(0), table(&merged)));
}

#[test]
fn what_is_missing_is_an_error() {
    let folder = parts();
    let refused = |files: &[&str], sentence: &str| {
        let args = ["merge", "--junit", "all.xml"];
        let run = run_in(folder.path(), args.into_iter().chain(files.iter().copied()));
        let said = format!("anytempo: {sentence}\n");
        assert_eq!((run.code, run.out.as_str(), run.err), (Some(1), "", said));
        assert!(!folder.path().join("all.xml").exists(), "nothing is written");
    };
    refused(&["1.json", "2.json", "4.json"], "part 3 of 4 is missing");
    refused(&["4.json"], "parts 1, 2, 3 of 4 are missing");
    refused(
        &["1.json", "2.json", "3.json", "4.json", "2.json"],
        "part 2/4 is there twice: in `2.json` and in `2.json`",
    );
    refused(&["no.json"], "the file `no.json` cannot be read: No such file or directory");

    let change = |name: &str, to: &str, change: &dyn Fn(&mut Value)| {
        let mut document = document(folder.path(), name);
        change(&mut document);
        fs::write(folder.path().join(to), document.to_string()).expect("a file can be written");
    };
    let all_with = |name: &'static str| ["1.json", "2.json", "3.json", name];

    change("4.json", "less.json", &|document| {
        document["results"].as_array_mut().expect("it has results").clear();
    });
    let less = run_in(folder.path(), ["merge"].into_iter().chain(all_with("less.json")));
    let begins = "anytempo: part 4/4 in `less.json` has no result of sleep::";
    assert_eq!((less.code, less.err.starts_with(begins)), (Some(1), true), "{}", less.err);

    change("4.json", "more.json", &|document| {
        let result = serde_json::json!({
            "case": "sleep::walks", "runtime": "tokio", "outcome": "ok", "real_us": 1
        });
        document["results"].as_array_mut().expect("it has results").push(result);
    });
    refused(
        &all_with("more.json"),
        "part 4/4 in `more.json` has a result that does not belong to it: sleep::walks on tokio",
    );
    change("4.json", "other.json", &|document| document["only"] = "pace::".into());
    refused(
        &all_with("other.json"),
        "part 1/4 in `1.json` and part 4/4 in `other.json` are of different matrices: --only differs",
    );
    change("4.json", "old.json", &|document| document["anytempo"] = "0.0.1".into());
    let version = env!("CARGO_PKG_VERSION");
    refused(
        &all_with("old.json"),
        &format!("`old.json` was written by version 0.0.1 of anytempo, and this is {version}"),
    );
    // A machine that could not run what the others did.
    change("4.json", "left.json", &|document| document["left_out"] = vec!["tokio"].into());
    refused(
        &all_with("left.json"),
        "part 4/4 in `left.json` was not run on tokio, and part 1/4 in `1.json` was",
    );
    fs::write(folder.path().join("bad.json"), "[]").expect("a file can be written");
    let bad = run_in(folder.path(), ["merge", "bad.json"]);
    let begins = "anytempo: `bad.json` is no file that `anytempo matrix --json` has written: ";
    assert_eq!((bad.code, bad.err.starts_with(begins)), (Some(1), true), "{}", bad.err);
}

/// A failure in any part is a failure of the whole, with its reason.
#[test]
fn a_failure_stays_one() {
    let folder = parts();
    let path = folder.path().join("2.json");
    let text = fs::read_to_string(&path).expect("it is written");
    let failed =
        text.replacen(r#""outcome":"ok","#, r#""outcome":"failed","reason":"it\nslept","#, 1);
    assert_ne!(failed, text);
    fs::write(&path, failed).expect("a file can be written");
    let files = ["1.json", "2.json", "3.json", "4.json"];
    let run = run_in(folder.path(), ["merge", "--junit", "all.xml"].into_iter().chain(files));
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    assert!(run.out.contains(", and 1 FAILED."), "{}", run.out);
    let junit = fs::read_to_string(folder.path().join("all.xml")).expect("it is written");
    assert!(junit.contains("<failure message=\"it&#10;slept\" type=\"broken\">"), "{junit}");
}

#[test]
fn arguments_that_make_no_sense() {
    let folder = TempDir::new().expect("a folder can be made");
    for (args, sentence) in [
        ("merge", "<FILE> is missing; see anytempo --help"),
        ("merge a --on tokio", "merge takes no --on; its files say which runtimes they have"),
        (
            "matrix --partition 5/4",
            "`5/4` is not valid for --partition: it takes a part and the number of parts, such as 1/4 for the first of four",
        ),
    ] {
        let run = run_in(folder.path(), args.split(' '));
        let said = format!("anytempo: {sentence}\n");
        assert_eq!((run.code, run.out.as_str(), run.err), (Some(2), "", said));
    }
}
