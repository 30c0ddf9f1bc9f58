//! What people saw of the names that dialogs keep their answers under: questions and the words on buttons.

use std::collections::BTreeMap;

use crate::dialog::keep::asked;
use crate::dialog::model::{Dialog, Expr, Library, Node, Opt, Save, Text, TextPiece, Verb};
use crate::dialog::render::options;

/// The words of a library by what they were shown for: `dialog/step` is a question, `dialog/name/key` what was chosen for
/// an answer or a field of the journal, and `/fact/key` what was chosen for a fact of the profile.
pub fn labels(library: &Library) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    library.dialogs.values().for_each(|dialog| of_dialog(dialog, &mut labels));
    labels
}

fn of_dialog(dialog: &Dialog, labels: &mut BTreeMap<String, String>) {
    let id = &dialog.id;
    for step in dialog.parts.values().flatten() {
        match &step.verb {
            Verb::Ask(ask) => {
                labels.extend(ask.texts.first().map(|text| (format!("{id}/{}", step.id), question(text))));
                of_options(&format!("{id}/{}", step.id), options(&ask.kind), labels);
            }
            Verb::Save(Save::Journal { fields, .. }) => {
                for (name, value) in fields {
                    of_options(&format!("{id}/{name}"), chosen(dialog, value), labels);
                }
            }
            Verb::Save(Save::Profile(facts)) => {
                for (name, value) in facts {
                    of_options(&format!("/{name}"), chosen(dialog, value), labels);
                }
            }
            Verb::Say { .. }
            | Verb::Set(_)
            | Verb::Branch(_)
            | Verb::Each(_)
            | Verb::Repeat { .. }
            | Verb::Call { .. }
            | Verb::Pace(_)
            | Verb::Save(Save::Measures(_))
            | Verb::Goal(_)
            | Verb::Schedule(_)
            | Verb::Escalate { .. }
            | Verb::Stop { .. } => {}
        }
    }
}

fn of_options(what: &str, options: &[Opt], labels: &mut BTreeMap<String, String>) {
    for option in options {
        labels.entry(format!("{what}/{}", option.key)).or_insert_with(|| option.label.clone());
    }
}

/// The options of the question whose answer an expression is, perhaps with something in place of a missing one.
fn chosen<'d>(dialog: &'d Dialog, value: &Expr) -> &'d [Opt] {
    let name = if let Node::OrElse(answer, _) = &value.node { &answer.node } else { &value.node };
    let Node::Name(name) = name else { return &[] };
    asked(dialog, name).map_or(&[], |ask| options(&ask.kind))
}

/// A question without what stood in it for one person.
fn question(text: &Text) -> String {
    let shown = |piece: &TextPiece| match piece {
        TextPiece::Plain(plain) => plain.clone(),
        TextPiece::Expr(_) | TextPiece::Plural { .. } | TextPiece::Snippet(_) => "…".to_owned(),
    };
    text.0.iter().map(shown).collect()
}
