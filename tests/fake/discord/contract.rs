//! Holds every request, and on demand every answer, against the published contract, with no field beside it.
//! `contract.json` is the OpenAPI document of the platform; what it cannot say is left to `limits`.

use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::ledger::Breach;
use super::route::{ROUTES, Route};

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("contract.json")).expect("the contract is JSON"));

/// Compiled once for all servers of a process, each when first needed.
static BODIES: LazyLock<Lazy> = LazyLock::new(lazy);
static QUERIES: LazyLock<Lazy> = LazyLock::new(lazy);
static ANSWERS: LazyLock<Lazy> = LazyLock::new(lazy);
static REFUSAL: LazyLock<Validator> = LazyLock::new(|| compile(json!({"$ref": "#/components/schemas/ErrorResponse"})));
static TOO_MANY: LazyLock<Validator> =
    LazyLock::new(|| compile(json!({"$ref": "#/components/schemas/RatelimitedResponse"})));

type Lazy = Vec<OnceLock<Option<Validator>>>;

/// Others are made of it, so that its own fields are not all there are.
const OPEN: &str = "Error";

/// Adds what is wrong with a body and a query.
pub(super) fn check(route: Route, query: &[(String, String)], body: &Value, breaches: &mut Vec<Breach>) {
    let validator = QUERIES[route as usize].get_or_init(|| Some(compile(query_schema(route))));
    let typed = typed(query);
    for error in validator.iter().flat_map(|validator| validator.iter_errors(&typed)) {
        let (what, pointer) = words(&error);
        breaches.push(Breach::of(route, what, format!("?{}", pointer.trim_start_matches('/'))));
    }
    let validator = BODIES[route as usize].get_or_init(|| body_schema(route).map(compile));
    match validator {
        None if body.is_null() => {}
        None => breaches.push(Breach::of(route, "there is to be no body", "")),
        Some(validator) => {
            let pruned = (route == Route::PutCommands).then(|| pruned(body));
            for error in validator.iter_errors(pruned.as_ref().unwrap_or(body)) {
                let (what, pointer) = words(&error);
                breaches.push(Breach::of(route, what, pointer));
            }
        }
    }
}

/// What is wrong with an answer of the fake itself.
pub(super) fn check_answer(route: Route, status: u16, body: &str) -> Option<String> {
    if status == 204 {
        return (operation(route)["responses"].get("204").is_none() || !body.is_empty())
            .then(|| "no answer without content is published".to_owned());
    }
    let body: Value = serde_json::from_str(body).ok()?;
    let answers = &ANSWERS[route as usize];
    let validator = match status {
        200 | 201 => answers.get_or_init(|| answer_schema(route).map(compile)).as_ref()?,
        429 => &*TOO_MANY,
        _ => &*REFUSAL,
    };
    validator.iter_errors(&body).next().map(|error| {
        let (what, pointer) = words(&error);
        format!("{pointer}: {what}")
    })
}

/// Whether an app can be set to this language.
pub(super) fn has_locale(name: &str) -> bool {
    let known = CONTRACT["components"]["schemas"]["AvailableLocalesEnum"]["oneOf"].as_array();
    known.is_some_and(|known| known.iter().any(|locale| locale["const"] == name))
}

fn lazy() -> Lazy {
    ROUTES.iter().map(|_| OnceLock::new()).collect()
}

fn operation(route: Route) -> &'static Value {
    &CONTRACT["paths"][route.template()][route.method().to_lowercase()]
}

fn body_schema(route: Route) -> Option<Value> {
    operation(route)["requestBody"]["content"]["application/json"].get("schema").cloned()
}

fn answer_schema(route: Route) -> Option<Value> {
    let answers = &operation(route)["responses"];
    let answer = answers.get("200").unwrap_or(&answers["201"]);
    answer["content"]["application/json"].get("schema").cloned()
}

fn query_schema(route: Route) -> Value {
    let parameters = operation(route)["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let named = parameters.iter().filter(|parameter| parameter["in"] == "query");
    let properties: Map<String, Value> = named
        .filter_map(|parameter| Some((parameter["name"].as_str()?.to_owned(), parameter["schema"].clone())))
        .collect();
    json!({"type": "object", "properties": properties})
}

/// A query is text: what reads as a small number or a boolean becomes one; ids stay text.
fn typed(query: &[(String, String)]) -> Value {
    let typed = |text: &str| match text.parse::<i64>() {
        Ok(number) if text.len() < 10 => Value::from(number),
        _ => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
    };
    let is_id = |name: &str| matches!(name, "after" | "around" | "before" | "thread_id");
    let value = |name: &str, text: &str| if is_id(name) { Value::from(text) } else { typed(text) };
    query.iter().map(|(name, text)| (name.clone(), value(name, text))).collect::<Map<_, _>>().into()
}

/// With only those definitions that the schema reaches, and with every object closed.
fn compile(mut schema: Value) -> Validator {
    let mut wanted = BTreeSet::new();
    references(&schema, &mut wanted);
    let mut definitions = Map::new();
    while let Some(name) = wanted.iter().find(|name| !definitions.contains_key(*name)).cloned() {
        let mut definition = CONTRACT["components"]["schemas"][&name].clone();
        references(&definition, &mut wanted);
        if name != OPEN {
            close(&mut definition);
        }
        definitions.insert(name, definition);
    }
    close(&mut schema);
    schema["components"] = json!({"schemas": definitions});
    jsonschema::draft202012::options().build(&schema).expect("the contract's schemas are valid")
}

fn references(schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(fields) = schema.as_object() {
        let name = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        found.extend(name.map(str::to_owned));
        fields.values().for_each(|field| references(field, found));
    }
    schema.as_array().into_iter().flatten().for_each(|item| references(item, found));
}

/// The document leaves its objects open, so that a misspelt field would pass.
fn close(schema: &mut Value) {
    if let Some(fields) = schema.as_object_mut() {
        let is_composed = fields.get("allOf").is_some() && fields.get("type").is_some_and(|kind| kind == "object");
        if is_composed {
            fields.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
            return;
        }
        if fields.get("properties").is_some_and(Value::is_object) {
            fields.entry("additionalProperties").or_insert(Value::Bool(false));
        }
        fields.values_mut().for_each(close);
    } else if let Some(items) = schema.as_array_mut() {
        items.iter_mut().for_each(close);
    }
}

/// Without what says nothing; the document knows not all of it.
fn pruned(value: &Value) -> Value {
    let is_nothing = |value: &Value| {
        value.is_null() || *value == Value::Bool(false) || value.as_array().is_some_and(|items| items.is_empty())
    };
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !is_nothing(value));
            kept.map(|(name, value)| (name.clone(), pruned(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(pruned).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// What is wrong and where; of "fits none of these", what is wrong with the one that fits best.
fn words(error: &ValidationError<'_>) -> (String, String) {
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
    if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } = error.kind() {
        let deepest = |branch: &[ValidationError<'_>]| branch.iter().map(depth).max().unwrap_or(0);
        let is_other = |branch: &[ValidationError<'_>]| {
            branch.iter().any(|error| {
                matches!(error.kind(), ValidationErrorKind::Enum { .. } | ValidationErrorKind::Type { .. })
                    && depth(error) == deepest(branch).min(depth(error))
            })
        };
        let best = context.iter().max_by_key(|branch| (!is_other(branch), deepest(branch), usize::MAX - branch.len()));
        if let Some(nearest) = best.and_then(|branch| branch.iter().max_by_key(|error| depth(error))) {
            return words(nearest);
        }
    }
    (error.masked_with("the value").to_string(), error.instance_path().to_string())
}
