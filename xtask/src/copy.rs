//! A copy of the work tree, to be changed.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::run::{command, output};

/// Copies the files that git does not ignore, committed or not.
pub(crate) fn tree(folder: &Path) -> Result {
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
    for file in output(&mut command("git", &listed))?.split_terminator('\0') {
        // A file that is deleted, and not yet from the index, is still listed.
        if !Path::new(file).exists() {
            continue;
        }
        let to = folder.join(file);
        let copied =
            fs::create_dir_all(to.parent().unwrap_or(folder)).and_then(|()| fs::copy(file, &to));
        copied.map_err(|error| format!("cannot copy {file} to {}: {error}", to.display()))?;
    }
    Ok(())
}

/// The same, with a text replaced in one of the files: a fault that a gate must notice.
pub(crate) fn with_fault(folder: &Path, file: &str, old: &str, new: &str) -> Result {
    tree(folder)?;
    let path = folder.join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {file}: {error}"))?;
    fs::write(&path, replaced(file, &text, old, new)?)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Replaces what must be there. Without this, a gate would go on with no fault to notice.
fn replaced(file: &str, text: &str, old: &str, new: &str) -> Result<String> {
    let replaced = text.replace(old, new);
    if replaced == text {
        return Err(format!("{file} has no text `{old}` to replace"));
    }
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_not_replaced() {
        assert_eq!(
            replaced("f", "a pinned one, a pinned two", "pinned", "moved"),
            Ok("a moved one, a moved two".into())
        );
        let missing = replaced("f", "text", "pinned", "moved");
        assert_eq!(missing, Err("f has no text `pinned` to replace".into()));
        assert!(replaced("f", "text", "text", "text").is_err(), "nothing has changed");
    }
}
