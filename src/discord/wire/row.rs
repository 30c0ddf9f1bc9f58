//! Rows of buttons and lists, as the platform takes them.
//! <https://discord.com/developers/docs/components/reference#action-row>

use std::fmt;

use serde_json::{Value, json};

use crate::discord::wire::SELECT_PLACEHOLDER_UNITS_MAX;
use crate::prose::clean::short;

/// A row under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// One to five buttons.
    Buttons(Vec<Button>),
    /// A list of options.
    List(List),
    /// The platform's own list of a server's roles.
    Roles(RoleList),
}

/// A button. `Debug` shows only lengths: a label may repeat an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it: one line of 1 to 80 characters, never blank.
    pub label: String,
    /// What comes back when it is pressed.
    pub custom_id: String,
    /// Whether it is the one that goes on.
    pub is_main: bool,
}

/// A list of which one option is chosen, or any. `Debug` shows only lengths.
#[derive(Clone, PartialEq, Eq)]
pub struct List {
    /// What comes back with the values of what was chosen.
    pub custom_id: String,
    /// One to 25 options.
    pub options: Vec<ListOption>,
    /// Whether any number of options can be chosen, or else exactly one.
    pub is_many: bool,
    /// Stands there while nothing is chosen, at most 150 characters.
    pub placeholder: &'static str,
}

/// A list of the roles of a server, of which one can be chosen or none.
/// <https://discord.com/developers/docs/components/reference#role-select>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleList {
    /// What comes back with the id of the role.
    pub custom_id: String,
    /// Stands there while nothing is chosen, at most 150 characters.
    pub placeholder: String,
}

/// An option of a list. `Debug` shows only lengths.
#[derive(Clone, PartialEq, Eq)]
pub struct ListOption {
    /// One line of 1 to 100 characters, never blank.
    pub label: String,
    /// What comes back when it is chosen: a token.
    pub value: String,
    /// Whether it is chosen already.
    pub is_chosen: bool,
}

/// The rows as the platform takes them.
pub fn json(rows: &[Row]) -> Value {
    rows.iter().map(|row| json!({ "type": 1, "components": row.json() })).collect()
}

impl Row {
    fn json(&self) -> Value {
        match self {
            Self::Buttons(buttons) => buttons.iter().map(Button::json).collect(),
            Self::List(list) => json!([list.json()]),
            Self::Roles(list) => json!([list.json()]),
        }
    }
}

impl Button {
    /// Blue for the one that goes on, grey for the others.
    fn json(&self) -> Value {
        let style = if self.is_main { 1 } else { 2 };
        json!({ "type": 2, "style": style, "label": self.label, "custom_id": self.custom_id })
    }
}

impl List {
    fn json(&self) -> Value {
        let option = |option: &ListOption| {
            let mut json = json!({ "label": option.label, "value": option.value });
            if option.is_chosen {
                json["default"] = Value::Bool(true);
            }
            json
        };
        let (least, most) = if self.is_many { (0, self.options.len()) } else { (1, 1) };
        json!({
            "type": 3,
            "custom_id": self.custom_id,
            "options": self.options.iter().map(option).collect::<Value>(),
            "min_values": least,
            "max_values": most,
            "placeholder": short(self.placeholder, SELECT_PLACEHOLDER_UNITS_MAX),
        })
    }
}

impl RoleList {
    /// Which role is chosen already is not said: one that was deleted meanwhile would have the message refused.
    fn json(&self) -> Value {
        json!({
            "type": 6,
            "custom_id": self.custom_id,
            "min_values": 0,
            "max_values": 1,
            "placeholder": self.placeholder,
        })
    }
}

impl fmt::Debug for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Button({} chars)", self.label.chars().count())
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("List").field(&self.options).finish()
    }
}

impl fmt::Debug for ListOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ListOption({} chars)", self.label.chars().count())
    }
}
