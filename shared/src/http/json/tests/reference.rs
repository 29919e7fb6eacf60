use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The skeleton of a JSON text as `serde_json` reads it. Repeated members are kept, so that repeats show.
#[derive(Debug)]
pub(super) enum Shape {
    Leaf,
    Array(Vec<Shape>),
    Object(Vec<(String, Shape)>),
}

impl Shape {
    pub(super) fn levels(&self) -> usize {
        match self {
            Self::Leaf => 0,
            Self::Array(items) => 1 + items.iter().map(Self::levels).max().unwrap_or(0),
            Self::Object(members) => {
                1 + members.iter().map(|(_, member)| member.levels()).max().unwrap_or(0)
            }
        }
    }

    pub(super) fn repeats(&self) -> bool {
        match self {
            Self::Leaf => false,
            Self::Array(items) => items.iter().any(Self::repeats),
            Self::Object(members) => {
                let names: std::collections::BTreeSet<_> =
                    members.iter().map(|(name, _)| name).collect();
                names.len() < members.len() || members.iter().any(|(_, member)| member.repeats())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Shape::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Shape, A::Error> {
        let mut all = Vec::new();
        while let Some(name) = members.next_key()? {
            all.push((name, members.next_value()?));
        }
        Ok(Shape::Object(all))
    }
}
