//! Values as facts and sentences write them.

use super::names::Names;
use crate::model::value::{DAY, Scalar, Sym, UserId, Value, show_date, show_time};
use crate::model::Model;

impl Names {
    /// A value as text.
    pub(super) fn value(&self, value: Value, model: &Model, of: Scalar) -> String {
        match value {
            Value::Missing | Value::Absent | Value::List(_) => String::new(),
            Value::Bool(it) => it.to_string(),
            Value::Number(it) => it.to_string(),
            Value::Text(sym) => text(sym, model),
            Value::Date(day) => show_date(day),
            Value::Time(second) if second.rem_euclid(DAY) == 0 => {
                format!("{}T00:00Z", show_date(i32::try_from(second / DAY).unwrap_or(0)))
            }
            Value::Time(second) => show_time(second),
            Value::Net(net) => match of {
                Scalar::Ip => net.addr().to_string(),
                _ => net.to_string(),
            },
            Value::Enum(ix) => match of {
                Scalar::Enum(id) => model.enums[id.0 as usize].values[ix as usize].clone(),
                _ => String::new(),
            },
            Value::User(UserId(user)) => self.user(user).to_owned(),
            Value::Group(group) => self.group(group).unwrap_or("").to_owned(),
            Value::Node(node) => self.node(node).to_owned(),
        }
    }
}

/// A string in quotes, or one that the policy does not mention.
fn text(sym: Sym, model: &Model) -> String {
    let known = model.pool.text(sym);
    match sym.0 > u32::MAX / 2 {
        true => format!("\"another {}\"", u32::MAX - sym.0 + 1),
        false => format!("{known:?}"),
    }
}
