//! What is left of a connection once its last answer is a feed: the socket and the body. The machinery that reads
//! requests keeps 16 kB of buffers for the next one; a feed lasts for hours and there is no next one, so all of that is
//! given up. An answer leaves only when everything before it was sent, and ends with its connection.

use crate::state::App;
use axum::body::Body;
use axum::http::response::Parts;
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

/// In the extensions of an answer: it goes on until its reader leaves.
#[derive(Debug, Clone, Copy)]
pub struct Lasting;

/// Where such an answer waits until its connection is free for it.
#[derive(Debug, Clone, Default)]
pub struct Slot(Arc<Mutex<Option<Response>>>);

impl Slot {
    /// Puts an answer there.
    pub fn put(&self, answer: Response) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }

    /// The answer, once `wire` has sent all that it was given.
    pub fn take(&self, owed: &Owed) -> Option<Response> {
        if owed.0.load(Ordering::Relaxed) {
            return None;
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Whether the system has not yet taken all bytes it was given.
#[derive(Debug, Clone, Default)]
pub struct Owed(Arc<AtomicBool>);

/// A connection that knows whether it owes anything.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    owed: Owed,
}

impl Wire {
    /// Owes nothing.
    pub fn new(stream: TcpStream, owed: Owed) -> Self {
        Self { stream, owed }
    }

    fn noted(&self, sent: Poll<Result<usize>>, given: usize) -> Poll<Result<usize>> {
        let all = matches!(sent, Poll::Ready(Ok(count)) if count == given);
        self.owed.0.store(!all, Ordering::Relaxed);
        sent
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.noted(sent, bytes.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.noted(sent, parts.iter().map(|part| part.len()).sum())
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Sends the answer until it ends or its reader is gone.
pub async fn push(app: &App, wire: Wire, answer: Response) -> Result<()> {
    let mut stream = wire.stream;
    let (head, body) = answer.into_parts();
    let head = written(app, &head);
    stream.write_all(&head).await?;
    drop(head);
    tokio::pin!(body);
    loop {
        let data = tokio::select! {
            data = next(&mut body) => data,
            () = left(&stream) => return Ok(()),
        };
        let Some(data) = data else { break };
        stream.write_all(&data).await?;
    }
    stream.shutdown().await
}

/// The status line and the headers. What follows is as long as the connection (RFC 9112 section 6.3).
fn written(app: &App, head: &Parts) -> Vec<u8> {
    let reason = head.status.canonical_reason().unwrap_or_default();
    let date = app.clock.now().format("%a, %d %b %Y %H:%M:%S GMT");
    let mut text = format!("HTTP/1.1 {} {reason}\r\ndate: {date}\r\n", head.status.as_u16()).into_bytes();
    for (name, value) in &head.headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"connection: close\r\n\r\n");
    text
}

async fn next(body: &mut Body) -> Option<Bytes> {
    body.frame().await?.ok()?.into_data().ok()
}

/// Waits until the reader is gone; whatever it says meanwhile is not listened to.
async fn left(stream: &TcpStream) {
    loop {
        if stream.readable().await.is_err() {
            return;
        }
        match discard(stream) {
            Ok(0) => return,
            Err(cause) if cause.kind() != std::io::ErrorKind::WouldBlock => return,
            Ok(_) | Err(_) => {}
        }
    }
}

fn discard(stream: &TcpStream) -> Result<usize> {
    stream.try_read(&mut [0; 1024])
}
