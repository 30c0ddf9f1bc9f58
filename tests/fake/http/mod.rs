//! As much of HTTP/1.1 as a bot's client speaks, written on the bare socket so that an answer can be cut at any byte.

pub(crate) mod multipart;

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Above the 50 MB that the platform takes as a file.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
const READ_BYTES: usize = 16 * 1024;

/// One request, whole.
pub(crate) struct HttpRequest {
    /// `GET`.
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) content_type: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) is_last: bool,
}

/// One client's connection; requests on it are answered one after the other.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

struct Head {
    method: String,
    path: String,
    content_type: String,
    headers: Vec<(String, String)>,
    length: usize,
    is_chunked: bool,
    is_last: bool,
    bytes: usize,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let _ = stream.set_nodelay(true);
        Self { stream, buffer: Vec::with_capacity(READ_BYTES) }
    }

    /// None when the client has closed.
    pub(crate) async fn next_request(&mut self) -> io::Result<Option<HttpRequest>> {
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
        let Head { method, path, content_type, headers, is_last, .. } = head;
        Ok(Some(HttpRequest { method, path, content_type, headers, body, is_last }))
    }

    /// Ends when the client has gone; what it sends meanwhile is kept.
    pub(crate) async fn closed(&mut self) {
        while self.buffer.len() < HEAD_BYTES_MAX {
            match self.read_more().await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        std::future::pending().await
    }

    /// Writes an answer with its content's type and text, or only its first bytes; whether it went out whole.
    pub(crate) async fn answer(
        &mut self,
        status: u16,
        headers: &[(&str, String)],
        content: Option<(&str, &str)>,
        cut: Option<usize>,
    ) -> bool {
        let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some((content_type, body)) = content {
            head.push_str(&format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(content.map_or("", |(_, body)| body).as_bytes());
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
        let (method, path, version) = (first.next()?, first.next()?, first.next()?);
        let mut head = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            content_type: String::new(),
            headers: Vec::new(),
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
            head.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Some(head)
    }
}

/// Where the needle begins.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
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
        204 => "No Content",
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
