//! What people ask of the bot itself, in words and not by a command: who it is, who can read them, that it shall keep quiet.
//! Only what is said to it often is known, as a whole text or, where nothing else can be meant, as part of a short one.

use crate::dialog::answer::fold;
use crate::domain::language::Language;

/// A text with more words than this is about something else as well.
const WORDS_MAX: usize = 12;

/// What somebody asks of the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Who or what it is, and what it can do.
    About,
    /// Help, and no more than that.
    Help,
    /// What to do.
    Lost,
    /// A person to talk to.
    Human,
    /// Who can read what they write, and what is kept.
    Privacy,
    /// That everything is deleted.
    Delete,
    /// A copy of everything.
    Copy,
    /// That it stops writing.
    Quiet,
    /// Nothing: they say that it does not help.
    Unhelpful,
    /// Nothing: they nod, or send a heart.
    Nod,
}

/// Between the texts of a list.
const OR: &str = " / ";

/// The words of one language for a wish, folded as [`fold`] does, with [`OR`] between them.
struct Said {
    wish: Wish,
    /// The whole text, but for a politeness in front or behind.
    whole: &'static str,
    /// Somewhere in it.
    part: &'static str,
}

/// What stands in front of a wish or behind it without changing it.
struct Polite {
    front: &'static str,
    behind: &'static str,
}

/// Pictures that nod. A weeping face is none of them.
const NODS: [char; 12] = ['👍', '👌', '🙏', '❤', '🙂', '😊', '😀', '😄', '😁', '🤗', '✅', '💪'];

const ENGLISH_POLITE: Polite = Polite {
    front: "please / can you / could you / would you / will you / you should / just / ok / i want you to / i \
            want to / id like to / i would like to / how do i / how can i / can i / so / hey / hi / wait / and",
    behind: "please / now / you have / you have of me / about me / of me / already / then / exactly / anyway / \
            again / today",
};

const SPANISH_POLITE: Polite = Polite {
    front: "por favor / porfa / puedes / podrias / me puedes / puedo / quiero que / quiero / quisiera / como \
            puedo / como / ya / oye / hola / y / pero / bueno / vale / ok",
    behind: "por favor / porfa / ya / ahora / sobre mi / de mi / entonces / hoy / otra vez",
};

const ENGLISH: &[Said] = &[
    Said {
        wish: Wish::About,
        whole: "who are you / what are you / what is this / is this a bot / is anyone there / is anybody there / is \
            someone there / what can you do / what do you do / how do you work / how does this work / are you \
            there / what can we do / what can i do here / how can you help / how can you help me / what is \
            mendwell",
        part: "are you real / are you a bot / are you a robot / are you human / are you a human / are you a person \
            / are you a real person / are you ai / are you an ai / are you chatgpt / are you a program / are you \
            a machine / am i talking to a",
    },
    Said {
        wish: Wish::Help,
        whole: "help / help me / i need help / need help / i need some help / help me out / help me i cant / sos",
        part: "",
    },
    Said {
        wish: Wish::Lost,
        whole: "what do i do / what do i do now / what should i do / what should i do now / what am i supposed to do / \
            i dont know what to do / i dont know what to do anymore / i do not know what to do / i dont know / idk / \
            idk what to do / i am lost / im lost / im so lost / i feel lost / i feel so lost / where do i start / \
            where do i begin",
        part: "",
    },
    Said {
        wish: Wish::Human,
        whole: "talk to someone / talk to somebody / talk to a person / speak to someone / speak to somebody / i \
            need to talk to someone / i need to talk to somebody / i need to talk / i need someone to talk to / \
            i want someone to talk to / i need somebody to talk to / i have no one to talk to / i have nobody to \
            talk to / i have noone to talk to / i dont have anyone to talk to / i dont have anybody to talk to / \
            someone to talk to",
        part: "talk to a human / talk to a real person / talk to a real human / talk with a human / talk with a \
            real person / speak to a human / speak to a real person / chat with a human / chat with a real \
            person",
    },
    Said {
        wish: Wish::Privacy,
        whole: "is this private / is this anonymous / is this confidential / is this safe / is this secure / is it \
            private / is it anonymous / is it confidential / is my data safe / who sees this / who reads this / \
            who can see this / who can read this / can anyone see this / can anyone read this / can anybody read \
            this / can someone read this / what do you store / what do you save / what do you keep / what do you \
            know / where is my data",
        part: "can read what i write / can see what i write / reads what i write / sees what i write / do you store \
            what / do you save what / do you keep what / do you store my / do you save my / do you share my / do \
            you sell my / what do you know about me / what do you store about me / what do you keep about me",
    },
    Said {
        wish: Wish::Delete,
        whole: "delete everything / delete all / delete all my data / delete my data / delete my account / delete me \
            / delete all my messages / erase everything / erase my data / erase all my data / remove my data / \
            remove my account / wipe my data / wipe everything / forget me / forget everything / close my \
            account",
        part: "",
    },
    Said {
        wish: Wish::Copy,
        whole: "export my data / export everything / download my data / download everything / get my data / send me \
            my data / give me my data / get a copy of my data / have a copy of my data / a copy of my data / see \
            my data",
        part: "",
    },
    Said {
        wish: Wish::Quiet,
        whole: "stop messaging me / stop texting me / stop writing me / stop writing to me / stop messaging / stop \
            texting / stop sending me messages / stop sending messages / stop contacting me / stop asking me / \
            stop asking / stop bothering me / stop reminding me / stop the check ins / stop check ins / stop the \
            checkins / stop checkins / stop the reminders / stop reminders / stop the messages / no more \
            messages / no more check ins / no more checkins / no more reminders / unsubscribe / leave me alone / \
            turn off check ins / turn off checkins / turn off notifications / turn off reminders / turn off the \
            reminders / dont message me / dont text me / dont write me / dont write to me / do not message me / \
            do not text me / do not write to me / dont message me anymore / dont text me anymore / dont write to \
            me anymore / too many messages",
        part: "",
    },
    Said {
        wish: Wish::Unhelpful,
        whole: "this is stupid / this is useless / this is pointless / this is dumb / this is ridiculous / this isnt \
            helping / this is not helping / this doesnt help / this does not help / that doesnt help / that does \
            not help / that didnt help / it didnt help / it doesnt help / not helpful / this is not helpful / \
            thats not helpful / you are not helping / youre not helping / you dont help / you are useless / \
            youre useless / you are stupid / youre stupid / you dont understand / you dont understand me / you \
            dont get it / you dont understand anything / stupid bot / useless bot / bad bot / dumb bot / fuck \
            you / fuck off / shut up / this sucks / you suck",
        part: "",
    },
    Said {
        wish: Wish::Nod,
        whole: "ok / okay / k / kk / alright / all right / fine / cool / nice / lol / haha / hm / hmm / mhm / i see \
            / got it",
        part: "",
    },
];

const SPANISH: &[Said] = &[
    Said {
        wish: Wish::About,
        whole: "quien eres / que eres / que es esto / esto es un bot / es un bot / hay alguien / hay alguien ahi / \
            estas ahi / que puedes hacer / que sabes hacer / que haces / para que sirves / como funcionas / como \
            funciona / como funciona esto / con quien hablo / que es mendwell / en que me puedes ayudar / como \
            me puedes ayudar",
        part: "eres real / eres un bot / eres un robot / eres humano / eres humana / eres una persona / eres una ia \
            / eres una maquina / eres un programa / eres chatgpt / sos un bot / sos real / sos una persona / \
            estoy hablando con un",
    },
    Said {
        wish: Wish::Help,
        whole: "ayuda / ayudame / ayudenme / ayudeme / necesito ayuda / me ayudas / puedes ayudarme / ayudarme",
        part: "",
    },
    Said {
        wish: Wish::Lost,
        whole: "que hago / que hago ahora / que puedo hacer / que debo hacer / que deberia hacer / no se que hacer / ya no \
            se que hacer / no se / nose / nose que hacer / no se que hacer con esto / me siento perdido / me siento \
            perdida / estoy perdido / estoy perdida / por donde empiezo / por donde empezar",
        part: "",
    },
    Said {
        wish: Wish::Human,
        whole: "hablar con alguien / necesito hablar con alguien / necesito hablar / necesito a alguien con quien \
            hablar / necesito alguien con quien hablar / no tengo con quien hablar / no tengo a nadie con quien \
            hablar / no tengo a quien contarle / alguien con quien hablar",
        part: "hablar con una persona / hablar con un humano / hablar con una persona real / hablar con alguien \
            real / hablar con alguien de verdad",
    },
    Said {
        wish: Wish::Privacy,
        whole: "esto es privado / es privado / es privado esto / es anonimo / esto es anonimo / es confidencial / \
            esto es confidencial / esto es seguro / es seguro / es seguro esto / quien lee esto / quien ve esto \
            / quien puede leer esto / quien puede ver esto / alguien lee esto / alguien puede leer esto / que \
            guardas / que sabes / donde estan mis datos / y mis datos / que haces con mis datos",
        part: "leer lo que escribo / lee lo que escribo / ve lo que escribo / guardas lo que / guardas mis / \
            compartes mis / vendes mis / que sabes de mi / que guardas de mi",
    },
    Said {
        wish: Wish::Delete,
        whole: "borra todo / borrar todo / borralo todo / borrarlo todo / elimina todo / eliminar todo / eliminalo \
            todo / borra mis datos / borrar mis datos / elimina mis datos / eliminar mis datos / borra mi cuenta \
            / borrar mi cuenta / elimina mi cuenta / eliminar mi cuenta / cerrar mi cuenta / olvidame / borrame \
            / borres todo / borres mis datos / elimines todo",
        part: "",
    },
    Said {
        wish: Wish::Copy,
        whole: "exporta mis datos / exportar mis datos / exportar todo / descarga mis datos / descargar mis datos / \
            descargar todo / dame mis datos / mis datos / ver mis datos / una copia de mis datos",
        part: "",
    },
    Said {
        wish: Wish::Quiet,
        whole: "deja de escribirme / deja de mandarme mensajes / deja de enviarme mensajes / deja de molestarme / \
            deja de molestar / deja de preguntarme / deja de preguntar / no me escribas / no me escribas mas / \
            no me mandes mensajes / no me mandes mas mensajes / no me envies mas mensajes / no mas mensajes / no \
            quiero mas mensajes / no quiero que me escribas / no quiero que me escribas mas / mas mensajes no / \
            dejame en paz / dejame tranquilo / dejame tranquila / dejes de escribirme / quita los recordatorios \
            / quita los avisos / quitar los avisos / quitar los recordatorios / desactiva los recordatorios / \
            desactiva los avisos / no quiero recordatorios / no quiero avisos / sin avisos / demasiados mensajes",
        part: "",
    },
    Said {
        wish: Wish::Unhelpful,
        whole: "esto no sirve / esto no sirve para nada / esto no me sirve / no me sirve / esto no ayuda / esto no \
            me ayuda / no me ayuda / no me ayudas / no me ayudas en nada / no me estas ayudando / no ayudas / no \
            sirves / no sirves para nada / eres inutil / eres tonto / eres un inutil / bot inutil / que inutil / \
            esto es una tonteria / esto es una estupidez / esto es una mierda / que tonteria / que estupidez / \
            no entiendes / no me entiendes / no entiendes nada / callate / vete a la mierda / que mierda de bot",
        part: "",
    },
    Said {
        wish: Wish::Nod,
        whole: "ok / okey / oki / okay / vale / dale / bueno / bien / de acuerdo / esta bien / ya / aja / jaja / \
            jajaja / entiendo / entendido / listo / genial",
        part: "",
    },
];

/// What a text asks of the bot, in a language or in English; `None` for everything else.
pub fn wish(text: &str, language: Language) -> Option<Wish> {
    let folded = fold(text);
    if folded.is_empty() {
        return text.chars().any(|c| NODS.contains(&c)).then_some(Wish::Nod);
    }
    if folded.split(' ').count() > WORDS_MAX {
        return None;
    }
    let tables: &[(&[Said], &Polite)] = match language {
        Language::English => &[(ENGLISH, &ENGLISH_POLITE)],
        Language::Spanish => &[(SPANISH, &SPANISH_POLITE), (ENGLISH, &ENGLISH_POLITE)],
    };
    let found = |(table, polite): &(&[Said], &Polite)| {
        let bare = without(&folded, polite);
        let is_said = |said: &&Said| {
            said.whole.split(OR).any(|whole| bare.contains(&whole))
                || said.part.split(OR).any(|part| has(&folded, part))
        };
        table.iter().find(is_said).map(|said| said.wish)
    };
    tables.iter().find_map(found)
}

/// The text itself, and what is left of it without one politeness after another.
fn without<'t>(folded: &'t str, polite: &Polite) -> Vec<&'t str> {
    let mut all = vec![folded];
    let mut rest = folded;
    while let Some(less) = polite
        .front
        .split(OR)
        .find_map(|front| rest.strip_prefix(front)?.strip_prefix(' '))
        .or_else(|| polite.behind.split(OR).find_map(|behind| rest.strip_suffix(behind)?.strip_suffix(' ')))
    {
        rest = less;
        all.push(rest);
    }
    all
}

/// Whether some words stand in a text, whole.
fn has(folded: &str, words: &str) -> bool {
    !words.is_empty() && format!(" {folded} ").contains(&format!(" {words} "))
}
