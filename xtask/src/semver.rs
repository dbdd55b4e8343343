//! The gate `semver`: a change that breaks users of the last release has a new version.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::run::{cannot_start, command, output, succeed};
use crate::{Result, copy};

/// The baseline is the last tag `v*` before this change. Without a tag it is the commit before this change; what breaks
/// users is then printed and allowed, and an item is removed from a copy, to prove that the tool reports it.
pub(crate) fn check(scratch: &Path) -> Result {
    let is_committed = command("git", &["diff", "--quiet", "HEAD"]).status();
    let before = if is_committed.is_ok_and(|it| it.success()) { "HEAD^" } else { "HEAD" };
    succeed(&mut command("git", &["rev-parse", "--quiet", "--verify", before]))
        .map_err(|_| "the commit before this one is missing; run git fetch --unshallow --tags")?;
    let described = ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", before];
    let tag = command("git", &described).output().ok().filter(|it| it.status.success());
    let tag = tag.map(|it| String::from_utf8_lossy(&it.stdout).trim_end().to_owned());
    let baseline = tag.as_deref().unwrap_or(before);

    let (changed, same) = packages(baseline)?;
    println!("against {baseline}: {}", changed.join(" "));
    println!("no file of these is another there: {}", same.join(" "));
    let mut compare = command("cargo", &["semver-checks", "--baseline-rev", baseline]);
    compare.args(changed.iter().flat_map(|name| ["--package", name]));
    match (!changed.is_empty() && breaks_users(&mut compare)?, &tag) {
        (false, _) => {}
        (true, None) => println!("there is no release yet, so this is allowed"),
        (true, Some(tag)) => return Err(format!("a change breaks users of {tag}")),
    }
    if tag.is_some() { Ok(()) } else { a_removal_is_reported(&scratch.join("without")) }
}

/// Runs the tool and shows what it says. An exit code other than 0 and 100 is a failure of the tool.
fn breaks_users(compare: &mut Command) -> Result<bool> {
    let status = compare.status().map_err(|error| cannot_start(compare, &error))?;
    match status.code() {
        Some(0) => Ok(false),
        Some(100) => Ok(true),
        _ => Err(format!("cargo semver-checks cannot compare the packages: {status}")),
    }
}

fn a_removal_is_reported(folder: &Path) -> Result {
    let public = "pub use error::Elapsed;";
    copy::with_fault(folder, "core/src/lib.rs", public, &format!("pub(crate) {}", &public[4..]))?;
    let mut compare =
        command("cargo", &["semver-checks", "--baseline-root", ".", "--manifest-path"]);
    let compare = compare.arg(folder.join("core/Cargo.toml"));
    let output = compare.output().map_err(|error| cannot_start(compare, &error))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(100) && said.contains("struct anytempo::Elapsed") {
        println!("and it reports an item that was removed from a copy");
        return Ok(());
    }
    Err(format!(
        "cargo semver-checks does not report that Elapsed was removed:\n{said}{}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// The packages that are published, and that the baseline has: first those of which a file has changed since, then the others.
fn packages(baseline: &str) -> Result<(Vec<String>, Vec<String>)> {
    let metadata = ["metadata", "--no-deps", "--format-version", "1"];
    let metadata = parsed(&output(&mut command("cargo", &metadata))?)?;
    let mut before = Vec::new();
    for file in output(&mut command("git", &["ls-tree", "-r", "--name-only", baseline]))?.lines() {
        if file.ends_with("Cargo.toml") {
            let blob = format!("{baseline}:{file}");
            before.extend(published_name(&output(&mut command("git", &["show", &blob]))?));
        }
    }
    let (mut changed, mut same) = (Vec::new(), Vec::new());
    for name in published(&metadata).into_iter().filter(|name| before.contains(name)) {
        let mut files = vec!["Cargo.toml".to_owned(), "Cargo.lock".to_owned()];
        add_folders(&metadata, &name, &mut files);
        let mut diff = command("git", &["diff", "--name-only", baseline, "--"]);
        let is_same = output(diff.args(files))?.is_empty();
        let list = if is_same { &mut same } else { &mut changed };
        list.push(name);
    }
    Ok((changed, same))
}

/// From what `cargo metadata` prints: the packages of this repository.
fn parsed(metadata: &str) -> Result<Vec<Value>> {
    let metadata: Value = serde_json::from_str(metadata).map_err(|error| error.to_string())?;
    Ok(metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?.clone())
}

/// An empty list of registries is `publish = false`.
fn published(packages: &[Value]) -> Vec<String> {
    let is_published =
        |package: &&Value| package["publish"].as_array().is_none_or(|it| !it.is_empty());
    let names = packages.iter().filter(is_published).filter_map(|package| package["name"].as_str());
    names.map(str::to_owned).collect()
}

/// Adds the folder of a package, and those of all packages of this repository that it is built with.
fn add_folders(packages: &[Value], name: &str, folders: &mut Vec<String>) {
    let Some(package) = packages.iter().find(|it| it["name"] == name) else { return };
    let manifest = package["manifest_path"].as_str().unwrap_or_default();
    let folder = manifest.trim_end_matches("Cargo.toml").to_owned();
    if folders.contains(&folder) {
        return;
    }
    folders.push(folder);
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    for it in dependencies.filter(|it| it["kind"] != "dev" && it["path"].is_string()) {
        add_folders(packages, it["name"].as_str().unwrap_or_default(), folders);
    }
}

/// The name in a manifest, unless it is not to be published. Manifests of the past cannot be given to cargo, and these two
/// lines have one form in all of them.
fn published_name(manifest: &str) -> Option<String> {
    let mut lines = manifest.lines().map(str::trim);
    if lines.clone().any(|line| line == "publish = false") {
        return None;
    }
    let name = lines.find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_that_are_published() {
        let metadata = r#"{"packages":[
            {"name":"a","publish":null},{"name":"b","publish":[]},{"name":"c","publish":["crates-io"]}
        ]}"#;
        assert_eq!(parsed(metadata).map(|it| published(&it)), Ok(vec!["a".into(), "c".into()]));
        assert!(parsed("{}").is_err() && parsed("").is_err());
    }

    #[test]
    fn a_package_changes_with_what_it_is_built_with() {
        let metadata = r#"{"packages":[
            {"name":"a","manifest_path":"/a/Cargo.toml","dependencies":[
                {"name":"b","path":"/b","kind":null},{"name":"d","path":"/d","kind":"dev"},{"name":"e","kind":null}]},
            {"name":"b","manifest_path":"/b/Cargo.toml","dependencies":[{"name":"c","path":"/c","kind":"build"}]},
            {"name":"c","manifest_path":"/c/Cargo.toml","dependencies":[{"name":"a","path":"/a","kind":null}]},
            {"name":"d","manifest_path":"/d/Cargo.toml","dependencies":[]},
            {"name":"e","manifest_path":"/e/Cargo.toml","dependencies":[]}
        ]}"#;
        let mut folders = Vec::new();
        add_folders(&parsed(metadata).expect("it is JSON"), "a", &mut folders);
        assert_eq!(folders, ["/a/", "/b/", "/c/"]);
    }

    #[test]
    fn manifests_of_the_past() {
        let name = |manifest| published_name(manifest);
        assert_eq!(name("[package]\nname = \"a\"\n\n[[test]]\nname = \"t\"\n"), Some("a".into()));
        assert_eq!(name("[package]\nname = \"a\"\npublish = false\n"), None);
        assert_eq!(name("[workspace]\nmembers = []\n"), None);
    }
}
