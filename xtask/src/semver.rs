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

    let packages = packages(baseline)?;
    println!("against {baseline}: {}", packages.join(" "));
    let mut compare = command("cargo", &["semver-checks", "--baseline-rev", baseline]);
    compare.args(packages.iter().flat_map(|name| ["--package", name]));
    match (breaks_users(&mut compare)?, &tag) {
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

/// The packages that are published, and that the baseline has.
fn packages(baseline: &str) -> Result<Vec<String>> {
    let metadata = ["metadata", "--no-deps", "--format-version", "1"];
    let now = published(&output(&mut command("cargo", &metadata))?)?;
    let mut before = Vec::new();
    for file in output(&mut command("git", &["ls-tree", "-r", "--name-only", baseline]))?.lines() {
        if file.ends_with("Cargo.toml") {
            let blob = format!("{baseline}:{file}");
            before.extend(published_name(&output(&mut command("git", &["show", &blob]))?));
        }
    }
    Ok(now.into_iter().filter(|name| before.contains(name)).collect())
}

/// From what `cargo metadata` prints: an empty list of registries is `publish = false`.
fn published(metadata: &str) -> Result<Vec<String>> {
    let metadata: Value = serde_json::from_str(metadata).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let is_published =
        |package: &&Value| package["publish"].as_array().is_none_or(|it| !it.is_empty());
    let names = packages.iter().filter(is_published).filter_map(|package| package["name"].as_str());
    Ok(names.map(str::to_owned).collect())
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
        assert_eq!(published(metadata), Ok(vec!["a".into(), "c".into()]));
        assert!(published("{}").is_err() && published("").is_err());
    }

    #[test]
    fn manifests_of_the_past() {
        let name = |manifest| published_name(manifest);
        assert_eq!(name("[package]\nname = \"a\"\n\n[[test]]\nname = \"t\"\n"), Some("a".into()));
        assert_eq!(name("[package]\nname = \"a\"\npublish = false\n"), None);
        assert_eq!(name("[workspace]\nmembers = []\n"), None);
    }
}
