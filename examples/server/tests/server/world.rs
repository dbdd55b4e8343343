//! The server in a simulation, with connections in memory.

use core::cell::RefCell;
use core::convert::Infallible;

use std::io;
use std::rc::Rc;

use anytempo_example_server::serve;
use anytempo_virtual::{JoinHandle, Sim};
use async_channel::{Sender, unbounded};
use hyper_util::rt::TokioIo;
use tokio::io::{DuplexStream, duplex};

use crate::client::Client;

pub(crate) struct World {
    sim: Sim,
    pub(crate) accepted: Sender<io::Result<TokioIo<DuplexStream>>>,
    stop: Sender<Infallible>,
    server: JoinHandle<usize>,
    log: Rc<RefCell<Vec<String>>>,
}

impl World {
    pub(crate) fn new(sim: &Sim) -> Self {
        let (accepted, connections) = unbounded();
        let (stop, stopped) = unbounded::<Infallible>();
        let log = Rc::new(RefCell::new(Vec::new()));
        let (clock, print) = (sim.clock().clone(), log.clone());
        let server = serve(
            connections,
            async move { _ = stopped.recv().await },
            clock.clone(),
            sim.send_spawner(),
            move |line| print.borrow_mut().push(format!("{:?} {line}", clock.elapsed())),
        );
        let server = sim.spawn_named("server", server);
        Self { sim: sim.clone(), accepted, stop, server, log }
    }

    /// A connection that sends nothing of itself.
    pub(crate) fn connect(&self) -> DuplexStream {
        let (near, far) = duplex(4096);
        self.accepted.try_send(Ok(TokioIo::new(far))).expect("the server accepts");
        near
    }

    pub(crate) async fn client(&self) -> Client {
        Client::new(TokioIo::new(self.connect()), &self.sim.send_spawner()).await
    }

    pub(crate) fn stop(&self) {
        self.stop.close();
    }

    /// How many connections were cut off.
    pub(crate) async fn end(self) -> usize {
        self.stop();
        self.server.await.expect("the server ends")
    }

    /// The lines of the log, each with its time.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.borrow().clone()
    }
}
