//! Every shipped dialog is explored with the production `step` (engine.md C6), and dialogs with planted mistakes show
//! that exploration finds them. `MENDWELL_EXPLORE=full cargo test explore` visits every state up to `Size::FULL.states` of a
//! dialog, which takes some minutes, and says which dialogs have more; the usual run stops at a number of states that takes
//! seconds. Full is every combination of facts too, up to
//! `Size::FULL.worlds` of them and in pairs beyond; longer lists than three items are what it leaves out.

use std::path::Path;

use mendwell::dialog::explore::{Explored, Size, explore};
use mendwell::dialog::load::SourceFile;
use mendwell::dialog::model::Library;

use crate::engine_support::{RICH_LIBRARY, TANGLE_LIBRARY, small};

pub(crate) fn shipped() -> Library {
    let mut files = Vec::new();
    for folder in ["", "system/"] {
        for entry in std::fs::read_dir(Path::new("dialogs").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                files.push(SourceFile { path: format!("{folder}{name}"), text: text.into() });
            }
        }
    }
    let (library, found) = Library::load(files);
    library.unwrap_or_else(|| panic!("{found:#?}"))
}

/// Enough for the way behind the contact gate in the longest dialog.
const STATES_MORE: usize = 20_000;

fn size() -> Size {
    if std::env::var_os("MENDWELL_EXPLORE").is_some_and(|size| size == "full") { Size::FULL } else { Size::QUICK }
}

/// Where few states did not lead everywhere, more of them may.
fn explored(lib: &Library, id: &str) -> Explored {
    let found = explore(lib, id, &size()).unwrap();
    if found.is_complete || found.missed_steps.is_empty() {
        return found;
    }
    explore(lib, id, &Size { states: STATES_MORE.max(size().states), ..size() }).unwrap()
}

/// i1, i3 to i10, i15, i27, i28, i30: the laws are tried at every state, and every step, arm and check is reached.
#[test]
#[expect(clippy::print_stdout, reason = "a full run says what it did not reach")]
fn i27_i28_every_shipped_dialog_ends_and_every_step_is_reached() {
    let lib = shipped();
    let explored: Vec<Explored> = std::thread::scope(|scope| {
        let lib = &lib;
        let running: Vec<_> = lib.dialogs.keys().map(|id| scope.spawn(move || explored(lib, id))).collect();
        running.into_iter().map(|each| each.join().unwrap()).collect()
    });
    let mut wrong = Vec::new();
    for found in &explored {
        let id = &found.dialog;
        wrong.extend(found.findings().into_iter().map(|finding| format!("{id}: {finding}")));
        // Where the run stopped early, what it reached is enough here, so anything missed is a finding as well.
        wrong.extend(found.missed_steps.iter().map(|step| format!("{id}: `{step}` is not reached")));
        let bounds = lib.dialogs[id].bounds;
        let (shortest, longest) = (found.shortest.unwrap(), found.longest.unwrap());
        assert!(bounds.shortest <= shortest && shortest <= longest && longest <= bounds.longest, "{id}");
        // Not complete with states to spare: the facts have more combinations than are tried together.
        let is_cut = !found.is_complete && found.states >= size().states;
        if is_cut && size().states != Size::QUICK.states {
            println!("{id} has more than {} states", found.states);
        }
        // Bounds take every branch on its own; two that hang on one fact are not always both at their shortest.
        let is_alone = lib.dialogs[id].facts.is_empty() && lib.dialogs[id].params.is_empty();
        if found.is_complete && is_alone {
            assert_eq!(shortest, bounds.shortest, "{id}: the proven least is found");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dialogs_of_every_verb_and_kind_are_sound() {
    for (lib, id) in [(&*RICH_LIBRARY, "rich"), (&RICH_LIBRARY, "safety"), (&TANGLE_LIBRARY, "tangle")] {
        let found = explore(lib, id, &size()).unwrap();
        assert!(found.findings().is_empty(), "{id}: {:#?}", found.findings());
        assert_eq!((found.missed_steps, found.missed_arms, found.idle_checks), (vec![], vec![], vec![]), "{id}");
    }
}

fn findings(body: &str) -> Vec<String> {
    let found = explore(&small(body), "small", &Size::QUICK).unwrap();
    assert!(found.is_complete);
    found.findings()
}

const SLEEP: &str = "[[step]]\nid = \"sleep\"\nask = \"number\"\ntext = \"Hours?\"\nmin = 0\nmax = 24\n";

#[test]
fn a_planted_dead_end_is_found() {
    let check = "check = [{ fail = \"it * 2 > 0 or it + 1 < 2\", say = \"No.\" }]\n";
    let found = findings(&format!("{SLEEP}{check}[[step]]\nid = \"bye\"\nsay = \"Bye.\""));
    assert!(found.iter().any(|each| each.contains("no answer at `small/sleep` leads to an end")), "{found:#?}");
    assert!(found.iter().any(|each| each.contains("the step `bye` is never reached")), "{found:#?}");
    assert_eq!(findings(&format!("{SLEEP}[[step]]\nid = \"bye\"\nsay = \"Bye.\"")), Vec::<String>::new());
}

#[test]
fn a_planted_arm_and_step_that_nothing_reaches_are_found() {
    let arms = "[[step]]\nid = \"path\"\nbranch = [{ when = \"abs(sleep) < 0\", do = \"odd\" }, { else = true, do = \"usual\" }]\n\
                [[part.odd]]\nid = \"odd_words\"\nsay = \"Odd.\"\n[[part.usual]]\nid = \"usual_words\"\nsay = \"Usual.\"\n";
    let found = findings(&format!("{SLEEP}{arms}"));
    assert_eq!(found, ["the step `odd_words` is never reached", "arm 1 of `path` is never taken"]);
}

/// A word of another question is no class of an argument, so that the arguments can all be tried together.
#[test]
fn a_step_that_takes_four_arguments_together_is_reached() {
    let param = |name: &str| format!("{name} = {{ type = \"bool\", or = false }}\n");
    let params =
        format!("[params]\nmode = {{ type = \"key\", or = \"none\" }}\n{}{}{}", param("a"), param("b"), param("c"));
    let option = |key: char| format!("{{ key = \"{key}\", label = \"Way {key}\" }}, ");
    let options: String = ('d'..='k').map(option).collect();
    let arm = |key: char| format!("{{ when = \"way == '{key}'\", do = \"said\" }}, ");
    let arms: String = ('d'..='j').map(arm).collect();
    let body = format!(
        "{params}[[step]]\nid = \"way\"\nask = \"choice\"\ntext = \"Which?\"\noptions = [{options}]\n\
         [[step]]\nid = \"path\"\nbranch = [{arms}{{ else = true, do = \"said\" }}]\n\
         [[part.said]]\nid = \"words\"\nsay = \"So.\"\n\
         [[step]]\nid = \"rare\"\nwhen = \"mode == 'on' and a and b and c\"\nsay = \"All of it.\"\n"
    );
    assert_eq!(findings(&body), Vec::<String>::new());
}

#[test]
fn a_planted_check_that_refuses_nothing_is_found() {
    let check = "check = [{ fail = \"abs(it) < 0\", say = \"No.\" }]\n";
    assert_eq!(findings(&format!("{SLEEP}{check}")), ["check 1 of `sleep` never refuses an answer"]);
}

#[test]
fn an_exploration_that_stops_early_says_so() {
    let few = Size { states: 3, ..Size::QUICK };
    let found = explore(&RICH_LIBRARY, "rich", &few).unwrap();
    assert!(!found.is_complete && found.findings().is_empty(), "{:#?}", found.findings());
    assert!(!found.missed_steps.is_empty());
    assert!(explore(&RICH_LIBRARY, "nosuch", &few).is_none());
}
