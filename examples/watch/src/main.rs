//! Runs a command when files in a folder change, once for many changes:
//!
//!     cargo run -p anytempo-example-watch -- src cargo check

use core::pin::pin;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anytempo::next;
use anytempo_example_watch::{changes, scan};
use anytempo_smol::SmolTimer;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), Some(program)) = (arguments.next().map(PathBuf::from), arguments.next())
    else {
        eprintln!("usage: watch FOLDER COMMAND [ARGUMENT...]");
        return ExitCode::from(2);
    };
    if let Err(error) = std::fs::read_dir(&folder) {
        eprintln!("watch: cannot read the folder {}: {error}", folder.display());
        return ExitCode::FAILURE;
    }
    let (name, arguments) = (PathBuf::from(&program), arguments.collect::<Vec<_>>());
    async_io::block_on(async {
        let files = async || {
            let folder = folder.clone();
            blocking::unblock(move || scan(&folder)).await
        };
        let mut changes = pin!(changes(SmolTimer, files));
        while next(&mut changes).await.is_some() {
            let mut command = Command::new(&program);
            command.args(&arguments);
            match blocking::unblock(move || command.status()).await {
                Ok(status) => println!("watch: {} ended with {status}", name.display()),
                Err(error) => eprintln!("watch: cannot run {}: {error}", name.display()),
            }
        }
    });
    ExitCode::SUCCESS
}
