//! The format of a dialog as a JSON Schema, for editors that complete and check TOML. Keys and words come from the
//! tables that the loader reads with; what hangs on more than one place (names, types, ways) only the loader sees.

use serde_json::{Map, Value, json};

use super::{ask, dialog, step};
use crate::domain::limits::{BEATS_MAX, LABEL_CHARS_MAX, LIST_ITEMS_MAX, OPTIONS_MAX, ROUNDS_MAX, USER_TEXT_CHARS_MAX};
use crate::domain::person::{PROFILE_FACTS, SERVICE_FACTS};

/// The schema, in the draft that editors of TOML read.
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A dialog of Mendwell",
        "type": "object",
        "properties": properties(dialog::KEYS, head),
        "required": ["format", "id", "title", "step"],
        "additionalProperties": false,
        "definitions": {
            "name": { "type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}$" },
            "key": { "type": "string", "pattern": "^[a-z0-9_-]{1,60}$" },
            "words": { "type": ["string", "array"], "items": { "type": "string" } },
            "expression": {
                "description": "An expression in quotes; a plain number or truth value is one too.",
                "type": ["string", "number", "boolean"],
            },
            "expressions": { "type": "object", "additionalProperties": { "$ref": "#/definitions/expression" } },
            "text": { "description": "Braces hold an expression.", "type": "string", "pattern": "\\S" },
            "texts": { "anyOf": [
                { "$ref": "#/definitions/text" },
                { "type": "array", "items": { "$ref": "#/definitions/text" }, "minItems": 1 },
            ] },
            "label": { "type": "string", "pattern": "\\S", "maxLength": LABEL_CHARS_MAX },
            "duration": { "type": "string", "pattern": "^[0-9]+[smhd]$" },
            "steps": { "type": "array", "minItems": 1, "items": { "$ref": "#/definitions/step" } },
            "step": { "oneOf": every_step() },
        },
    })
}

/// One schema for each verb, and for each kind of question.
fn every_step() -> Vec<Value> {
    let verbs = step::VERBS.iter().filter(|(verb, _)| *verb != "ask");
    let of_verbs = verbs.map(|(verb, keys)| {
        let known: Vec<&str> = step::COMMON.iter().chain(std::iter::once(verb)).chain(*keys).copied().collect();
        object(properties(&known, |key| of_step(verb, key)), &["id", verb])
    });
    let of_kinds = ask::KINDS.iter().map(|(kind, keys)| {
        let known: Vec<&str> = ask::COMMON.iter().chain(*keys).copied().collect();
        let needed: &[&str] = match *kind {
            "choice" | "many" => &["id", "ask", "text", "options"],
            "scale" => &["id", "ask", "text", "min", "max"],
            _ => &["id", "ask", "text"],
        };
        let of = |key: &str| if key == "ask" { json!({ "const": kind }) } else { of_question(kind, key) };
        object(properties(&known, of), needed)
    });
    of_verbs.chain(of_kinds).collect()
}

fn properties(keys: &[&str], of: impl Fn(&str) -> Value) -> Map<String, Value> {
    keys.iter().map(|key| ((*key).to_owned(), of(key))).collect()
}

fn object(properties: Map<String, Value>, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

fn whole(from: usize, to: usize) -> Value {
    json!({ "type": "integer", "minimum": from, "maximum": to })
}

/// `{ name = … }` with names of any number.
fn named(each: Value) -> Value {
    json!({ "type": "object", "additionalProperties": each })
}

fn head(key: &str) -> Value {
    let values = json!({ "type": ["string", "number", "boolean"] });
    let kinds: Vec<&str> = dialog::KINDS.iter().map(|(word, _)| *word).collect();
    match key {
        "format" => json!({ "const": 1 }),
        "id" => {
            json!({ "description": "The file's name without .toml.", "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,59}$" })
        }
        "was" | "tags" | "asks" => reference("words"),
        "guide" => json!({ "type": ["string", "array"], "items": { "type": "string", "pattern": "^P[0-9]+$" } }),
        "title" | "summary" => reference("text"),
        "role" => json!({ "enum": ["exercise", "safety"] }),
        "limits" => {
            let mut known = Map::from_iter(["idle", "keep"].map(|key| (key.to_owned(), reference("duration"))));
            known.insert("on_expire".to_owned(), json!({ "enum": ["discard", "save_partial"] }));
            object(known, &[])
        }
        "facts" => {
            let fact = json!({ "type": "object", "properties": { "type": { "enum": kinds }, "or": values }, "additionalProperties": false });
            let facts = PROFILE_FACTS.iter().chain(SERVICE_FACTS).map(|(name, _)| (String::from(*name), fact.clone()));
            object(facts.collect(), &[])
        }
        "params" => named(json!({
            "type": "object",
            "properties": { "type": { "enum": kinds }, "min": { "type": "number" }, "max": { "type": "number" }, "or": values },
            "required": ["type"],
            "additionalProperties": false,
        })),
        "defaults" => {
            let known = json!({ "retries": whole(1, 10), "on_give_up": { "enum": ["park", "stop"] } });
            object(known.as_object().cloned().unwrap_or_default(), &[])
        }
        "step" => reference("steps"),
        "part" => named(reference("steps")),
        "snippet" => named(json!({
            "type": "object",
            "properties": { "for": reference("expression"), "text": reference("text") },
            "required": ["for", "text"],
            "additionalProperties": false,
        })),
        _ => json!({ "type": "string" }),
    }
}

/// What a step has under a key of its verb.
fn of_step(verb: &str, key: &str) -> Value {
    match (verb, key) {
        (_, "id") => reference("name"),
        (_, "was") => reference("words"),
        ("say", "say") => reference("texts"),
        (_, "set" | "with" | "fields") => reference("expressions"),
        ("branch", "branch") => json!({ "type": "array", "minItems": 1, "items": {
            "type": "object",
            "properties": { "when": reference("expression"), "else": { "const": true }, "do": { "type": "string" } },
            "oneOf": [{ "required": ["when"] }, { "required": ["else"] }],
            "additionalProperties": false,
        } }),
        ("repeat", "repeat") => json!({
            "type": "object",
            "properties": { "do": { "type": "string" }, "until": reference("expression"), "max": whole(1, ROUNDS_MAX as usize) },
            "required": ["do", "until", "max"],
            "additionalProperties": false,
        }),
        ("pace", "pace") => json!({ "type": "array", "minItems": 1, "maxItems": BEATS_MAX, "items": {
            "type": "object",
            "properties": { "say": reference("text"), "for": { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?s$" } },
            "required": ["say", "for"],
            "additionalProperties": false,
        } }),
        ("pace", "enough") => reference("label"),
        ("save", "save") => json!({ "enum": ["journal", "profile", "measures"] }),
        ("schedule", "when_busy") => json!({ "enum": ["queue", "skip"] }),
        ("schedule", "expires") => reference("duration"),
        ("schedule", "drop") => json!({ "const": true }),
        ("stop", "stop") => json!({ "enum": ["dialog", "all"] }),
        (_, "when" | "vary" | "rounds" | "due" | "outcome") | ("each", "each") => reference("expression"),
        ("save", "title" | "body") | ("goal", "goal") => reference("text"),
        _ => json!({ "type": "string" }),
    }
}

/// What a question has under a key.
fn of_question(kind: &str, key: &str) -> Value {
    let range = |from: usize, to: usize| {
        json!({
            "type": "object",
            "properties": { "min": whole(0, to), "max": whole(from, to) },
            "additionalProperties": false,
        })
    };
    match (kind, key) {
        (_, "id" | "was" | "when" | "vary") => of_step("ask", key),
        (_, "text") => reference("texts"),
        (_, "why" | "retry") => reference("text"),
        (_, "optional" | "whole") => json!({ "type": "boolean" }),
        (_, "check") => json!({ "type": "array", "items": {
            "type": "object",
            "properties": { "fail": reference("expression"), "say": reference("text") },
            "required": ["fail", "say"],
            "additionalProperties": false,
        } }),
        (_, "options") => json!({ "type": "array", "minItems": 1, "maxItems": OPTIONS_MAX, "items": {
            "type": "object",
            "properties": { "key": reference("key"), "label": reference("label"), "also": reference("words") },
            "required": ["key", "label"],
            "additionalProperties": false,
        } }),
        (_, "done") => reference("label"),
        ("scale", "min" | "max") => json!({ "type": "integer", "minimum": -1_000, "maximum": 1_000 }),
        ("scale", "labels") => named(reference("label")),
        ("number", "min" | "max") => json!({ "type": "number" }),
        ("many", "choose") => range(1, OPTIONS_MAX),
        ("text", "chars") => range(1, USER_TEXT_CHARS_MAX),
        ("list", "items") => json!({
            "type": "object",
            "properties": {
                "min": whole(0, LIST_ITEMS_MAX),
                "max": whole(1, LIST_ITEMS_MAX),
                "chars": whole(1, USER_TEXT_CHARS_MAX),
            },
            "additionalProperties": false,
        }),
        _ => json!({ "type": "string" }),
    }
}
