//! QUIC **without encryption**, for tests and for this example, which then builds without a C compiler.
//!
//! A program takes quinn's feature `rustls-ring`, and its configurations in place of [`server`] and [`client`].

use core::any::Any;
use std::sync::Arc;

use bytes::BytesMut;
use quinn::crypto::{
    self, AeadKey, CryptoError, ExportKeyingMaterialError, HandshakeTokenKey, HeaderKey, HmacKey,
    KeyPair, Keys, PacketKey, UnsupportedVersion,
};
use quinn::{ClientConfig, ConnectError, EndpointConfig, ServerConfig};
use quinn_proto::transport_parameters::TransportParameters;
use quinn_proto::{ConnectionId, Side, TransportError};

/// The configuration of an endpoint.
#[must_use]
pub fn endpoint() -> EndpointConfig {
    EndpointConfig::new(Arc::new(Plain))
}

/// The configuration of a server.
#[must_use]
pub fn server() -> ServerConfig {
    ServerConfig::new(Arc::new(Plain), Arc::new(Plain))
}

/// The configuration of a client.
#[must_use]
pub fn client() -> ClientConfig {
    ClientConfig::new(Arc::new(Plain))
}

/// The length of the tag of a packet, as with real encryption.
const TAG: usize = 16;

/// All keys and configurations at once: none of them has a secret.
struct Plain;

fn pair<T>(key: impl Fn() -> T) -> KeyPair<T> {
    KeyPair { local: key(), remote: key() }
}

fn keys() -> Keys {
    Keys { header: pair(|| Box::new(Plain) as _), packet: pair(|| Box::new(Plain) as _) }
}

/// The handshake of TLS in its order, without its content: each side sends its parameters, and then that it is done.
struct Session {
    side: Side,
    own: TransportParameters,
    peer: Option<TransportParameters>,
    // How many messages came.
    heard: u8,
    // How many steps of its own are done.
    step: u8,
}

impl Session {
    fn new(side: Side, own: TransportParameters) -> Self {
        Self { side, own, peer: None, heard: 0, step: 0 }
    }
}

impl crypto::Session for Session {
    fn initial_keys(&self, _: &ConnectionId, _: Side) -> Keys {
        keys()
    }

    fn handshake_data(&self) -> Option<Box<dyn Any>> {
        None
    }

    fn peer_identity(&self) -> Option<Box<dyn Any>> {
        None
    }

    fn early_crypto(&self) -> Option<(Box<dyn HeaderKey>, Box<dyn PacketKey>)> {
        None
    }

    fn early_data_accepted(&self) -> Option<bool> {
        Some(false)
    }

    fn is_handshaking(&self) -> bool {
        match self.side {
            Side::Client => self.step < 3,
            Side::Server => self.heard < 2,
        }
    }

    fn read_handshake(&mut self, mut message: &[u8]) -> Result<bool, TransportError> {
        if self.peer.is_none() {
            self.peer = Some(TransportParameters::read(self.side, &mut message)?);
        }
        self.heard += 1;
        Ok(false)
    }

    fn transport_parameters(&self) -> Result<Option<TransportParameters>, TransportError> {
        Ok(self.peer)
    }

    fn write_handshake(&mut self, message: &mut Vec<u8>) -> Option<Keys> {
        let has_keys = match (self.side, self.step, self.heard) {
            (Side::Client, 0, _) => {
                self.own.write(message);
                false
            }
            (Side::Server, 0, 1..) => {
                self.own.write(message);
                true
            }
            (Side::Client, 1, 1..) => true,
            (Side::Client, 2, 2..) | (Side::Server, 1, 1..) => {
                message.push(0);
                true
            }
            _ => return None,
        };
        self.step += 1;
        has_keys.then(keys)
    }

    fn next_1rtt_keys(&mut self) -> Option<KeyPair<Box<dyn PacketKey>>> {
        Some(pair(|| Box::new(Plain) as _))
    }

    fn is_valid_retry(&self, _: &ConnectionId, _: &[u8], _: &[u8]) -> bool {
        true
    }

    fn export_keying_material(
        &self,
        _: &mut [u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<(), ExportKeyingMaterialError> {
        Err(ExportKeyingMaterialError)
    }
}

impl crypto::ClientConfig for Plain {
    fn start_session(
        self: Arc<Self>,
        _: u32,
        _: &str,
        own: &TransportParameters,
    ) -> Result<Box<dyn crypto::Session>, ConnectError> {
        Ok(Box::new(Session::new(Side::Client, *own)))
    }
}

impl crypto::ServerConfig for Plain {
    fn initial_keys(&self, _: u32, _: &ConnectionId) -> Result<Keys, UnsupportedVersion> {
        Ok(keys())
    }

    fn retry_tag(&self, _: u32, _: &ConnectionId, _: &[u8]) -> [u8; 16] {
        [0; 16]
    }

    fn start_session(
        self: Arc<Self>,
        _: u32,
        own: &TransportParameters,
    ) -> Box<dyn crypto::Session> {
        Box::new(Session::new(Side::Server, *own))
    }
}

impl HeaderKey for Plain {
    fn decrypt(&self, _: usize, _: &mut [u8]) {}

    fn encrypt(&self, _: usize, _: &mut [u8]) {}

    fn sample_size(&self) -> usize {
        TAG
    }
}

impl PacketKey for Plain {
    fn encrypt(&self, _: u64, packet: &mut [u8], _: usize) {
        let start = packet.len().saturating_sub(TAG);
        packet[start..].fill(0);
    }

    fn decrypt(&self, _: u64, _: &[u8], payload: &mut BytesMut) -> Result<(), CryptoError> {
        let length = payload.len().checked_sub(TAG).ok_or(CryptoError)?;
        payload.truncate(length);
        Ok(())
    }

    fn tag_len(&self) -> usize {
        TAG
    }

    fn confidentiality_limit(&self) -> u64 {
        u64::MAX
    }

    fn integrity_limit(&self) -> u64 {
        u64::MAX
    }
}

impl HmacKey for Plain {
    fn sign(&self, _: &[u8], signature: &mut [u8]) {
        // Not as the tag of a packet ends: quinn would take each packet for a reset.
        signature.fill(1);
    }

    fn signature_len(&self) -> usize {
        32
    }

    fn verify(&self, _: &[u8], _: &[u8]) -> Result<(), CryptoError> {
        Ok(())
    }
}

impl HandshakeTokenKey for Plain {
    fn aead_from_hkdf(&self, _: &[u8]) -> Box<dyn AeadKey> {
        Box::new(Plain)
    }
}

impl AeadKey for Plain {
    fn seal(&self, _: &mut Vec<u8>, _: &[u8]) -> Result<(), CryptoError> {
        Ok(())
    }

    fn open<'a>(&self, data: &'a mut [u8], _: &[u8]) -> Result<&'a mut [u8], CryptoError> {
        Ok(data)
    }
}
