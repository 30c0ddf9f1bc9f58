//! As much of HTTP/1.1 as a bot's client speaks, written on the bare socket so that an answer can be cut at any byte.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Above the 50 MB that the platform takes as a file.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
const READ_BYTES: usize = 16 * 1024;

/// One request, whole.
pub(super) struct HttpRequest {
    pub(super) path: String,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
    pub(super) is_last: bool,
}

/// One client's connection; requests on it are answered one after the other.
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

struct Head {
    path: String,
    content_type: String,
    length: usize,
    is_chunked: bool,
    is_last: bool,
    bytes: usize,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        let _ = stream.set_nodelay(true);
        Self { stream, buffer: Vec::with_capacity(READ_BYTES) }
    }

    /// None when the client has closed.
    pub(super) async fn next_request(&mut self) -> io::Result<Option<HttpRequest>> {
        let mut searched = 0;
        let end = loop {
            let from = usize::saturating_sub(searched, 3);
            if let Some(at) = find(&self.buffer[from..], b"\r\n\r\n") {
                break from + at;
            }
            searched = self.buffer.len();
            if searched > HEAD_BYTES_MAX {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.read_more().await? == 0 {
                return Ok(None);
            }
        };
        let head = Head::read(&self.buffer[..end]).ok_or(io::ErrorKind::InvalidData)?;
        let body = if head.is_chunked {
            self.buffer.drain(..head.bytes);
            self.chunks().await?
        } else {
            while self.buffer.len() < head.bytes + head.length {
                if self.read_more().await? == 0 {
                    return Ok(None);
                }
            }
            let body = self.buffer[head.bytes..head.bytes + head.length].to_vec();
            self.buffer.drain(..head.bytes + head.length);
            body
        };
        Ok(Some(HttpRequest { path: head.path, content_type: head.content_type, body, is_last: head.is_last }))
    }

    /// Ends when the client has gone; what it sends meanwhile is kept.
    pub(super) async fn closed(&mut self) {
        while self.buffer.len() < HEAD_BYTES_MAX {
            match self.read_more().await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        std::future::pending().await
    }

    /// Writes an answer, or only its first bytes; whether it went out whole.
    pub(super) async fn answer(&mut self, status: u16, content_type: &str, body: &str, cut: Option<usize>) -> bool {
        let length = body.len();
        let mut bytes = Vec::with_capacity(length + 128);
        bytes.extend_from_slice(
            format!(
                "HTTP/1.1 {status} {}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n",
                reason(status)
            )
            .as_bytes(),
        );
        bytes.extend_from_slice(body.as_bytes());
        let cut = cut.unwrap_or(bytes.len()).min(bytes.len());
        let is_written = self.stream.write_all(&bytes[..cut]).await.is_ok();
        is_written && cut == bytes.len()
    }

    async fn read_more(&mut self) -> io::Result<usize> {
        self.buffer.reserve(READ_BYTES);
        self.stream.read_buf(&mut self.buffer).await
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line().await?;
            let size = line.split(';').next().and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
            let size = size.filter(|size| body.len() + size <= BODY_BYTES_MAX).ok_or(io::ErrorKind::InvalidData)?;
            while self.buffer.len() < size + 2 {
                if self.read_more().await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            body.extend_from_slice(&self.buffer[..size]);
            self.buffer.drain(..size + 2);
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = find(&self.buffer, b"\r\n") {
                let line = String::from_utf8_lossy(&self.buffer[..at]).into_owned();
                self.buffer.drain(..at + 2);
                return Ok(line);
            }
            if self.read_more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut lines = text.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (_, path, version) = (first.next()?, first.next()?, first.next()?);
        let mut head = Self {
            path: path.to_owned(),
            content_type: String::new(),
            length: 0,
            is_chunked: false,
            is_last: version == "HTTP/1.0",
            bytes: bytes.len() + 4,
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = value.parse().ok().filter(|length| *length <= BODY_BYTES_MAX)?;
            } else if name.eq_ignore_ascii_case("content-type") {
                head.content_type = value.to_owned();
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.is_chunked = value.eq_ignore_ascii_case("chunked");
            } else if name.eq_ignore_ascii_case("connection") {
                head.is_last = value.eq_ignore_ascii_case("close");
            }
        }
        Some(head)
    }
}

/// Where the needle begins.
pub(super) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = hay[from..].iter().position(|byte| *byte == first) {
        if hay[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
