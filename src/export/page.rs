//! What stands in the files for reading, in which order; how it looks is a [`Pen`]'s business.

use std::io;

use jiff::civil::Date;

use crate::domain::consent::Receipt;
use crate::domain::hard_date::HardDate;
use crate::domain::language::Language;
use crate::domain::person::{Care, Profile};
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::export::series::{self, Series};
use crate::export::{Exercise, Export, GoalNote, PlanKept, names, words};

/// Writes one kind of file. No text is markup.
pub(super) trait Pen {
    /// Begins a section.
    fn section(&mut self, title: &str) -> io::Result<()>;
    /// Begins a part of a section, with the day it is of.
    fn part(&mut self, date: Option<Date>, title: &str) -> io::Result<()>;
    /// Words of the program: one paragraph.
    fn ours(&mut self, text: &str) -> io::Result<()>;
    /// Words of the person.
    fn theirs(&mut self, text: &str) -> io::Result<()>;
    /// What something is called, and what it is.
    fn pairs(&mut self, pairs: &[(String, String)]) -> io::Result<()>;
    /// Measures over time.
    fn charts(&mut self, charts: &[Series]) -> io::Result<()>;
}

/// What the page is called.
pub(super) fn title(export: &Export) -> String {
    match export.language {
        Language::English => format!("What {} keeps of you", export.bot),
        Language::Spanish => format!("Lo que {} guarda de ti", export.bot),
    }
}

/// Writes everything but the title.
pub(super) fn write(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    let at = words::moment(export.made_at.timestamp(), &export.made_at, export.language);
    pen.ours(&match export.language {
        Language::English => format!(
            "Put together on {at}. Whoever can open this file can read all of it, so keep it where only you look."
        ),
        Language::Spanish => {
            format!("Hecho el {at}. Quien pueda abrir este archivo puede leerlo todo: guárdalo donde solo mires tú.")
        }
    })?;
    measures(export, pen)?;
    journal(export, pen)?;
    goals(export, pen)?;
    hard_dates(export, pen)?;
    requests(export, pen)?;
    exercises(export, pen)?;
    plans(export, pen)?;
    about_you(export, pen)?;
    care(export, pen)?;
    pen.section(say("What is not in here", "Qué no está aquí"))?;
    pen.ours(say(
        "Numbers by which the program finds its rows, the ids by which your apps know you, and keys: they are of use to \
         programs only. What is kept of other people is never kept with yours. The chat itself belongs to the app; \
         there you can save or delete it.",
        "Los números con que el programa encuentra sus filas, los identificadores con que te conocen tus aplicaciones y \
         las claves: solo sirven a programas. Lo que se guarda de otras personas nunca se guarda con lo tuyo. El chat \
         mismo es de la aplicación; allí puedes guardarlo o borrarlo.",
    ))
}

fn measures(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    pen.section(say("Over time", "A lo largo del tiempo"))?;
    let series = series::of(&export.measures);
    if series.is_empty() {
        return pen.ours(say("No numbers are kept yet.", "Todavía no hay números guardados."));
    }
    pen.charts(&series)?;
    pen.ours(say("Every single value is in measures.csv.", "Cada valor está en measures.csv."))
}

fn journal(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    pen.section(say("Journal", "Diario"))?;
    if export.journal.is_empty() {
        return pen.ours(say("No entries are kept yet.", "Todavía no hay entradas guardadas."));
    }
    for entry in &export.journal {
        pen.part(Some(entry.date), entry.title.expose())?;
        if !entry.body.expose().is_empty() {
            pen.theirs(entry.body.expose())?;
        }
        let fields = entry
            .fields
            .iter()
            .map(|(name, value)| (words::label(name, export.language), export.value(&entry.dialog, name, value)));
        pen.pairs(&fields.collect::<Vec<_>>())?;
        let source = export.title(&entry.dialog);
        let end = if entry.complete { "" } else { say(", not finished", ", sin terminar") };
        pen.ours(&format!("{}: {source}{end}", say("From", "De")))?;
    }
    Ok(())
}

fn goals(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    pen.section(say("Small goals", "Metas pequeñas"))?;
    if let Some(goal) = &export.profile.open_goal {
        pen.part(Some(goal.since), say("Open now", "Abierta ahora"))?;
        pen.theirs(goal.title.expose())?;
        if let Some(due) = goal.due {
            pen.pairs(&[(say("For", "Para").to_owned(), export.language.full_day(due))])?;
        }
    }
    if export.goals.is_empty() && export.profile.open_goal.is_none() {
        return pen.ours(say("No goals are kept yet.", "Todavía no hay metas guardadas."));
    }
    for note in &export.goals {
        match note {
            GoalNote::Set { title, due, since } => {
                pen.part(Some(*since), say("Set", "Propuesta"))?;
                pen.theirs(title.expose())?;
                if let Some(due) = due {
                    pen.pairs(&[(say("For", "Para").to_owned(), export.language.full_day(*due))])?;
                }
            }
            GoalNote::Closed { outcome, date } => pen.part(
                Some(*date),
                &format!("{}: {}", say("Closed", "Cerrada"), words::label(outcome, export.language)),
            )?,
        }
    }
    Ok(())
}

fn hard_dates(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    if export.profile.hard_dates.is_empty() {
        return Ok(());
    }
    pen.section(say("Hard dates", "Fechas difíciles"))?;
    for HardDate { id: _, month, day, label, cue, then } in &export.profile.hard_dates {
        pen.part(None, label.expose())?;
        let pairs = [
            (say("Every year on", "Cada año el"), words::day_of_year(*month, *day, export.language)),
            (say("If", "Si"), cue.expose().to_owned()),
            (say("Then", "Entonces"), then.expose().to_owned()),
        ];
        pen.pairs(&pairs.map(|(name, value)| (name.to_owned(), value)))?;
    }
    Ok(())
}

/// What is open with moderators of groups, and what came back that was not shown yet.
fn requests(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    let Some(asking) = export.profile.asking.as_ref().filter(|asking| !asking.is_empty()) else { return Ok(()) };
    pen.section(say("What you asked moderators of groups", "Lo que preguntaste a quien modera"))?;
    let open = asking.open.values().map(|open| {
        let name = format!("{} {}", say("Open request", "Petición abierta"), open.number);
        (name, words::moment(open.since, &export.made_at, export.language))
    });
    pen.pairs(&open.collect::<Vec<_>>())?;
    for answer in asking.answers() {
        pen.part(None, say("An answer that waits for you", "Una respuesta que te espera"))?;
        pen.theirs(answer.expose())?;
    }
    Ok(())
}

fn exercises(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    pen.section(say("Exercises that are not over", "Ejercicios sin terminar"))?;
    if export.exercises.is_empty() {
        return pen.ours(say("None is open or set aside.", "No hay ninguno abierto ni apartado."));
    }
    for Exercise { dialog, aside, answers, taken_back, unfinished } in &export.exercises {
        pen.part(None, export.title(dialog))?;
        let mut pairs = Vec::new();
        if let Some((since, until)) = aside {
            pairs.push((
                say("Set aside", "Apartado").to_owned(),
                words::moment(*since, &export.made_at, export.language),
            ));
            pairs.push((
                say("Kept until", "Guardado hasta").to_owned(),
                words::moment(*until, &export.made_at, export.language),
            ));
        }
        let said = |step: &str, answer: &Option<Value>| match answer {
            Some(answer) => export.value(dialog, step, answer),
            None => say("left out", "omitido").to_owned(),
        };
        pairs.extend(answers.iter().map(|(step, answer)| (export.question(dialog, step), said(step, answer))));
        let back = |step: &str| format!("{} ({})", export.question(dialog, step), say("taken back", "retirado"));
        pairs.extend(taken_back.iter().map(|(step, answer)| (back(step), export.value(dialog, step, answer))));
        if !unfinished.is_empty() {
            let items = unfinished.iter().map(UserText::expose).collect::<Vec<_>>().join("\n");
            pairs.push((say("Not finished", "Sin terminar").to_owned(), items));
        }
        pen.pairs(&pairs)?;
    }
    Ok(())
}

fn plans(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    pen.section(say("Check-in plans", "Planes de registros"))?;
    if export.plans.is_empty() {
        return pen.ours(say("None is planned.", "No hay nada planeado."));
    }
    for PlanKept { plan, due, past } in &export.plans {
        pen.part(None, export.title(&plan.dialog))?;
        let mut pairs = vec![(say("When", "Cuándo").to_owned(), words::recurrence(&plan.recurrence, export.language))];
        if let Some(due) = due {
            pairs.push((say("Next", "El próximo").to_owned(), words::moment(*due, &export.made_at, export.language)));
        }
        pairs.extend(
            plan.with
                .iter()
                .map(|(name, value)| (words::label(name, export.language), words::value(value, export.language))),
        );
        let became = |(due, became): &(_, &str)| {
            (words::moment(*due, &export.made_at, export.language), names::spoken(became, export.language).to_owned())
        };
        pairs.extend(past.iter().map(became));
        pen.pairs(&pairs)?;
    }
    Ok(())
}

fn about_you(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    pen.section(say("You and your settings", "Tú y tus ajustes"))?;
    let Profile {
        language,
        consents,
        paused_until,
        unreachable,
        wished,
        silence,
        fading,
        waiting,
        pin,
        exported_at,
        progress_at,
        facts,
        ..
    } = &export.profile;
    let apps: Vec<_> = export.profile.addresses().map(|address| address.platform.name(export.language)).collect();
    let moment = |at: &jiff::Timestamp| words::moment(*at, &export.made_at, export.language);
    let mut pairs =
        vec![(say("Apps you write from", "Aplicaciones desde las que escribes").to_owned(), apps.join("\n"))];
    pairs
        .extend(facts.iter().map(|(name, value)| (words::label(name, export.language), export.value("", name, value))));
    let agreed = |receipt: &Receipt| {
        let at = moment(&receipt.at);
        match (export.language, receipt.given) {
            (Language::English, true) => format!("agreed on {at}, wording {}", receipt.wording),
            (Language::English, false) => format!("taken back on {at}, wording {}", receipt.wording),
            (Language::Spanish, true) => format!("aceptado el {at}, texto {}", receipt.wording),
            (Language::Spanish, false) => format!("retirado el {at}, texto {}", receipt.wording),
        }
    };
    let consents =
        consents.iter().map(|(consent, receipt)| (words::label(consent.fact(), export.language), agreed(receipt)));
    pairs.extend(consents);
    let further = [
        (say("Language of your app", "Lengua de tu aplicación"), language.as_deref().map(tongue)),
        (say("Check-ins rest until", "Los registros descansan hasta"), paused_until.as_ref().map(moment)),
        (
            say("Check-ins", "Registros"),
            unreachable.then(|| {
                say("cannot reach you where they should arrive", "no pueden alcanzarte donde deberían llegar")
                    .to_owned()
            }),
        ),
        (
            say("Check-ins without an answer", "Registros sin respuesta"),
            fading.map(|fading| words::fading(fading, export.language).to_owned()),
        ),
        (
            say("What a link led you to", "Adónde te llevó un enlace"),
            wished.as_deref().map(|dialog| export.title(dialog).to_owned()),
        ),
        (
            say("You wrote here last about", "Escribiste aquí por última vez hacia"),
            silence.as_ref().map(|silence| moment(&silence.since)),
        ),
        (
            say("A note that waits for you", "Una nota que te espera"),
            waiting.as_ref().map(|waiting| export.title(&waiting.dialog).to_owned()),
        ),
        ("PIN", pin.is_some().then(|| say("is set", "está puesto").to_owned())),
        (say("Last file like this", "Último archivo como este"), exported_at.as_ref().map(moment)),
        (say("Last picture of your days", "Última imagen de tus días"), progress_at.as_ref().map(moment)),
    ];
    pairs.extend(buddy_lines(export));
    pairs.extend(further.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    pen.pairs(&pairs)
}

/// What they said of themselves to find a buddy, if they stand somewhere.
fn buddy_lines(export: &Export) -> Option<(String, String)> {
    let name = words::text(
        export.language,
        "What you said of yourself to find a buddy",
        "Lo que dijiste de ti para buscar compañía",
    );
    let standings = export.profile.buddying.iter().flat_map(|buddying| &buddying.standings);
    let lines: Vec<&str> = standings.map(|standing| standing.line.expose()).collect();
    (!lines.is_empty()).then(|| (name.to_owned(), lines.join("\n")))
}

/// What came of reading their words for danger: counts and times, because no more is kept.
fn care(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    let say = |english, spanish| words::text(export.language, english, spanish);
    pen.section(say("Where your words worried me", "Cuándo me preocuparon tus palabras"))?;
    pen.ours(say(
        "I read what you write for signs of danger. What you wrote is not kept for that; only this:",
        "Leo lo que escribes por si hay señales de peligro. Para eso no se guarda lo que escribiste; solo esto:",
    ))?;
    let Some(Care { asked_at, asked_level, asked_class, false_alarms, watched_until }) = &export.profile.care else {
        return pen.ours(say("Nothing.", "Nada."));
    };
    let moment = |at: &jiff::Timestamp| words::moment(*at, &export.made_at, export.language);
    let mut pairs = Vec::new();
    if let Some(at) = asked_at {
        pairs.push((
            say("I last asked because of your words", "La última vez que pregunté por tus palabras").to_owned(),
            moment(at),
        ));
        pairs.push((
            say("How urgent it looked, from 1 to 3", "Cómo de urgente parecía, de 1 a 3").to_owned(),
            asked_level.to_string(),
        ));
    }
    if let Some(class) = asked_class {
        pairs.push((
            say("What it was about, in the program's own letters", "De qué se trataba, en las letras del programa")
                .to_owned(),
            class.clone(),
        ));
    }
    pairs.push((
        say("How often you said that it was nothing", "Cuántas veces dijiste que no era nada").to_owned(),
        false_alarms.to_string(),
    ));
    if let Some(until) = watched_until {
        pairs.push((say("I ask more directly until", "Pregunto de forma más directa hasta").to_owned(), moment(until)));
    }
    pen.pairs(&pairs)
}

/// A language by its own name, or the tag of one that is not spoken here.
fn tongue(tag: &str) -> String {
    Language::of_tag(tag).map_or_else(|| tag.to_owned(), |language| language.name().to_owned())
}
