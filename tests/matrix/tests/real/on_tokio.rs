//! On tokio, whose one thread must not be needed by what blocks it.

#[path = "file.rs"]
mod file;
#[path = "tcp.rs"]
mod tcp;

use core::future::Future;
use std::io::{self, Write as _};
use std::path::Path;

use anytempo::scope::PollClose;
use tokio::runtime::Builder;
use tokio::task::unconstrained;

pub(crate) use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
pub(crate) use tokio::net::TcpStream;

use crate::exit::Log;

pub(crate) const TIMER: anytempo_tokio::TokioTimer = anytempo_tokio::TokioTimer;
pub(crate) const POLL_CLOSE: PollClose<TcpStream, io::Error> =
    <TcpStream as AsyncWrite>::poll_shutdown;
pub(crate) const POLL_SHUTDOWN: PollClose<TcpStream, io::Error> = POLL_CLOSE;
pub(crate) const POLL_CLOSE_BUFFERED: PollClose<BufWriter<TcpStream>, io::Error> =
    <BufWriter<TcpStream> as AsyncWrite>::poll_shutdown;

pub(crate) fn spawner() -> anytempo_tokio::TokioSpawner {
    anytempo_tokio::TokioSpawner::default()
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    Builder::new_current_thread().enable_all().build().expect("it starts").block_on(future)
}

pub(crate) async fn shutdown(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown().await
}

/// A file that is written through tokio.
pub(crate) struct File {
    buffer: BufWriter<tokio::fs::File>,
    /// The same file, for when there is no time for tokio.
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
        // What tokio has been given is on its way, on a thread for work that blocks, and arrives without the runtime. It is waited
        // for outside of tokio's budget: a task that has used up its own would never be told.
        smol::future::block_on(unconstrained(self.buffer.get_mut().flush()))?;
        // What it has not been given is written without tokio, which could begin nothing new while its runtime ends. A file takes
        // a buffer as a whole, so that this is not the rest of one.
        self.same.write_all(self.buffer.buffer())?;
        log.add("flushed at once");
        self.same.sync_all()?;
        log.add("synced at once");
        Ok(())
    }
}
