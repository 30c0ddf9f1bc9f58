//! `docs/groups-discord.md`: what people on a server see, played and written down.

use std::fmt::Write as _;

use jiff::SignedDuration;
use mendwell::discord::wire::permissions::INVITED_WITH;

use crate::discord_space::{ADA, ADMIN, BEN, GUILD, MEMBER};
use crate::fake_discord::message::Message;
use crate::fake_discord::people::{Person, Room};
use crate::support::discord::DiscordHouse;

const CLEO: u64 = 503;
const DOC: &str = "docs/groups-discord.md";
const BEGIN: &str = "<!-- played -->\n";

/// What was seen, as it goes on.
struct Seen<'a> {
    house: &'a DiscordHouse,
    rooms: [(&'static str, Room); 2],
    people: [(&'static str, Person); 2],
    /// What stands there already, with how it last looked: of rooms, of people's notes, and of people's own chats.
    known: Vec<(u64, String)>,
    text: String,
}

impl Seen<'_> {
    /// Says what somebody does, and shows everything that is new after it.
    async fn after(&mut self, what: &str) {
        self.house.settle().await;
        writeln!(self.text, "\n{what}").unwrap();
        let mut shown = Vec::new();
        for (name, person) in &self.people {
            for note in self.house.fake.notes(person.id) {
                shown.push((format!("Only {name} sees, in the server"), note));
            }
        }
        for (name, room) in &self.rooms {
            shown.extend(self.house.fake.messages(room.channel).into_iter().map(|m| (format!("In #{name}"), m)));
        }
        for (name, person) in &self.people {
            let own = self.house.fake.messages(person.channel);
            shown.extend(own.into_iter().map(|m| (format!("In {name}'s own chat with the bot"), m)));
        }
        for (place, message) in shown {
            let looks = looks(&message);
            let before = self.known.iter_mut().find(|(id, _)| *id == message.id);
            let is_change = before.is_some();
            match before {
                Some((_, before)) if *before == looks => continue,
                Some((_, before)) => before.clone_from(&looks),
                None => self.known.push((message.id, looks.clone())),
            }
            let what = if is_change { ", in place of what stood there" } else { "" };
            write!(self.text, "\n*{place}{what}:*\n\n{looks}").unwrap();
        }
    }

    /// Passes over everything that is new.
    async fn passes(&mut self) {
        let length = self.text.len();
        self.after("").await;
        self.text.truncate(length);
    }

    /// Threads that were opened in a room.
    fn threads(&mut self, room: usize) {
        let (name, room) = &self.rooms[room];
        let threads = self.house.fake.look(|world| {
            world.threads(room.channel).into_iter().map(|(_, thread)| thread.to_owned()).collect::<Vec<_>>()
        });
        for thread in threads {
            write!(self.text, "\n*In #{name}, a thread below it:* {thread}\n").unwrap();
        }
    }
}

/// A message as a quote, with what can be pressed below it.
fn looks(message: &Message) -> String {
    let mut lines: Vec<String> =
        message.content.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
    for row in &message.rows {
        let buttons =
            row.iter().filter_map(|component| component.button()).map(|button| format!("`[ {} ]`", button.label));
        let lists = row.iter().filter_map(|component| component.select()).map(|select| {
            let options: Vec<&str> = select.options.iter().map(|option| option.label.as_str()).collect();
            format!("`{} ▾` with {}", select.placeholder, options.join(" · "))
        });
        lines.push(">".to_owned());
        lines.push(format!("> {}", buttons.chain(lists).collect::<Vec<_>>().join(" ")));
    }
    lines.join("\n") + "\n"
}

async fn played(locale: &str, typed: &str) -> String {
    let mut house = DiscordHouse::closed(crate::support::shipped_library(), crate::support::shipped_settings());
    house.chance = || 0;
    house.open().await;
    let rooms = [("general", house.fake.guild(GUILD)), ("mods", house.fake.channel(GUILD, 9_002, "mods"))];
    house.fake.set_guild_locale(GUILD, locale);
    let [ada, ben] = [ADA, BEN].map(|id| house.fake.user(id).speaking(locale));
    ada.may(GUILD, ADMIN);
    ben.may(GUILD, MEMBER);
    let [ada_there, ben_there] = [ada.inside(&rooms[0].1), ben.inside(&rooms[0].1)];
    let ada_mods = ada.inside(&rooms[1].1);
    let people = [("Ada", ada), ("Ben", ben)];
    let mut seen = Seen { house: &house, rooms, people, known: Vec::new(), text: String::new() };
    let is_english = locale == "en-US";
    let say = |english: &'static str, spanish: &'static str| if is_english { english } else { spanish };

    ben_there.slash("setup", &[]);
    seen.after("**Ben**, who may not change the server, gives `/setup` in #general.").await;
    ada_there.slash("setup", &[]);
    seen.after("**Ada**, who may, gives `/setup` in #general.").await;
    for (english, spanish) in [("How often", "Cada cuánto"), ("Each day", "Cada día"), ("Done", "Listo")] {
        let label = say(english, spanish);
        ada_there.pick(&[label]);
        seen.after(&format!("**Ada** chooses *{label}*.")).await;
    }
    ada_there.slash("setup", &[("how", typed)]);
    seen.after(&format!("**Ada** types `/setup {typed}`.")).await;
    ada_mods.slash("setup", &[]);
    seen.house.settle().await;
    ada_mods.pick(&[say("Review suggestions here", "Revisar propuestas aquí")]);
    seen.after("**Ada** gives `/setup` in #mods as well, and chooses that suggestions wait there.").await;

    let question = say("What made you *laugh*?", "¿Qué te hizo *reír*?");
    ben_there.slash("suggest", &[("question", question)]);
    seen.after(&format!("**Ben** gives `/suggest {question}` in #general.")).await;
    ben_there.slash("suggest", &[("question", say("@everyone look", "@everyone mira"))]);
    seen.after("**Ben** suggests something with a name in it.").await;
    ada_mods.tap(say("Ask this", "Preguntar esto"));
    seen.after("**Ada** agrees to the first.").await;

    house.advance(SignedDuration::from_hours(10)).await;
    seen.after("It is half past six in the evening.").await;
    seen.threads(0);
    ben_there.tap(say("Share here", "Compartir aquí"));
    seen.after("**Ben** presses the second button.").await;
    ben_there.tap(say("Answer in private", "Contestar en privado"));
    house
        .fake
        .wait_for(
            |world| (!world.said(seen.people[1].1.channel).is_empty()).then_some(()),
            std::time::Duration::from_secs(20),
        )
        .await
        .unwrap();
    seen.after("**Ben** presses the first. The bot does not know Ben yet.").await;
    ada_mods.slash("setup", &[]);
    seen.house.settle().await;
    ada_mods.pick(&[say("Buddies for a week: switch on", "Compañía de una semana: activar")]);
    seen.after("**Ada** gives `/setup` in #mods once more, and switches buddies on.").await;
    for label in [say("Yes", "Sí"), say("Yes, keep them", "Sí, guárdalas")] {
        seen.people[1].1.tap(label);
        seen.house.settle().await;
    }
    seen.people[1].1.say("/stop");
    seen.house.sees(&seen.people[1].1, say("we stop here", "paramos aquí")).await;
    seen.after("**Ben** answers what it asks everybody first, and leaves it there.").await;
    ben_there.tap(say("Look for a buddy", "Buscar compañía"));
    let is_asked = say("Is that all right for you?", "¿Te parece bien?");
    seen.house.sees(&ben_there, is_asked).await;
    seen.after("**Ben**, who is known to the bot by now, looks for a buddy.").await;
    seen.text
}

/// Cleo, who is no stranger, asks a moderator, and Ada answers.
async fn asked(locale: &str) -> String {
    let house = DiscordHouse::shipped().await;
    let rooms = [("general", house.fake.guild(GUILD)), ("mods", house.fake.channel(GUILD, 9_002, "mods"))];
    house.fake.set_guild_locale(GUILD, locale);
    let [ada, cleo] = [ADA, CLEO].map(|id| house.fake.user(id).speaking(locale));
    ada.may(GUILD, ADMIN);
    cleo.may(GUILD, MEMBER);
    let (there, ada_mods) = (cleo.inside(&rooms[0].1), ada.inside(&rooms[1].1));
    let people = [("Ada", ada), ("Cleo", cleo.clone())];
    let mut seen = Seen { house: &house, rooms, people, known: Vec::new(), text: String::new() };
    let is_english = locale == "en-US";
    let say = |english: &'static str, spanish: &'static str| if is_english { english } else { spanish };
    ada_mods.slash("setup", &[]);
    house.settle().await;
    ada_mods.pick(&[say("Review suggestions here", "Revisar propuestas aquí")]);
    // The platform tells the language of an app with a command only.
    cleo.slash("start", &[]);
    house.settle().await;
    for words in [say("yes", "sí"), say("yes", "sí"), "/stop"] {
        cleo.say(words);
        seen.house.settle().await;
    }
    seen.house.sees(&cleo, say("All right, we stop here", "De acuerdo, paramos aquí")).await;
    seen.house.settle().await;
    seen.passes().await;
    ada_mods.slash("setup", &[]);
    seen.house.settle().await;
    ada_mods.pick(&[say("Ask a moderator: switch on", "Pedir ayuda a quien modera: activar")]);
    seen.after(
        "**Ada**, on a server where suggestions wait in #mods, gives `/setup` there, and lets members ask moderators.",
    )
    .await;
    there.slash("moderator", &[]);
    seen.house.sees(&cleo, say("Is it all right for you", "¿Te parece bien")).await;
    seen.after("**Cleo**, who has said hello before, gives `/moderator` in #general.").await;
    cleo.tap(say("Yes, that is all right", "Sí, está bien"));
    seen.house.sees(&cleo, say("What would you like", "¿Qué te gustaría")).await;
    cleo.say(say("I feel a bit lost here.", "Me siento un poco fuera de lugar aquí."));
    seen.house.sees(&cleo, say("Shall I pass it on?", "¿Lo paso?")).await;
    seen.after("**Cleo** agrees, and writes.").await;
    cleo.tap(say("Yes, pass it on", "Sí, pásalo"));
    seen.house.sees(&cleo, say("as request 1", "como petición 1")).await;
    seen.after("**Cleo** presses the first button.").await;
    ada_mods.tap(say("I take it", "La atiendo"));
    seen.after("**Ada** takes it.").await;
    ada_mods.tap(say("Answer", "Contestar"));
    seen.house.settle().await;
    ada_mods.submit_modal(say("Glad that you are here.", "Qué bien que estés aquí."));
    seen.house.sees(&cleo, say("Would you like to write back?", "¿Quieres contestar?")).await;
    seen.after("**Ada** presses *Answer*, and writes into the field that opens.").await;
    ada_mods.tap(say("Close", "Cerrar"));
    seen.house.sees(&cleo, say("is closed now", "está cerrada")).await;
    seen.after("**Ada** closes it.").await;
    seen.text
}

#[tokio::test]
async fn the_document_shows_what_people_on_a_server_see() {
    let english = played("en-US", "every day at 18:30").await + &asked("en-US").await;
    let spanish = played("es-ES", "cada día a las 18:30").await + &asked("es-ES").await;
    let text = std::fs::read_to_string(DOC).unwrap();
    let (head, _) = text.split_once(BEGIN).unwrap();
    let played = format!("{head}{BEGIN}\n## In English\n{english}\n## In Spanish\n{spanish}");
    if std::env::var_os("MENDWELL_UPDATE").is_some() {
        std::fs::write(DOC, &played).unwrap();
        return;
    }
    assert_eq!(text, played, "MENDWELL_UPDATE=1 cargo test --test it discord_space_shown, after reading");
}

#[test]
fn the_invitation_in_the_docs_asks_for_what_the_bot_needs_and_no_more() {
    let link = format!("&scope=bot+applications.commands&permissions={INVITED_WITH}\n");
    for doc in ["README.md", "docs/hosting.md"] {
        assert!(std::fs::read_to_string(doc).unwrap().contains(&link), "{doc}");
    }
    let docs = std::fs::read_to_string("docs/hosting.md").unwrap();
    let needed = (0..u64::BITS).filter(|bit| INVITED_WITH & (1 << bit) != 0);
    assert!(needed.map(|bit| format!(" | {bit} | ")).all(|row| docs.contains(&row)));
}
