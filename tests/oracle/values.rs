//! Random values of every type, moments, and windows around them.

use rolebook::facts::{Facts, Window};
use rolebook::model::RoleId;
use rolebook::model::value::{
    GroupId, NodeId, Number, Pool, Scalar, UserId, Value, parse_date, parse_datetime, parse_network,
};

use crate::tape::Tape;

/// A moment of 2026-01-10 and windows around it.
pub(crate) fn moment(choice: usize) -> Value {
    let text = [
        "2026-01-10T12:00Z",
        "2026-01-10T00:00Z",
        "2026-01-11T06:00Z",
        "2026-01-09T12:00Z",
        "2026-01-12T00:00Z",
    ];
    parse_datetime(text[choice % text.len()]).unwrap_or(Value::Missing)
}

fn seconds(choice: usize) -> i64 {
    match moment(choice) {
        Value::Time(second) => second,
        _ => 0,
    }
}

pub(crate) fn window(tape: &mut Tape) -> Window {
    let ends = (tape.below(10), tape.below(5), tape.below(5));
    match ends {
        (0..=4, ..) => Window::ALWAYS,
        (5 | 6, from, _) => Window {
            from: seconds(from),
            until: i64::MAX,
        },
        (7 | 8, _, until) => Window {
            from: i64::MIN,
            until: seconds(until),
        },
        (_, from, until) => Window {
            from: seconds(from),
            until: seconds(until),
        },
    }
}

/// One value of a type, if the facts have such; of users only those numbered below `below`, so that no circle arises.
pub(crate) fn one(facts: &mut Facts, of: Scalar, below: Option<usize>, tape: &mut Tape) -> Option<Value> {
    let number = |n: usize| Number::parse(["2", "0", "1", "3", "1.5"][n]).map(Value::Number);
    let net = |text: &str| parse_network(text).map(Value::Net);
    match of {
        Scalar::Bool => Some(Value::Bool(tape.below(2) == 1)),
        Scalar::Int => number(tape.below(4)),
        Scalar::Decimal => number(tape.below(5)),
        Scalar::Text => Some(text(&mut facts.pool, ["x", "y", "z"][tape.below(3)])),
        Scalar::Date => parse_date(["2026-01-10", "2026-01-09", "2026-01-11", "2026-01-12"][tape.below(4)]),
        Scalar::DateTime => Some(moment(tape.below(5))),
        Scalar::Ip => net(["10.0.0.1", "192.168.0.7", "8.8.8.8"][tape.below(3)]),
        Scalar::Network => net(["10.0.0.0/8", "10.0.0.0/24", "0.0.0.0/0", "192.168.0.0/16"][tape.below(4)]),
        Scalar::Enum(_) => Some(Value::Enum(u32::try_from(tape.below(2)).unwrap_or(0))),
        Scalar::Group => Some(Value::Group(group(tape.below(facts.groups.len())))),
        Scalar::User(ty) => {
            let fits = |user: &UserId| facts.user(*user).ty == ty && below.is_none_or(|ix| (user.0 as usize) < ix);
            let users: Vec<UserId> = facts.user_ids().filter(fits).collect();
            tape.pick(&users).copied().map(Value::User)
        }
        Scalar::Node(ty) => {
            let nodes: Vec<NodeId> = facts.node_ids().filter(|&node| facts.node(node).ty == ty).collect();
            tape.pick(&nodes).copied().map(Value::Node)
        }
    }
}

fn text(pool: &mut Pool, word: &str) -> Value {
    Value::Text(pool.intern(word))
}

pub(crate) fn group(ix: usize) -> GroupId {
    GroupId(u32::try_from(ix).unwrap_or(0))
}

pub(crate) fn role(ix: usize) -> RoleId {
    RoleId(u32::try_from(ix).unwrap_or(0))
}
