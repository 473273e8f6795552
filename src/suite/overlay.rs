//! `given`: facts laid over facts.

use crate::yaml::{Key, Value, Yaml};

/// `above` laid over `below`: maps are merged deeply, `null` takes away, everything else replaces.
#[must_use]
pub(super) fn overlay(below: &Yaml, above: &Yaml) -> Yaml {
    match (&below.value, &above.value) {
        (Value::Map(old), Value::Map(new)) => Yaml {
            span: above.span,
            value: Value::Map(merge(old, new)),
        },
        (_, Value::Map(new)) => Yaml {
            span: above.span,
            value: Value::Map(merge(&[], new)),
        },
        _ => above.clone(),
    }
}

fn merge(old: &[(Key, Yaml)], new: &[(Key, Yaml)]) -> Vec<(Key, Yaml)> {
    let mut merged: Vec<(Key, Yaml)> = old.to_vec();
    for (key, value) in new {
        let at = merged.iter().position(|(known, _)| known.text == key.text);
        match (at, &value.value) {
            (Some(at), Value::Null) => {
                merged.remove(at);
            }
            (None, Value::Null) => {}
            (Some(at), _) => merged[at] = (key.clone(), overlay(&merged[at].1, value)),
            (None, _) => merged.push((
                key.clone(),
                overlay(
                    &Yaml {
                        span: value.span,
                        value: Value::Null,
                    },
                    value,
                ),
            )),
        }
    }
    merged
}
