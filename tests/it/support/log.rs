//! Everything that is logged while a test runs, searched for what must not be in it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// What this thread logs: every level, every span, every library. The runtime of a test has one thread, so this is the
/// whole bot but for the threads of SQLite, which see sealed values only. What the fake
/// platform logs on its thread, and other tests on theirs, is not in it.
pub(crate) struct Log {
    written: Written,
    _until_dropped: DefaultGuard,
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn capture() -> Self {
        let written = Written::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(written.clone())
            .finish();
        Self { written, _until_dropped: tracing::subscriber::set_default(subscriber) }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.written.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The lines that hold one of these secrets, as words or as the numbers of their bytes.
pub(crate) fn leaks(text: &str, secrets: &[&str]) -> Vec<String> {
    let bytes = secrets.iter().map(|secret| format!("{:?}", secret.as_bytes()));
    let numbers = bytes.map(|bytes| bytes.trim_matches(['[', ']']).to_owned());
    let wanted: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).chain(numbers).collect();
    text.lines().filter(|line| wanted.iter().any(|wanted| line.contains(wanted))).map(str::to_owned).collect()
}

/// Nothing of these secrets is in a log that caught something of each of these targets.
#[track_caller]
pub(crate) fn is_clean(log: &Log, secrets: &[&str], targets: &[&str]) {
    let text = log.text();
    assert_eq!(leaks(&text, secrets), Vec::<String>::new());
    // Without this the test would be as glad of a log that catches nothing.
    for target in targets {
        assert!(text.contains(target), "nothing of {target} was caught");
    }
    for planted in secrets {
        tracing::trace!(target: "a_library", answer = planted, "This must be found.");
        tracing::debug!(body = ?planted.as_bytes(), "This as well.");
    }
    let _span = tracing::trace_span!("a_request", url = format!("http://host/{}/x", secrets[0])).entered();
    let planted = 2 * secrets.len() + 2;
    assert_eq!(leaks(&log.text(), secrets).len(), planted, "two lines each, and the span's beginning twice");
}
