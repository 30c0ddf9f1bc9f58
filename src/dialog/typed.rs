//! What people type beside the words that the dialogs offer: yes and no, commands without a slash, the words around a
//! number. One table for each language; whoever speaks another one is understood in English too.

use crate::dialog::answer::fold;
use crate::domain::language::Language;

/// The small words of one language, folded as [`crate::dialog::answer::fold`] does.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) language: Language,
    pub(super) yes: &'static [&'static str],
    pub(super) no: &'static [&'static str],
    pub(super) done: &'static [&'static str],
    pub(super) later: &'static [&'static str],
    pub(super) keep: &'static [&'static str],
    pub(super) back: &'static [&'static str],
    pub(super) skip: &'static [&'static str],
    pub(super) stop: &'static [&'static str],
    pub(super) pause: &'static [&'static str],
    pub(super) why: &'static [&'static str],
    pub(super) help: &'static [&'static str],
    pub(super) go_on: &'static [&'static str],
    pub(super) start_over: &'static [&'static str],
    pub(super) let_go: &'static [&'static str],
    pub(super) enough: &'static [&'static str],
    pub(super) greeting: &'static [&'static str],
    pub(super) thanks: &'static [&'static str],
    /// Without words that could be a last goodbye.
    pub(super) farewell: &'static [&'static str],
    /// In front of what somebody wants to be reminded of.
    pub(super) remind: &'static [&'static str],
    /// Behind these it is a question.
    pub(super) ask: &'static [&'static str],
    /// Between two options in one message, with the spaces around it.
    pub(super) and: &'static str,
    /// Around a number, not folded but without apostrophes.
    pub(super) fillers: &'static [&'static str],
}

/// Some words of a table.
pub(super) type Words = fn(&Typed) -> &'static [&'static str];

const ENGLISH: Typed = Typed {
    language: Language::English,
    yes: &["y", "yeah", "yep", "yup", "sure", "ok", "okay", "yes please"],
    no: &["n", "nope", "nah", "no thanks", "no thank you"],
    done: &["done"],
    later: &["later", "not now"],
    keep: &["keep", "same"],
    back: &["back", "go back"],
    skip: &["skip", "pass"],
    stop: &["stop", "quit", "exit"],
    pause: &["pause"],
    why: &["why"],
    help: &["help"],
    go_on: &["go on", "continue", "yes", "resume", "ok"],
    start_over: &["start over", "restart", "again"],
    let_go: &["let it go", "let go", "no", "drop it"],
    enough: &["enough", "done", "no"],
    greeting: &[
        "hi",
        "hello",
        "hey",
        "hiya",
        "hi there",
        "hello there",
        "hey there",
        "hi again",
        "hello again",
        "good morning",
        "good afternoon",
        "good evening",
        "im back",
        "i am back",
    ],
    thanks: &[
        "thanks",
        "thank you",
        "thank u",
        "thx",
        "ty",
        "many thanks",
        "thanks a lot",
        "thank you so much",
        "thank you very much",
        "ok thanks",
        "ok thank you",
        "thanks bye",
        "thanks good night",
    ],
    farewell: &[
        "bye",
        "bye bye",
        "good night",
        "goodnight",
        "see you",
        "see you later",
        "see you tomorrow",
        "talk later",
    ],
    remind: &["remind me", "please remind me", "can you remind me", "could you remind me"],
    ask: &["why", "what", "how", "who", "of"],
    and: " and ",
    fillers: &[
        "about",
        "around",
        "maybe",
        "perhaps",
        "roughly",
        "approximately",
        "probably",
        "nearly",
        "almost",
        "like",
        "circa",
        "ca",
        "say",
        "id",
        "a",
        "just",
    ],
};

const SPANISH: Typed = Typed {
    language: Language::Spanish,
    yes: &[
        "si",
        "s",
        "claro",
        "claro que si",
        "dale",
        "vale",
        "bueno",
        "de acuerdo",
        "por supuesto",
        "si por favor",
        "sip",
    ],
    no: &["no", "nop", "no gracias", "para nada", "mejor no"],
    done: &["listo", "hecho", "ya", "ya esta", "eso es todo", "nada mas", "termine"],
    later: &["luego", "mas tarde", "despues", "ahora no", "en otro momento"],
    keep: &["igual", "lo mismo", "la misma", "el mismo", "dejar igual", "mantener"],
    back: &["atras", "volver", "volver atras", "regresar", "anterior"],
    skip: &["saltar", "omitir", "pasar", "paso"],
    stop: &["parar", "para", "basta", "salir", "terminar", "detener"],
    pause: &["pausa", "pausar"],
    why: &["por que", "porque"],
    help: &["ayuda"],
    go_on: &["seguir", "sigue", "sigamos", "continuar", "si"],
    start_over: &["empezar de nuevo", "de nuevo", "otra vez", "desde el principio", "reiniciar"],
    let_go: &["dejarlo", "dejarlo ir", "no", "soltar", "olvidarlo"],
    enough: &["basta", "suficiente", "listo", "ya", "no"],
    greeting: &[
        "hola",
        "holaa",
        "holi",
        "hola de nuevo",
        "hola otra vez",
        "hola que tal",
        "que tal",
        "buenas",
        "hola buenas",
        "buen dia",
        "buenos dias",
        "buenas tardes",
        "buenas noches",
        "ya volvi",
        "aqui estoy",
    ],
    thanks: &[
        "gracias",
        "muchas gracias",
        "mil gracias",
        "gracias de verdad",
        "muchisimas gracias",
        "ok gracias",
        "vale gracias",
        "gracias por todo",
        "te lo agradezco",
        "gracias buenas noches",
    ],
    farewell: &["chao", "chau", "hasta luego", "hasta manana", "hasta pronto", "nos vemos", "hablamos luego"],
    remind: &[
        "recuerdame",
        "recordame",
        "acuerdame",
        "acordame",
        "hazme acordar",
        "haceme acordar",
        "avisame",
        "me recuerdas",
        "me puedes recordar",
        "puedes recordarme",
        "por favor recuerdame",
    ],
    ask: &["por que", "porque", "xq", "como", "quien", "lo que"],
    and: " y ",
    fillers: &[
        "unos",
        "unas",
        "un",
        "una",
        "como",
        "quiza",
        "quizá",
        "quizas",
        "quizás",
        "tal",
        "vez",
        "casi",
        "más",
        "mas",
        "o",
        "menos",
        "aproximadamente",
        "sobre",
        "alrededor",
        "de",
        "digo",
        "diria",
        "diría",
        "creo",
        "que",
    ],
};

/// What stands behind `remind me` in a text that begins with it and asks nothing: when they want to be reminded.
pub fn to_remind_of(text: &str, language: Language) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let begins = |with: &str| {
        let count = with.split(' ').count();
        let behind = words.get(count..)?;
        (fold(&words.get(..count)?.join(" ")) == with).then(|| behind.join(" "))
    };
    let behind = typed(language).iter().flat_map(|table| table.remind).find_map(|with| begins(with))?;
    let said = format!("{} ", fold(&behind));
    let asks = typed(language).iter().flat_map(|table| table.ask).any(|word| said.starts_with(&format!("{word} ")));
    (!behind.is_empty() && !asks).then_some(behind)
}

/// The tables for somebody who speaks a language, their own first.
pub(super) fn typed(language: Language) -> &'static [&'static Typed] {
    match language {
        Language::English => &[&ENGLISH],
        Language::Spanish => &[&SPANISH, &ENGLISH],
    }
}

/// Whether a folded text is among some words of the tables for a language.
pub(super) fn is_among(language: Language, folded: &str, words: Words) -> bool {
    typed(language).iter().any(|table| words(table).contains(&folded))
}

/// All of some words of the tables for a language.
pub(super) fn all(language: Language, words: Words) -> Vec<String> {
    typed(language).iter().flat_map(|table| words(table)).map(|&word| word.to_owned()).collect()
}
