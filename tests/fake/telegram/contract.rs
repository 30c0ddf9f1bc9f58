//! Holds every request against the published parameters of its method, with no field beside them.
//! `contract.json` is the schema of the Bot API; what is limited after a text is read is left to `limits`.

use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use super::ledger::Breach;
use super::method::{METHODS, Method};

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("contract.json")).expect("the contract is JSON"));

/// Compiled once for all servers of a process, each when first needed.
static VALIDATORS: LazyLock<Vec<OnceLock<Validator>>> =
    LazyLock::new(|| METHODS.iter().map(|_| OnceLock::new()).collect());

/// `limits` knows their length better: after the markup is read, in other units, or in the platform's words.
const LIMITED_ELSEWHERE: &[&str] =
    &["text", "caption", "callback_data", "command", "description", "short_description", "input_field_placeholder"];

/// Whether the published contract has a method of this name.
pub(super) fn has_method(name: &str) -> bool {
    CONTRACT["methods"].as_object().is_some_and(|methods| methods.keys().any(|known| known.eq_ignore_ascii_case(name)))
}

/// What is wrong with these parameters, with the platform's kind of words.
pub(super) fn check(method: Method, params: &Value, breaches: &mut Vec<Breach>) {
    let validator = VALIDATORS[method as usize].get_or_init(|| compile(method));
    for error in validator.iter_errors(params) {
        let (what, pointer) = words(&error);
        breaches.push(Breach::new(method.name(), format!("Bad Request: {what}"), pointer));
    }
}

/// In a form every value is text: makes of it what the contract says it is.
pub(super) fn typed(method: Method, fields: Vec<(String, String)>) -> Map<String, Value> {
    let properties = &params_schema(method)["properties"];
    let typed = |name: &str, text: String| {
        let schema = &properties[name];
        let options = schema["anyOf"].as_array().map_or(std::slice::from_ref(schema), Vec::as_slice);
        let is = |kind: &str| options.iter().any(|option| option["type"] == kind);
        let is_object = options.iter().any(|option| option.get("$ref").is_some());
        let parsed = if is("integer") || is("boolean") || is("array") || is_object {
            serde_json::from_str(&text).ok()
        } else {
            None
        };
        parsed.unwrap_or(Value::String(text))
    };
    fields.into_iter().map(|(name, text)| (name.clone(), typed(&name, text))).collect()
}

fn params_schema(method: Method) -> &'static Value {
    &CONTRACT["methods"][method.name()]["params"]
}

/// With only those definitions that the method reaches: the whole of them would be compiled for each.
fn compile(method: Method) -> Validator {
    let mut schema = params_schema(method).clone();
    let mut wanted = BTreeSet::new();
    references(&schema, &mut wanted);
    let mut definitions = Map::new();
    while let Some(name) = wanted.iter().find(|name| !definitions.contains_key(*name)).cloned() {
        let mut definition = CONTRACT["$defs"][&name].clone();
        references(&definition, &mut wanted);
        unlimit(&mut definition);
        definitions.insert(name, definition);
    }
    unlimit(&mut schema);
    schema["$defs"] = Value::Object(definitions);
    jsonschema::draft202012::options().build(&schema).expect("the contract's schemas are valid")
}

fn references(schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(fields) = schema.as_object() {
        if let Some(name) = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/")) {
            found.insert(name.to_owned());
        }
        fields.values().for_each(|field| references(field, found));
    }
    schema.as_array().into_iter().flatten().for_each(|item| references(item, found));
}

fn unlimit(schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties") else { return };
    for name in LIMITED_ELSEWHERE {
        if let Some(property) = properties.get_mut(*name).and_then(Value::as_object_mut) {
            property.remove("minLength");
            property.remove("maxLength");
        }
    }
}

/// What is wrong and where; of "fits none of these", what is wrong with the one that fits best.
fn words(error: &ValidationError<'_>) -> (String, String) {
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
    if let ValidationErrorKind::AnyOf { context } = error.kind() {
        let deepest = |branch: &[ValidationError<'_>]| branch.iter().map(depth).max().unwrap_or(0);
        let best = context.iter().max_by_key(|branch| (deepest(branch), usize::MAX - branch.len()));
        if let Some(nearest) = best.and_then(|branch| branch.iter().max_by_key(|error| depth(error))) {
            return words(nearest);
        }
    }
    (error.masked_with("the value").to_string(), error.instance_path().to_string())
}
