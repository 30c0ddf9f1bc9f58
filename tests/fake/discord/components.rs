//! Buttons and selects under a message, and the fields of a modal: read from what the bot has sent.

use serde_json::{Map, Value, json};

use super::interactions::Setting;

pub(super) const ROW: u64 = 1;
pub(super) const BUTTON: u64 = 2;
pub(super) const SELECT: u64 = 3;
pub(super) const INPUT: u64 = 4;
pub(super) const ROLES: u64 = 6;
pub(super) const LABEL: u64 = 18;

/// What stands in a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Component {
    /// To be pressed.
    Button(Button),
    /// To be chosen from.
    Select(Select),
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Button {
    /// Its label.
    pub(crate) label: String,
    /// What a press sends.
    pub(crate) custom_id: Option<String>,
    /// What a press opens.
    pub(crate) url: Option<String>,
    /// 1 to 5: blurple, grey, green, red, a link.
    pub(crate) style: u64,
    /// A sign before the label.
    pub(crate) emoji: Option<String>,
    /// It cannot be pressed.
    pub(crate) is_disabled: bool,
}

/// A list of options under a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Select {
    /// What a choice sends along.
    pub(crate) custom_id: String,
    /// What stands in it before a choice.
    pub(crate) placeholder: String,
    /// In the order in which they are shown.
    pub(crate) options: Vec<SelectOption>,
    /// Its options are the roles of the server, which the app knows.
    pub(crate) is_of_roles: bool,
    /// How few may be chosen.
    pub(crate) min_values: usize,
    /// How many may be chosen.
    pub(crate) max_values: usize,
    /// It cannot be opened.
    pub(crate) is_disabled: bool,
}

/// One option of a select.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SelectOption {
    /// As it is read.
    pub(crate) label: String,
    /// What a choice sends.
    pub(crate) value: String,
    /// Under the label.
    pub(crate) description: String,
    /// It is chosen already.
    pub(crate) is_default: bool,
}

/// A form that stands open before a person.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Modal {
    /// What sending it off sends along.
    pub(crate) custom_id: String,
    /// Above it.
    pub(crate) title: String,
    /// Its fields.
    pub(crate) inputs: Vec<Input>,
    /// False after it was sent off or closed.
    pub(crate) is_open: bool,
    pub(super) components: Value,
    /// The message with the button that has opened it.
    pub(super) source: Option<u64>,
    pub(super) channel: u64,
    pub(super) setting: Setting,
}

/// A field of a modal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Input {
    /// What its text is sent as.
    pub(crate) custom_id: String,
    /// Above it.
    pub(crate) label: String,
    /// What stands in it while it is empty.
    pub(crate) placeholder: String,
    /// What stands in it at first.
    pub(crate) value: String,
    /// It has more than one line.
    pub(crate) is_paragraph: bool,
    /// It may not stay empty.
    pub(crate) is_required: bool,
    /// In characters.
    pub(crate) min_length: usize,
    /// In characters.
    pub(crate) max_length: usize,
}

impl Component {
    pub(crate) fn button(&self) -> Option<&Button> {
        match self {
            Self::Button(button) => Some(button),
            Self::Select(_) => None,
        }
    }

    pub(crate) fn select(&self) -> Option<&Select> {
        match self {
            Self::Button(_) => None,
            Self::Select(select) => Some(select),
        }
    }
}

impl Modal {
    pub(super) fn of(data: &Value, channel: u64, setting: Setting, source: Option<u64>) -> Self {
        let inputs = items(&data["components"]).iter().flat_map(|part| match kind(part) {
            LABEL => vec![Input::of(&part["component"], text(part, "label"))],
            ROW => items(&part["components"]).iter().map(|input| Input::of(input, text(input, "label"))).collect(),
            _ => Vec::new(),
        });
        Self {
            custom_id: text(data, "custom_id"),
            title: text(data, "title"),
            inputs: inputs.collect(),
            is_open: true,
            components: data["components"].clone(),
            source,
            channel,
            setting,
        }
    }

    /// What a person sends off who has written this into the fields, one after the other.
    pub(super) fn filled(&self, texts: &[&str]) -> Value {
        let (mut texts, mut id) = (texts.iter(), 0);
        let mut next_id = || {
            id += 1;
            id
        };
        let mut fill = |input: &Value, id: u64| json!({"type": INPUT, "id": id, "custom_id": input["custom_id"], "value": texts.next().unwrap_or(&"")});
        let parts = items(&self.components).iter().map(|part| match kind(part) {
            LABEL => json!({"type": LABEL, "id": next_id(), "component": fill(&part["component"], next_id())}),
            ROW => {
                let row = next_id();
                let inputs: Vec<Value> = items(&part["components"]).iter().map(|i| fill(i, next_id())).collect();
                json!({"type": ROW, "id": row, "components": inputs})
            }
            other => json!({"type": other, "id": next_id()}),
        });
        parts.collect()
    }
}

impl Input {
    fn of(input: &Value, label: String) -> Self {
        let length = |field: &str| input[field].as_u64().and_then(|length| usize::try_from(length).ok());
        Self {
            custom_id: text(input, "custom_id"),
            label,
            placeholder: text(input, "placeholder"),
            value: text(input, "value"),
            is_paragraph: input["style"] == 2,
            is_required: input["required"] != false,
            min_length: length("min_length").unwrap_or(0),
            max_length: length("max_length").unwrap_or(4_000),
        }
    }
}

/// The rows of a message as the platform writes them: numbered, without nulls, with what is taken for granted.
pub(super) fn written(given: &Value) -> Value {
    let mut id = 0;
    items(given).iter().map(|row| written_component(row, &mut id)).collect()
}

/// The rows as a test reads them.
pub(super) fn rows(components: &Value) -> Vec<Vec<Component>> {
    let row = |row: &Value| items(&row["components"]).iter().filter_map(component).collect();
    items(components).iter().map(row).collect()
}

pub(super) fn kind(component: &Value) -> u64 {
    component["type"].as_u64().unwrap_or(0)
}

pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or("").to_owned()
}

fn written_component(given: &Value, id: &mut u64) -> Value {
    *id += 1;
    let mut fields = without_nulls(given);
    fields.entry("id").or_insert_with(|| json!(*id));
    fields.remove("required");
    if kind(given) == ROW {
        let inner = items(&given["components"]).iter().map(|inner| written_component(inner, id)).collect();
        fields.insert("components".to_owned(), inner);
    }
    if [SELECT, ROLES].contains(&kind(given)) {
        for field in ["min_values", "max_values"] {
            fields.entry(field).or_insert(json!(1));
        }
    }
    if kind(given) == SELECT {
        let options = items(&given["options"]).iter().map(|option| Value::Object(without_nulls(option))).collect();
        fields.insert("options".to_owned(), options);
    }
    Value::Object(fields)
}

fn without_nulls(value: &Value) -> Map<String, Value> {
    let fields = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    fields
        .map(|(name, value)| match name.as_str() {
            "emoji" => (name.clone(), Value::Object(without_nulls(value))),
            _ => (name.clone(), value.clone()),
        })
        .collect()
}

fn component(given: &Value) -> Option<Component> {
    let is_disabled = given["disabled"] == true;
    let count = |field: &str| given[field].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
    match kind(given) {
        BUTTON => Some(Component::Button(Button {
            label: text(given, "label"),
            custom_id: given["custom_id"].as_str().map(str::to_owned),
            url: given["url"].as_str().map(str::to_owned),
            style: given["style"].as_u64().unwrap_or(0),
            emoji: given["emoji"]["name"].as_str().map(str::to_owned),
            is_disabled,
        })),
        SELECT | ROLES => Some(Component::Select(Select {
            custom_id: text(given, "custom_id"),
            placeholder: text(given, "placeholder"),
            is_of_roles: kind(given) == ROLES,
            options: items(&given["options"]).iter().map(SelectOption::of).collect(),
            min_values: count("min_values"),
            max_values: count("max_values"),
            is_disabled,
        })),
        _ => None,
    }
}

impl SelectOption {
    fn of(option: &Value) -> Self {
        Self {
            label: text(option, "label"),
            value: text(option, "value"),
            description: text(option, "description"),
            is_default: option["default"] == true,
        }
    }
}
