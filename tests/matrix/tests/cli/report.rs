//! The page that `anytempo report` makes of files of the other commands.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::run::{Run, command, finish};

/// Runs the program in a folder.
fn run_in(folder: &Path, args: impl IntoIterator<Item = impl Into<OsString>>) -> Run {
    let mut command = command(args.into_iter().map(Into::into));
    command.current_dir(folder);
    finish(command)
}

/// A folder with a small matrix in `matrix.json`.
fn matrix() -> TempDir {
    let folder = TempDir::new().expect("a folder can be made");
    let args = ["matrix", "--only", "sleep::zero", "--on", "virtual", "--json", "matrix.json"];
    let run = run_in(folder.path(), args);
    assert_eq!(run.code, Some(0), "{}", run.err);
    folder
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("it is written")
}

fn write(folder: &TempDir, name: &str, text: &str) {
    fs::write(folder.path().join(name), text).expect("a file can be written");
}

#[test]
fn every_kind_of_file_has_a_section() {
    let folder = matrix();
    let args = ["bench", "--only", "timers", "--on", "tokio", "--sizes", "10", "--rounds", "1"];
    let bench = run_in(folder.path(), args.into_iter().chain(["--json", "bench.json"]));
    assert_eq!(bench.code, Some(0), "{}", bench.err);
    let operators = run_in(
        folder.path(),
        ["operators", "debounce", "--source", "ab--|", "--on", "virtual", "--format", "json"],
    );
    write(&folder, "operators.json", &operators.out);
    write(&folder, "sizes.json", include_str!("report/sizes.json"));
    write(&folder, "instructions.json", include_str!("report/instructions.json"));
    write(&folder, "perf.json", include_str!("report/perf.json"));
    let files = [
        "matrix.json",
        "bench.json",
        "operators.json",
        "sizes.json",
        "instructions.json",
        "perf.json",
    ];
    let run = run_in(folder.path(), ["report"].into_iter().chain(files));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let results = read(&folder, "matrix.json").matches("\"outcome\"").count();
    assert_eq!(
        run.out,
        format!("`report.html`: 6 files, {results} results of the matrix, 0 failed\n")
    );

    let page = read(&folder, "report.html");
    let document = page.strip_prefix("<!DOCTYPE html>").expect("it is HTML");
    for id in ["matrix-1-section", "bench-2", "operators-3", "sizes-4", "instructions-5", "costs-6"]
    {
        assert!(document.contains(&format!("<h2 id=\"{id}\">")), "{id}");
    }
    assert_eq!(document.matches("<h2").count(), files.len() + 1);
    for name in files {
        assert!(document.contains(&format!("<code>{name}</code>")), "{name}");
    }
    // What asks for anything elsewhere has one of these.
    for elsewhere in [" src=", "<link", "@import", "url(", "https://"] {
        assert!(!document.contains(elsewhere), "{elsewhere}");
    }
    // As a timeline, and 2 boards with flash and RAM, one with instructions, a plot of jobs, and the benchmark's.
    assert!(document.contains("<code>ab--|</code>"));
    assert!(document.matches("role=\"img\"").count() > 6);
}

#[test]
fn what_is_in_a_file_is_text() {
    let folder = matrix();
    let text = read(&folder, "matrix.json");
    let (before, after) = text.split_once("\"outcome\":\"ok\"").expect("a result is ok");
    let failed = "\"outcome\":\"failed\",\"reason\":\"</style><script>alert(1)</script>\"";
    write(&folder, "failed.json", &format!("{before}{failed}{after}"));
    let run = run_in(folder.path(), ["report", "failed.json", "--html", "page.html"]);
    // A report of a failure is a success.
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(run.out.ends_with(" results of the matrix, 1 failed\n"), "{}", run.out);
    let page = read(&folder, "page.html");
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("1 failed"));
}

#[test]
fn what_is_no_result_is_refused() {
    let folder = matrix();
    let whole = read(&folder, "matrix.json");
    let refused = |text: &str, sentence: &str| {
        write(&folder, "bad.json", text);
        write(&folder, "page.html", "as it was");
        let run =
            run_in(folder.path(), ["report", "matrix.json", "bad.json", "--html", "page.html"]);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
        let said = run.err.strip_prefix("anytempo: `bad.json` ").unwrap_or(&run.err);
        assert!(said.starts_with(sentence) && said.ends_with('\n'), "{said}");
        assert_eq!(read(&folder, "page.html"), "as it was");
        let names = fs::read_dir(folder.path()).expect("it is a folder").count();
        assert_eq!(names, 3, "nothing else is left");
    };
    refused("", "is empty; ");
    refused(" \n", "is empty; ");
    refused(&whole[..whole.len() / 2], "ends in the middle of line ");
    refused("<html>", "is not JSON: expected value at line 1 column 1; report reads what ");
    refused("[]", "is JSON, but not of a kind that report knows; report reads what ");
    refused("{\"partition\": 1}", "is JSON, but not of a kind that report knows; ");
    let version = env!("CARGO_PKG_VERSION");
    let old = whole.replacen(&format!("\"anytempo\":\"{version}\""), "\"anytempo\":\"0.0.1\"", 1);
    refused(
        &old,
        &format!(
            "was written by version 0.0.1 of anytempo, and this is {version}; run `anytempo matrix --json FILE` of this \
             version"
        ),
    );
    refused(
        &whole.replacen("\"host\"", "\"ghost\"", 1),
        "is not what `anytempo matrix --json FILE` writes: missing field `host`; run that command again",
    );
    refused(
        "{\"figures\": [{}], \"sizes\": []}",
        "is not what `./check.sh perf` writes: missing field `job`; run that command again",
    );
}

#[test]
fn files_that_cannot_be_used() {
    let folder = matrix();
    let refused = |args: &[&str], code: i32, sentence: &str| {
        let run = run_in(folder.path(), args);
        let said = format!("anytempo: {sentence}\n");
        assert_eq!((run.code, run.out.as_str(), run.err), (Some(code), "", said));
    };
    refused(&["report"], 2, "<FILE> is missing; see anytempo --help");
    refused(
        &["report", "no.json"],
        1,
        "the file `no.json` cannot be read: No such file or directory",
    );
    refused(&["report", "matrix.json", "./matrix.json"], 2, "`./matrix.json` is there twice");
    refused(
        &["report", "matrix.json", "--html", "./matrix.json"],
        2,
        "`./matrix.json` is one of the files to read; use another name for --html",
    );
    refused(
        &["report", "matrix.json", "--html", "no/page.html"],
        1,
        "the file `no/page.html` cannot be written: No such file or directory",
    );
    refused(
        &["--on", "tokio", "report", "matrix.json"],
        2,
        "report takes no --on and no --format; it makes HTML of all that its files have",
    );
    assert!(read(&folder, "matrix.json").ends_with("]}\n"));
    fs::write(folder.path().join("binary"), [0xff, 0xfe]).expect("a file can be written");
    refused(
        &["report", "binary"],
        1,
        "`binary` is not UTF-8, so no command of anytempo has written it",
    );
}

#[test]
#[cfg(unix)]
fn a_page_is_a_file_as_any_other() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = matrix();
    write(&folder, "plain", "");
    let mode = |name: &str| {
        let metadata = fs::metadata(folder.path().join(name)).expect("it is there");
        metadata.permissions().mode()
    };
    // Through a link, which stays one.
    symlink("page.html", folder.path().join("link.html")).expect("a link can be made");
    write(&folder, "page.html", "an older one");
    let run = run_in(folder.path(), ["report", "matrix.json", "--html", "link.html"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(folder.path().join("link.html").is_symlink());
    assert!(read(&folder, "page.html").starts_with("<!DOCTYPE html>"));
    assert_eq!(mode("page.html"), mode("plain"));
    // A pipe cannot be replaced, and the page is all that comes out of it.
    let run = run_in(folder.path(), ["report", "matrix.json", "--html", "/dev/fd/1"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(run.out.starts_with("<!DOCTYPE html>") && run.out.ends_with("</html>"), "{}", run.out);
}
