//! One connection, and HTTP/1.1 as far as answers of known servers need it.

use anyhow::{Context, bail, ensure};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A connection with what was read ahead.
pub struct Wire {
    stream: TcpStream,
    pub read: Vec<u8>,
}

impl Wire {
    /// Connects from one of eight loopback addresses, so that ports do not run out.
    pub async fn open(to: SocketAddr, number: usize) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        let last = u8::try_from(number % 8)? + 1;
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into())?;
        let stream = socket.connect(to).await.context("Connect")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        Ok(self.stream.write_all(request).await?)
    }

    /// Reads some more; `false` at the end.
    pub async fn more(&mut self) -> anyhow::Result<bool> {
        Ok(self.stream.read_buf(&mut self.read).await? > 0)
    }

    /// Takes the head of an answer off; its status must be 200. The length of the body, if it is told.
    pub async fn head(&mut self) -> anyhow::Result<Option<usize>> {
        let end = loop {
            if let Some(at) = find(&self.read, b"\r\n\r\n") {
                break at + 4;
            }
            ensure!(self.more().await?, "the connection ended before an answer");
        };
        let head = std::str::from_utf8(&self.read[..end])?;
        if !head.starts_with("HTTP/1.1 200 ") {
            bail!("{}", String::from_utf8_lossy(&self.read));
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map(str::parse).transpose()?;
        self.read.drain(..end);
        Ok(length)
    }

    /// Reads an answer whole; what is left of it is its body.
    pub async fn answer(&mut self) -> anyhow::Result<Vec<u8>> {
        let length = self.head().await?.context("an answer of unknown length")?;
        while self.read.len() < length {
            ensure!(self.more().await?, "the connection ended in an answer");
        }
        Ok(self.read.drain(..length).collect())
    }
}

/// Where some bytes are in others.
pub fn find(all: &[u8], some: &[u8]) -> Option<usize> {
    all.windows(some.len()).position(|window| window == some)
}
