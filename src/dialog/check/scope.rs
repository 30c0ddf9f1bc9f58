//! The state of a walk through a dialog: what is known at the present step.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use super::formula::{Condition, Formula, always, and, can_be_true, implies, is_small, not, or, variables};
use super::places::Places;
use super::references::Signatures;
use super::types::{Binding, Known, Type};
use crate::dialog::bounds::LeastItems;
use crate::dialog::diagnostic::{Code, Sink};
use crate::dialog::expression::print;
use crate::dialog::model::{Dialog, Expr, Node};

/// Nodes of one condition at most: conditions that build on each other grow fast.
const NODES_MAX: usize = 300;

/// Everything that is known at one step of one dialog.
pub(super) struct Scope<'d, 's, 'a> {
    pub(super) dialog: &'d Dialog,
    pub(super) places: &'d Places<'d>,
    pub(super) signatures: &'d Signatures,
    pub(super) broken_names: &'d BTreeSet<String>,
    pub(super) sink: &'s mut Sink<'a>,
    /// Names that have been given a value on some path.
    pub(super) names: BTreeMap<String, Binding>,
    /// What holds on the way to here.
    pub(super) path: Condition,
    /// The dialog was not stopped before.
    pub(super) alive: Condition,
    /// What always holds: checks that answers have passed.
    pub(super) laws: Vec<Condition>,
    /// Number of values of each variable.
    pub(super) sizes: Vec<u32>,
    atoms: HashMap<String, u32>,
    versions: u32,
    /// Names that anything has read.
    pub(super) used: BTreeSet<String>,
    /// Names that the dialog gives somewhere.
    pub(super) given: BTreeSet<&'d str>,
    /// Where the text at hand stands.
    pub(super) text_at: Range<usize>,
    /// Loops around the present step.
    pub(super) loops: u32,
    /// Steps walked so far, part by part and use by use.
    pub(super) walked: usize,
    /// The least and most items of each loop.
    pub(super) least: LeastItems,
    pub(super) most: LeastItems,
}

impl<'d, 's, 'a> Scope<'d, 's, 'a> {
    pub(super) fn new(
        dialog: &'d Dialog,
        places: &'d Places<'d>,
        signatures: &'d Signatures,
        broken_names: &'d BTreeSet<String>,
        sink: &'s mut Sink<'a>,
    ) -> Self {
        Self {
            dialog,
            places,
            signatures,
            broken_names,
            sink,
            names: BTreeMap::new(),
            path: always(),
            alive: always(),
            laws: Vec::new(),
            sizes: Vec::new(),
            atoms: HashMap::new(),
            versions: 0,
            used: BTreeSet::new(),
            given: super::flow::names_given(dialog),
            text_at: 0..0,
            loops: 0,
            walked: 0,
            least: LeastItems::new(),
            most: LeastItems::new(),
        }
    }

    /// What holds here.
    pub(super) fn here(&self) -> Condition {
        and([self.path.clone(), self.alive.clone()])
    }

    pub(super) fn variable(&mut self, size: u32) -> u32 {
        self.sizes.push(size);
        u32::try_from(self.sizes.len() - 1).unwrap_or(u32::MAX)
    }

    /// A condition about which nothing is known.
    pub(super) fn opaque(&mut self) -> Condition {
        Rc::new(Formula::In(self.variable(2), 0b10))
    }

    /// The condition that an expression names: the same for the same expression over the same values.
    pub(super) fn atom(&mut self, what: &str, expr: &Expr) -> Condition {
        let Some(named) = self.versioned(expr) else { return self.opaque() };
        let key = format!("{what} {}", print(&named));
        let variable = match self.atoms.get(&key) {
            Some(variable) => *variable,
            None => {
                let variable = self.variable(2);
                self.atoms.insert(key, variable);
                variable
            }
        };
        Rc::new(Formula::In(variable, 0b10))
    }

    /// The expression with the versions of its names; `None` when its value changes by itself.
    fn versioned(&self, expr: &Expr) -> Option<Expr> {
        use crate::dialog::model::Function;
        let of = |inner: &Expr| self.versioned(inner).map(Box::new);
        let node = match &expr.node {
            Node::Value(value) => Node::Value(value.clone()),
            Node::Name(name) => match self.names.get(name) {
                Some(binding) => Node::Name(format!("#{}", binding.version)),
                None => Node::Name(name.clone()),
            },
            Node::Field(inner, field) => Node::Field(of(inner)?, field.clone()),
            Node::Not(inner) => Node::Not(of(inner)?),
            Node::Negate(inner) => Node::Negate(of(inner)?),
            Node::Binary(operator, left, right) => Node::Binary(*operator, of(left)?, of(right)?),
            Node::IsSet(inner) => Node::IsSet(of(inner)?),
            Node::OrElse(left, right) => Node::OrElse(of(left)?, of(right)?),
            Node::Call(Function::Today | Function::Hour | Function::TimeIn, _) => return None,
            Node::Call(function, arguments) => {
                let arguments: Option<Vec<Expr>> = arguments.iter().map(|each| self.versioned(each)).collect();
                Node::Call(*function, arguments?)
            }
            Node::Over(over, list, condition) => Node::Over(*over, of(list)?, of(condition)?),
        };
        Some(Expr { node, span: 0..0 })
    }

    pub(super) fn binding(&mut self, kind: Type, present: Condition, value: Known) -> Binding {
        self.versions += 1;
        Binding { kind, present, value, version: self.versions }
    }

    /// Gives a name a value here; on other paths it keeps what it had.
    pub(super) fn bind(&mut self, name: &str, kind: Type, present: Condition, value: Known) {
        // Whatever runs later was not stopped before, so the path alone says when there is a value.
        let here = self.path.clone();
        let present = and([here.clone(), self.small(present)]);
        let value = self.small_value(value);
        let new = match self.names.remove(name) {
            None => self.binding(kind, present, value),
            Some(old) => {
                let other = not(&here);
                let value = self.small_value(Known::Either(vec![(here, value), (other.clone(), old.value)]));
                let present = self.small(or([present, and([other, old.present])]));
                self.binding(kind.join(old.kind), present, value)
            }
        };
        self.names.insert(name.to_owned(), new);
    }

    /// The condition, or one about which nothing is known in place of one too large to reason about.
    pub(super) fn small(&mut self, condition: Condition) -> Condition {
        if is_small(&condition, &mut NODES_MAX.clone()) { condition } else { self.opaque() }
    }

    fn small_value(&mut self, value: Known) -> Known {
        let size = value.when(&|_| true).or_else(|| value.truth());
        if size.is_some_and(|size| !is_small(&size, &mut NODES_MAX.clone())) { Known::Nothing } else { value }
    }

    /// Whether a condition surely holds where another does. Not known counts as no.
    pub(super) fn proves(&self, given: &Condition, wanted: &Condition) -> bool {
        if implies(given, wanted, &self.sizes) == Some(true) {
            return true;
        }
        let with_laws = self.with_laws(given, wanted);
        implies(&with_laws, wanted, &self.sizes) == Some(true)
    }

    /// Whether a condition surely never holds.
    pub(super) fn refutes(&self, condition: &Condition) -> bool {
        let with_laws = self.with_laws(condition, condition);
        can_be_true(&with_laws, &self.sizes) == Some(false)
    }

    /// The laws that speak of the same variables, with the condition.
    fn with_laws(&self, given: &Condition, about: &Condition) -> Condition {
        let mut spoken = BTreeMap::new();
        variables(given, &mut spoken);
        variables(about, &mut spoken);
        let related = self.laws.iter().filter(|law| {
            let mut own = BTreeMap::new();
            variables(law, &mut own);
            own.keys().any(|variable| spoken.contains_key(variable))
        });
        and(std::iter::once(given.clone()).chain(related.cloned()))
    }

    pub(super) fn error(&mut self, code: Code, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.sink.push(code, span, message, help);
    }
}
