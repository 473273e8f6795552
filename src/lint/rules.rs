//! The rules, a file each, and the list of them.

mod bidirectional_control;
mod confusable_name;
mod duplicate_rule;
mod empty_role;
mod ensure_unproved;
mod mixed_script;
mod redundant_inheritance;
mod unreachable_containment;
mod unused_declaration;

use super::Rule;

/// Every rule, by name.
pub(super) static ALL: [Rule; 9] = [
    bidirectional_control::RULE,
    confusable_name::RULE,
    duplicate_rule::RULE,
    empty_role::RULE,
    ensure_unproved::RULE,
    mixed_script::RULE,
    redundant_inheritance::RULE,
    unreachable_containment::RULE,
    unused_declaration::RULE,
];
