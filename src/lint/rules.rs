//! The rules, a file each, and the list of them.

mod always_allowed_permission;
mod bidirectional_control;
mod confusable_name;
mod constant_condition;
mod contained_roles;
mod cross_account_access;
mod dead_rule;
mod empty_role;
mod equivalent_roles;
mod equivalent_rules;
mod escalation_path;
mod fail_open_prohibition;
mod grant_prohibition_overlap;
mod irrevocable_role;
mod jointly_redundant_rule;
mod lockout;
mod missing_implied_action;
mod missing_label;
mod mixed_script;
mod never_allowed_permission;
mod overridden_grant;
mod privilege_escalation;
mod public_access;
mod redundant_condition_part;
mod redundant_inheritance;
mod self_satisfiable_condition;
mod separation_of_duty;
mod shadowed_rule;
mod shedding_gains_access;
mod unassignable_role;
mod uncovered_value;
mod undocumented_role;
mod unreachable_containment;
mod unused_declaration;
mod vacuous_prohibition;
mod wildcard_grant;

use super::Rule;

/// Every rule, by name.
pub(super) static ALL: [Rule; 36] = [
    always_allowed_permission::RULE,
    bidirectional_control::RULE,
    confusable_name::RULE,
    constant_condition::RULE,
    contained_roles::RULE,
    cross_account_access::RULE,
    dead_rule::RULE,
    empty_role::RULE,
    equivalent_roles::RULE,
    equivalent_rules::RULE,
    escalation_path::RULE,
    fail_open_prohibition::RULE,
    grant_prohibition_overlap::RULE,
    irrevocable_role::RULE,
    jointly_redundant_rule::RULE,
    lockout::RULE,
    missing_implied_action::RULE,
    missing_label::RULE,
    mixed_script::RULE,
    never_allowed_permission::RULE,
    overridden_grant::RULE,
    privilege_escalation::RULE,
    public_access::RULE,
    redundant_condition_part::RULE,
    redundant_inheritance::RULE,
    self_satisfiable_condition::RULE,
    separation_of_duty::RULE,
    shadowed_rule::RULE,
    shedding_gains_access::RULE,
    unassignable_role::RULE,
    uncovered_value::RULE,
    undocumented_role::RULE,
    unreachable_containment::RULE,
    unused_declaration::RULE,
    vacuous_prohibition::RULE,
    wildcard_grant::RULE,
];
