//! On async-std.

#[path = "file.rs"]
mod file;
#[path = "tcp.rs"]
mod tcp;

use core::task::{Poll, ready};
use std::io;
use std::net::Shutdown;
use std::path::Path;

use anytempo::scope::PollClose;

pub(crate) use async_std::io::{
    BufWriter, ReadExt as AsyncReadExt, Write as AsyncWrite, WriteExt as AsyncWriteExt,
};
pub(crate) use async_std::net::TcpStream;
pub(crate) use async_std::task::block_on;

use crate::exit::Log;

pub(crate) const TIMER: anytempo_async_std::AsyncStdTimer = anytempo_async_std::AsyncStdTimer;
pub(crate) const POLL_CLOSE: PollClose<TcpStream, io::Error> =
    <TcpStream as AsyncWrite>::poll_close;
// The method of the trait only flushes here, and leaves the end to the drop.
pub(crate) const POLL_SHUTDOWN: PollClose<TcpStream, io::Error> = |mut stream, cx| {
    ready!(POLL_CLOSE(stream.as_mut(), cx))?;
    Poll::Ready(stream.shutdown(Shutdown::Write))
};
pub(crate) const POLL_CLOSE_BUFFERED: PollClose<BufWriter<TcpStream>, io::Error> =
    <BufWriter<TcpStream> as AsyncWrite>::poll_close;

pub(crate) fn spawner() -> anytempo_async_std::AsyncStdSpawner {
    anytempo_async_std::AsyncStdSpawner
}

pub(crate) async fn shutdown(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)
}

/// A file that is written through async-std.
pub(crate) struct File {
    buffer: BufWriter<async_std::fs::File>,
    /// The same file, for when nothing can be awaited.
    same: std::fs::File,
}

impl File {
    pub(crate) async fn create(path: &Path) -> io::Result<File> {
        let file = std::fs::File::create(path)?;
        let same = file.try_clone()?;
        Ok(File { buffer: BufWriter::new(file.into()), same })
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
        // The threads that write need nobody to go on. But a sync is told through a task, and there may be no other thread for
        // it than this one: so it is done without async-std.
        smol::future::block_on(self.buffer.flush())?;
        log.add("flushed at once");
        self.same.sync_all()?;
        log.add("synced at once");
        Ok(())
    }
}
