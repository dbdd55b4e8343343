//! On smol.

#[path = "file.rs"]
mod file;
#[path = "tcp.rs"]
mod tcp;

use std::io;
use std::net::Shutdown;
use std::path::Path;

use anytempo::scope::PollClose;

pub(crate) use smol::block_on;
pub(crate) use smol::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
pub(crate) use smol::net::TcpStream;

use crate::exit::Log;

pub(crate) const TIMER: anytempo_smol::SmolTimer = anytempo_smol::SmolTimer;
pub(crate) const POLL_CLOSE: PollClose<TcpStream, io::Error> =
    <TcpStream as AsyncWrite>::poll_close;
pub(crate) const POLL_SHUTDOWN: PollClose<TcpStream, io::Error> = POLL_CLOSE;
pub(crate) const POLL_CLOSE_BUFFERED: PollClose<BufWriter<TcpStream>, io::Error> =
    <BufWriter<TcpStream> as AsyncWrite>::poll_close;

pub(crate) fn spawner() -> anytempo_smol::SmolSpawner {
    anytempo_smol::SmolSpawner::default()
}

pub(crate) async fn shutdown(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)
}

/// A file that is written through smol.
pub(crate) struct File {
    buffer: BufWriter<smol::fs::File>,
}

impl File {
    pub(crate) async fn create(path: &Path) -> io::Result<File> {
        Ok(File { buffer: BufWriter::new(smol::fs::File::create(path).await?) })
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.write_all(bytes).await
    }

    pub(crate) async fn flush_and_sync(&mut self, log: &Log) -> io::Result<()> {
        self.buffer.flush().await?;
        log.add("flushed");
        self.buffer.get_ref().sync_all().await?;
        log.add("synced");
        Ok(())
    }

    pub(crate) fn flush_and_sync_now(mut self, log: &Log) -> io::Result<()> {
        // The threads that do the work are always there, and need no executor to tell that it is done.
        block_on(async {
            self.buffer.flush().await?;
            log.add("flushed at once");
            self.buffer.get_ref().sync_all().await?;
            log.add("synced at once");
            Ok(())
        })
    }
}
