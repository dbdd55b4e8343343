//! What is in a finished program.

use std::path::Path;

use object::{File, Object, ObjectSymbol};

use crate::Result;

/// The names of all that was linked.
pub(crate) fn symbols(path: &Path) -> Result<Vec<String>> {
    let data = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let file = File::parse(&*data).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(file.symbols().filter_map(|it| it.name().ok()).map(str::to_owned).collect())
}
