//! The plain chat's protocol, against a house that notes what comes in and shows what a test gave it.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use mendwell::console::house::House;
use mendwell::console::messenger::ConsoleMessenger;
use mendwell::console::plain;
use mendwell::console::screen::Screen;
use mendwell::domain::event::{Address, Body, Event, Platform, Source};
use mendwell::domain::ids::{OutboxId, SessionId};
use mendwell::domain::limits::INPUT_BYTES_MAX;
use mendwell::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use mendwell::service::ports::{Class, Delivery, Item, Messenger, NotSent, Outcome};
use mendwell::service::{Answer, ServiceError, Taken};

/// What the house does with an event, or with a moment that comes: items to show, and a note.
type Scene = (Vec<Item>, Option<&'static str>);

struct FakeHouse {
    messenger: ConsoleMessenger,
    now: Mutex<Timestamp>,
    /// Answers to events, in order.
    scenes: Mutex<VecDeque<Scene>>,
    /// Due moments in order, as seconds since the start.
    due: Mutex<VecDeque<(i64, Scene)>>,
    log: Mutex<Vec<String>>,
    fails: bool,
}

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

struct ClosedPipe;

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Write for ClosedPipe {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FakeHouse {
    fn new(screen: &Arc<Screen>, scenes: Vec<Scene>, due: Vec<(i64, Scene)>) -> Self {
        Self {
            messenger: ConsoleMessenger::new(Arc::clone(screen), ada()),
            now: Mutex::new(Timestamp::UNIX_EPOCH),
            scenes: Mutex::new(scenes.into()),
            due: Mutex::new(due.into()),
            log: Mutex::default(),
            fails: false,
        }
    }

    async fn show(&self, (items, note): Scene) -> Answer {
        for item in items {
            let delivery = Delivery {
                id: OutboxId(1),
                to: ada(),
                class: Class::Reply,
                attempts: 0,
                shown: None,
                silent: false,
                item,
            };
            let _outcome = self.messenger.send(&delivery).await;
        }
        Answer { taken: Taken::Taken, note: note.map(RichText::author), leads: None }
    }

    fn seconds(&self) -> i64 {
        self.now.lock().unwrap().as_second()
    }
}

impl House for FakeHouse {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn advance_to(&self, at: Timestamp) {
        let mut now = self.now.lock().unwrap();
        *now = at.max(*now);
    }

    async fn handle(&self, event: Event) -> Result<Answer, ServiceError> {
        assert!(matches!(event.source, Source::Address(address) if address == ada()));
        let said = match event.body {
            Body::Arrived => "arrived".to_owned(),
            Body::Text(text) if text.expose().len() > 100 => format!("text of {}", text.expose().len()),
            Body::Text(text) => format!("text {:?}", text.expose()),
            Body::Tap(token) => format!("tap {token}"),
            Body::Command(command, words) => format!("/{} {}", command.word(), words.expose()),
            Body::UnknownCommand(_) => "unknown command".to_owned(),
            Body::Edited(_)
            | Body::Pin(_)
            | Body::Wordless
            | Body::MoreOfAlbum
            | Body::Left
            | Body::Space(_)
            | Body::Posted { .. }
            | Body::AsksSupporters(_)
            | Body::Room(_)
            | Body::FromSupporters(_)
            | Body::Buddy(_)
            | Body::Unreadable(_) => {
                panic!("no terminal says this")
            }
            Body::CheckInDue { .. }
            | Body::CheckInQueued { .. }
            | Body::PlansAgain
            | Body::SilenceDue { .. }
            | Body::TimerDue { .. } => "a timer".to_owned(),
        };
        self.log.lock().unwrap().push(format!("{} {said}", event.key.0));
        if self.fails && self.log.lock().unwrap().len() > 1 {
            return Err(ServiceError::Closed);
        }
        let scene = self.scenes.lock().unwrap().pop_front().unwrap_or_default();
        Ok(self.show(scene).await)
    }

    async fn fire_due(&self) -> Result<usize, ServiceError> {
        let mut fired = 0;
        loop {
            let next = {
                let mut due = self.due.lock().unwrap();
                due.pop_front_if(|(at, _)| *at <= self.seconds())
            };
            let Some((at, scene)) = next else { return Ok(fired) };
            self.log.lock().unwrap().push(format!("due {at} at {}", self.seconds()));
            self.show(scene).await;
            fired += 1;
        }
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, ServiceError> {
        let due = self.due.lock().unwrap();
        Ok(due.front().map(|(at, _)| Timestamp::from_second(*at).unwrap()))
    }

    async fn settle(&self) {}
}

fn ada() -> Address {
    Address { platform: Platform::Console, account: "ada".into(), chat: "ada".into() }
}

fn view(body: &str, kind: ViewKind, choices: &[(&str, ChoiceRole)]) -> View {
    let choice =
        |&(label, role): &(&str, ChoiceRole)| Choice { label: label.into(), token: format!("<{label}>"), role };
    View {
        body: RichText::author(body),
        kind,
        choices: choices.iter().map(choice).collect(),
        language: Default::default(),
    }
}

fn at(turn: u64, view: View) -> Item {
    Item::Show { session: Some(SessionId(1)), turn: Some(turn), in_place: false, view }
}

fn say(text: &str) -> Item {
    Item::Show { session: None, turn: None, in_place: false, view: View::say(RichText::author(text)) }
}

/// Types these bytes; what was printed, what came in.
async fn talk(input: &[u8], scenes: Vec<Scene>, due: Vec<(i64, Scene)>) -> (String, Vec<String>) {
    let paper = Paper::default();
    let screen = Arc::new(Screen::plain(paper.clone()));
    let house = FakeHouse::new(&screen, scenes, due);
    let mut input = tokio::io::BufReader::with_capacity(4096, input);
    plain::run(&house, ada(), &mut input, &screen, 0xbeef).await.unwrap();
    let printed = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    (printed, house.log.into_inner().unwrap())
}

#[tokio::test]
async fn a_number_picks_and_everything_else_is_said() {
    use ChoiceRole::{Answer, Scale, Skip};
    let scale = view(
        "How *tense*?",
        ViewKind::Scale,
        &[("calm", Scale(0)), ("1", Scale(1)), ("tense", Scale(2)), ("Skip", Skip)],
    );
    let scenes = vec![
        (vec![say("Hello."), at(1, scale)], None),
        (
            vec![
                Item::Freeze { session: SessionId(1), turn: 1, body: RichText::default(), chosen: None },
                at(2, view("And?", ViewKind::Choice, &[("Yes", Answer), ("No", Answer)])),
            ],
            None,
        ),
        (vec![], Some("That was *before*.")),
        (vec![at(3, view("How many?", ViewKind::Number, &[("Skip", Skip)]))], None),
        (vec![at(4, view("Why?", ViewKind::Text, &[]))], None),
    ];
    let (printed, log) = talk(b" 0\n7\r\nNo\n2\n2\n/Stop\n/nosuch\nlast", scenes, vec![]).await;
    assert_eq!(
        printed,
        "Hello.\nHow tense?\n[0] calm  [1] 1  [2] tense  [3] Skip\nAnd?\n[1] Yes  [2] No\nThat was before.\n\
         How many?\n(/skip leaves it out)\nWhy?\n"
    );
    let wanted = [
        "co:beef:0 arrived",
        "co:beef:1 tap <calm>",
        "co:beef:2 text \"7\"",
        "co:beef:3 text \"No\"",
        "co:beef:4 text \"2\"",
        "co:beef:5 text \"2\"",
        "co:beef:6 /stop ",
        "co:beef:7 unknown command",
        "co:beef:8 text \"last\"",
    ];
    assert_eq!(log, wanted);
}

#[tokio::test]
async fn a_redrawn_message_prints_what_changed() {
    use ChoiceRole::{Done, Tick};
    let many = |ticked| view("Which?", ViewKind::Many, &[("A", Tick(ticked)), ("B", Tick(false)), ("Done", Done)]);
    let list = |body: &str| view(body, ViewKind::List, &[("Done", Done)]);
    let scenes = vec![
        (vec![at(1, many(false))], None),
        (vec![at(1, many(true))], None),
        (
            vec![
                Item::Freeze { session: SessionId(1), turn: 1, body: RichText::default(), chosen: None },
                at(2, list("Worries?")),
            ],
            None,
        ),
        (vec![at(2, list("Worries? (so far: tax)"))], None),
        (vec![say("Fine."), at(2, list("Worries? (so far: tax)"))], None),
    ];
    let (printed, _) = talk(b"1\n3\ntax\nagain\n", scenes, vec![]).await;
    let wanted = "Which?\n[1] A  [2] B  [3] Done\n[1] ✓ A  [2] B  [3] Done\nWorries?\n[1] Done\nWorries? (so far: tax)\n\
                  Fine.\nWorries? (so far: tax)\n[1] Done\n";
    assert_eq!(printed, wanted);
}

#[tokio::test]
async fn beats_follow_each_other_without_waiting() {
    use ChoiceRole::Enough;
    let beat = |text: &str| (vec![at(1, view(text, ViewKind::Beat(4000), &[("Enough", Enough)]))], None);
    let due = vec![(4, beat("Hold …")), (8, beat("Out …")), (12, (vec![say("Good.")], None)), (99, beat("never"))];
    let (printed, log) = talk(b"well\n", vec![beat("In …")], due).await;
    assert_eq!(printed, "In …\nHold …\nOut …\nGood.\n");
    assert_eq!(log, ["co:beef:0 arrived", "due 4 at 4", "due 8 at 8", "due 12 at 12", "co:beef:1 text \"well\""]);
}

#[tokio::test]
async fn a_wait_meets_every_due_moment_at_its_own_time() {
    let due = vec![
        (3_600, (vec![say("one")], None)),
        (90_000, (vec![say("two")], None)),
        (90_001, (vec![say("late")], None)),
    ];
    let (printed, log) = talk(b"/wait 1d 1h\n/wait soon\n/wait\n/wait 1s\n", vec![], due).await;
    let help = mendwell::console::wait::HELP;
    assert_eq!(printed, format!("one\ntwo\n{help}\n{help}\nlate\n"));
    assert_eq!(log, ["co:beef:0 arrived", "due 3600 at 3600", "due 90000 at 90000", "due 90001 at 90001"]);
}

#[tokio::test]
async fn what_has_become_due_comes_after_the_next_line_without_a_wait() {
    let due = vec![(0, (vec![say("Time to check in.")], None)), (1, (vec![say("later")], None))];
    let (printed, log) = talk(b"done\nyes\n", vec![(vec![say("Hello.")], None), (vec![say("Kept.")], None)], due).await;
    assert_eq!(printed, "Hello.\nKept.\nTime to check in.\n", "and nothing before its time");
    assert_eq!(log, ["co:beef:0 arrived", "co:beef:1 text \"done\"", "due 0 at 0", "co:beef:2 text \"yes\""]);
}

#[tokio::test]
async fn hostile_lines_are_met_kindly() {
    let mut input = b"\0\x1b[2J\n\n\xff\xfe\n".to_vec();
    input.extend("x".repeat(INPUT_BYTES_MAX + 1).bytes());
    input.extend(b"\n");
    input.extend("é".repeat(INPUT_BYTES_MAX / 2).bytes());
    input.extend("\n\u{202e}שלום 👩‍👩‍👧\n".bytes());
    let echo = |text: &str| {
        let body = RichText(vec![Piece::Author("You said ".into()), Piece::Person(text.into())]);
        (vec![Item::Show { session: None, turn: None, in_place: false, view: View::say(body) }], None)
    };
    let scenes = vec![(vec![], None), echo("\0\u{1b}[2J*a*"), echo(""), echo("big"), echo("\u{202e}שלום 👩‍👩‍👧")];
    let (printed, log) = talk(&input, scenes, vec![]).await;
    let (not_text, too_long) = (mendwell::console::line::NOT_TEXT, mendwell::console::line::TOO_LONG);
    assert_eq!(
        printed,
        format!("You said \u{2400}\u{241b}[2J*a*\nYou said\n{not_text}\n{too_long}\nYou said big\nYou said שלום 👩‍👩‍👧\n")
    );
    assert_eq!(log.len(), 5);
    assert_eq!(log[1], "co:beef:1 text \"\\0\\u{1b}[2J\"", "the service gets words as they are");
    assert_eq!(log[3], format!("co:beef:3 text of {INPUT_BYTES_MAX}"));
}

#[tokio::test]
async fn a_closed_output_ends_the_chat_quietly() {
    let screen = Arc::new(Screen::plain(ClosedPipe));
    let house = FakeHouse::new(&screen, vec![(vec![say("Hello.")], None)], vec![]);
    let mut input = tokio::io::BufReader::new(&b"nobody\nreads\nanswers\n"[..]);
    plain::run(&house, ada(), &mut input, &screen, 1).await.unwrap();
    assert_eq!(*house.log.lock().unwrap(), ["co:1:0 arrived"]);
    let delivery =
        |to, item| Delivery { id: OutboxId(1), to, class: Class::Reply, attempts: 0, shown: None, silent: false, item };
    let outcome = house.messenger.send(&delivery(ada(), say("x"))).await;
    assert_eq!(outcome, Outcome::NotSent(NotSent::Retry), "what nobody saw stays to be sent");
}

#[tokio::test]
async fn the_end_of_the_service_ends_the_chat() {
    let screen = Arc::new(Screen::plain(Paper::default()));
    let house = FakeHouse { fails: true, ..FakeHouse::new(&screen, vec![], vec![]) };
    let mut input = tokio::io::BufReader::new(&b"a\nb\n"[..]);
    let ended = plain::run(&house, ada(), &mut input, &screen, 1).await;
    assert!(matches!(ended, Err(ServiceError::Closed)));
}

#[tokio::test]
async fn i36_what_is_for_somebody_else_is_not_shown_here() {
    let paper = Paper::default();
    let screen = Arc::new(Screen::plain(paper.clone()));
    let messenger = ConsoleMessenger::new(Arc::clone(&screen), ada());
    let bob = Address { account: "bob".into(), ..ada() };
    let delivery =
        |to, item| Delivery { id: OutboxId(1), to, class: Class::Nudge, attempts: 0, shown: None, silent: false, item };
    let waits = Outcome::NotSent(NotSent::Away);
    assert_eq!(messenger.send(&delivery(bob, say("How are you, Bob?"))).await, waits);
    assert_eq!(messenger.send(&delivery(ada(), say("How are you, Ada?"))).await, Outcome::Sent(None));
    assert_eq!(String::from_utf8(paper.0.lock().unwrap().clone()).unwrap(), "How are you, Ada?\n");
}
