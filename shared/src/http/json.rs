//! Strict JSON: the rules for any request body, before those of a route.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deep enough for our bodies, which have three levels, and far from overflowing the stack.
pub const LEVELS_MAX: usize = 32;

/// Why a body is not a JSON text that we accept. The messages are constant: a refusal never repeats what was
/// sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the body is empty")]
    Empty,
    #[error("the body is not UTF-8")]
    NotUtf8,
    #[error("the body is not valid JSON")]
    NotJson,
    #[error("the body ends before its JSON value does")]
    Unfinished,
    #[error("the body continues after its JSON value")]
    TrailingCharacters,
    #[error("an object in the body repeats a field")]
    DuplicateMember,
    #[error("the body is nested more than {LEVELS_MAX} levels deep")]
    TooDeep,
}

/// Reads one JSON value. Integers stay exact. A number that fits no integer type becomes a float, which every
/// reader refuses with its pointer and range: such a body is valid JSON with an invalid amount, and not
/// malformed.
pub fn parse(bytes: &[u8]) -> Result<Value, Malformed> {
    let text = std::str::from_utf8(without_mark(bytes)).map_err(|_| Malformed::NotUtf8)?;
    if text.trim_ascii().is_empty() {
        return Err(Malformed::Empty);
    }
    parse_text(text).or_else(|malformed| match with_finite_numbers(text) {
        Some(finite) => parse_text(&finite),
        None => Err(malformed),
    })
}

/// Some programs begin a text with U+FEFF, which marks it as UTF-8 and is not part of it.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The value without members that are `null`, at any level: where a reader accepts `null`, it means that the
/// member was left out.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        Value::Object(members) => {
            let stated = members.iter().filter(|(_, member)| !member.is_null());
            stated.map(|(name, member)| (name.clone(), without_nulls(member))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// The canonical spelling of a value: members sorted by name, no white space. Equal values have equal
/// spellings, so the hash of one identifies a request.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

/// The JSON pointer (RFC 6901) of the member `name` below `parent`.
pub fn pointer(parent: &str, name: &str) -> String {
    let mut pointer = parent.to_owned();
    push_token(&mut pointer, name);
    pointer
}

/// Extends the pointer of an object or array to one of its members or items.
pub(super) fn push_token(pointer: &mut String, name: &str) {
    pointer.push('/');
    for c in name.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

fn parse_text(text: &str) -> Result<Value, Malformed> {
    let refusal = Cell::new(None);
    let seed = Strict { levels_left: LEVELS_MAX, refusal: &refusal };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut deserializer).map_err(|error| {
        refusal.get().unwrap_or(if error.is_eof() {
            Malformed::Unfinished
        } else {
            Malformed::NotJson
        })
    })?;
    deserializer.end().map_err(|_| Malformed::TrailingCharacters)?;
    Ok(value)
}

/// `serde_json` stops at a number beyond the range of a double. Such numbers are rewritten as the largest
/// double, which its reader refuses. `None` if there is no such number.
///
/// One pass over the bytes; those of numbers are read twice.
fn with_finite_numbers(text: &str) -> Option<String> {
    let mut finite = String::new();
    let mut copied = 0;
    let mut number = None;
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        match number {
            None if byte == b'-' || byte.is_ascii_digit() => number = Some(at),
            Some(start) if !goes_on_with(byte) => {
                if text.get(start..at).is_some_and(is_beyond_a_double) {
                    finite.push_str(text.get(copied..start).unwrap_or_default());
                    finite.push_str("1.7976931348623157e308");
                    copied = at;
                }
                number = None;
            }
            None | Some(_) => {}
        }
        in_string = byte == b'"';
    }
    finite.push_str(text.get(copied..).unwrap_or_default());
    (copied > 0).then_some(finite)
}

/// Whether this byte may continue a number.
fn goes_on_with(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')
}

fn is_beyond_a_double(number: &str) -> bool {
    number.parse().is_ok_and(f64::is_infinite) && is_spelled_as_json(number)
}

/// Rust also reads `01` and `1.` as numbers, but JSON does not.
fn is_spelled_as_json(number: &str) -> bool {
    let number = number.strip_prefix('-').unwrap_or(number);
    let whole_ends = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let (whole, rest) = number.split_at(whole_ends);
    let fraction = rest.strip_prefix('.');
    let has_no_lost_zero = whole == "0" || !whole.is_empty() && !whole.starts_with('0');
    has_no_lost_zero
        && fraction.is_none_or(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_canonical(member, text);
            }
            text.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

/// Builds a `Value` as `serde_json` would, but refuses repeated members and excessive nesting. The reason
/// is left in `refusal`, because an error of `serde_json` carries only text.
#[derive(Clone, Copy)]
struct Strict<'a> {
    levels_left: usize,
    refusal: &'a Cell<Option<Malformed>>,
}

impl Strict<'_> {
    fn refuse<E: Error>(&self, malformed: Malformed) -> E {
        self.refusal.set(Some(malformed));
        E::custom(malformed)
    }

    fn one_level_down<E: Error>(&self) -> Result<Self, E> {
        match self.levels_left.checked_sub(1) {
            Some(levels_left) => Ok(Self { levels_left, ..*self }),
            None => Err(self.refuse(Malformed::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.one_level_down()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.one_level_down()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.refuse(Malformed::DuplicateMember));
            }
            object.insert(name, members.next_value_seed(inner)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests;
