//! What is in a finished program.

use std::path::Path;

use object::{File, Object, ObjectSection, ObjectSymbol, SectionFlags, SectionKind, elf};

use crate::Result;

/// The names of all that was linked.
pub(crate) fn symbols(path: &Path) -> Result<Vec<String>> {
    let data = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let file = File::parse(&*data).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(file.symbols().filter_map(|it| it.name().ok()).map(str::to_owned).collect())
}

/// What a program takes of a board, in bytes.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Code, constants, and what statics begin with.
    pub(crate) flash: i64,
    /// Statics. A task is one, with its future in it.
    pub(crate) ram: i64,
}

/// What the linker script of riscv-rt calls the RAM that is left. No program takes it.
const REST: [&str; 2] = [".heap", ".stack"];

/// Sums up the sections that are on the board, which those for a debugger are not.
pub(crate) fn size(path: &Path) -> Result<Size> {
    let data = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let file = File::parse(&*data).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut size = Size { flash: 0, ram: 0 };
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags } = section.flags() else { continue };
        if sh_flags & u64::from(elf::SHF_ALLOC) == 0 || REST.contains(&section.name()?) {
            continue;
        }
        let bytes = i64::try_from(section.size())?;
        let is_empty = section.kind() == SectionKind::UninitializedData;
        if !is_empty {
            size.flash += bytes;
        }
        if sh_flags & u64::from(elf::SHF_WRITE) != 0 {
            size.ram += bytes;
        }
    }
    if size.flash == 0 {
        return Err(format!("{} has nothing in it", path.display()).into());
    }
    Ok(size)
}
