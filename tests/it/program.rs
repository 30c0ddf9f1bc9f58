//! The real binary, run as people and scripts run it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::support::canary::every_file;

/// Kills of the ordinary run.
const KILLS: u32 = 200;
/// How long the binary may take for anything before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Lines of the log that are kept for the message of a test that fails.
const LINES_KEPT: usize = 40;

/// Kills of this run; `MENDWELL_KILLS` sets another number than the ordinary one.
pub(crate) fn kills() -> u32 {
    std::env::var("MENDWELL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

/// A data directory of a test, with its key beside it.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.path().join("data.key")
    }

    /// Every byte of every file under the home, by path.
    pub(crate) fn bytes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        every_file(self.path())
    }

    /// The binary with a clean environment, in this home.
    pub(crate) fn mendwell(&self, arguments: &[&str]) -> Command {
        self.mendwell_at(Path::new(env!("CARGO_BIN_EXE_mendwell")), arguments)
    }

    /// Another copy of the binary, the same way.
    pub(crate) fn mendwell_at(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).args(arguments).env_clear().env("HOME", self.path());
        command
    }

    /// Runs to the end with this input.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .mendwell(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that refuses to start does not read its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let (pid, (sender, output)) = (child.id(), channel());
        std::thread::spawn(move || sender.send(child.wait_with_output()));
        output.recv_timeout(PATIENCE).map(Result::unwrap).unwrap_or_else(|_| {
            signal("KILL", pid);
            panic!("{arguments:?} does not end")
        })
    }

    /// A chat of one person, to the end of the input; its output.
    pub(crate) fn chat(&self, input: &str) -> String {
        let output = self.run(&["chat", "--data", "data", "--as", "ada"], input);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A running chat or ledger, read line by line.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    /// What it logged last.
    log: Arc<Mutex<VecDeque<String>>>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = keep_last(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { input: child.stdin.take(), child, lines, log }
    }

    pub(crate) fn type_line(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next line, or none when the output has ended.
    pub(crate) fn line(&self) -> Option<String> {
        self.lines.recv_timeout(PATIENCE).ok()
    }

    /// Reads until a line that holds this text.
    pub(crate) fn until(&self, text: &str) -> String {
        std::iter::from_fn(|| self.line()).find(|line| line.contains(text)).unwrap_or_else(|| panic!("no `{text}`"))
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs, and what it logged last: for the message of a test that fails.
    pub(crate) fn state(&self) -> String {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<&str> = log.iter().map(String::as_str).collect();
        format!("the program {}; it logged last:\n{}\n", self.runs(), lines.join("\n"))
    }

    fn runs(&self) -> &'static str {
        let is_there = Path::new("/proc").join(self.id().to_string()).join("exe").exists();
        if is_there { "runs" } else { "has ended" }
    }

    /// SIGKILL; whatever it printed before it died.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().collect()
    }

    /// Asks it to stop with a signal, such as `TERM`, and waits for the end.
    pub(crate) fn ask_to_stop(self, name: &str) -> ExitStatus {
        assert!(signal(name, self.child.id()));
        self.ended()
    }

    /// Closes the input and waits for the end.
    pub(crate) fn end(mut self) -> ExitStatus {
        drop(self.input.take());
        self.ended()
    }

    /// Fails instead of hanging when it does not end.
    fn ended(mut self) -> ExitStatus {
        const LOOK_EVERY: Duration = Duration::from_millis(5);
        for _ in 0..PATIENCE.as_millis() / LOOK_EVERY.as_millis() {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(LOOK_EVERY);
        }
        panic!("it was asked to end and does not");
    }
}

/// The newest lines of an output, which is read to its end.
fn keep_last(output: impl Read + Send + 'static) -> Arc<Mutex<VecDeque<String>>> {
    let kept = Arc::new(Mutex::new(VecDeque::new()));
    let keeps = Arc::clone(&kept);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut kept = keeps.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push_back(line);
            if kept.len() > LINES_KEPT {
                kept.pop_front();
            }
        }
    });
    kept
}

/// What a test that fails has started ends with it.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signal(name: &str, pid: u32) -> bool {
    Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap().success()
}

/// Does something on another thread for as long as something happens, be it that it ends in a panic.
pub(crate) fn while_it_happens<T>(beside: impl FnOnce(&AtomicBool) + Send, happens: impl FnOnce() -> T) -> T {
    struct Over<'a>(&'a AtomicBool);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| beside(&over));
        let _over = Over(&over);
        happens()
    })
}
