//! The sentences of a comparison.

use crate::analyze::compare::{Change, Closed};
use crate::diff::paths::Path;
use crate::diff::{Beyond, Cause, Diff, Group, Witness};
use crate::report::visible;
use crate::source::{Sources, Span};
use std::collections::BTreeMap;

/// A headline names this many permissions.
const PERMISSIONS: usize = 24;

/// An excerpt shows this many lines of a rule.
const LINES: usize = 8;

/// `Manager, Lead gain: stop PurchaseOrder`, one for each way in which cells under a cause changed.
pub(super) fn headlines(group: &Group) -> Vec<String> {
    let mut by_role: BTreeMap<(Change, &String), Vec<&str>> = BTreeMap::new();
    for cell in group.cells.iter().filter(|cell| !cell.folded) {
        let (role, permission) = &cell.shown;
        by_role.entry((cell.change, role)).or_default().push(permission);
    }
    let mut by_powers: BTreeMap<(Change, String), Vec<String>> = BTreeMap::new();
    for ((change, role), permissions) in by_role {
        by_powers
            .entry((change, powers(&permissions)))
            .or_default()
            .push(role.clone());
    }
    let reach = is_of_reach(&group.cause);
    let lines = by_powers
        .iter()
        .map(|((change, powers), roles)| headline(*change, &roles.join(", "), roles.len() > 1, powers, reach));
    lines.collect()
}

fn headline(change: Change, roles: &str, several: bool, powers: &str, reach: bool) -> String {
    let verb = |one: &str, many: &str| if several { many.to_owned() } else { one.to_owned() };
    let one = !powers.contains([',', ';']);
    let far = if one { "reaches" } else { "reach" };
    match change {
        Change::Gained => format!("{roles} {}: {powers}", verb("gains", "gain")),
        Change::Lost => format!("{roles} {}: {powers}", verb("loses", "lose")),
        Change::Wider if reach => format!("{roles}: {powers} {far} wider"),
        Change::Narrower if reach => format!("{roles}: {powers} {far} less far"),
        Change::Wider => format!("{roles}: {powers} in more cases"),
        Change::Narrower => format!("{roles}: {powers} in fewer cases"),
        Change::Both => format!("{roles}: {powers} in other cases"),
    }
}

/// True if nothing changed in a rule but its reach.
fn is_of_reach(cause: &Cause) -> bool {
    let reaches = ["only here", "only below", "in ", "across ", "anywhere"];
    let said = |word: &String| {
        let bare = word.trim_start_matches("now ").trim_start_matches("no longer ");
        reaches.iter().any(|reach| bare.starts_with(reach))
    };
    !cause.words.is_empty() && cause.words.iter().all(said)
}

/// `view, edit Tender, Budget; assign Lead`: permissions with the same actions stand together.
fn powers(permissions: &[&str]) -> String {
    let mut actions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for permission in permissions {
        let (action, target) = parts(permission);
        let known = actions.entry(target).or_default();
        if !known.contains(&action) {
            known.push(action);
        }
    }
    let mut targets: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (target, list) in actions {
        targets.entry(verbs(&list)).or_default().push(target);
    }
    let total: usize = targets.values().map(Vec::len).sum();
    let mut left = PERMISSIONS;
    let mut shown = Vec::new();
    for (verbs, list) in &targets {
        let some: Vec<&str> = list.iter().take(left).copied().collect();
        left -= some.len();
        if !some.is_empty() {
            shown.push(format!("{verbs} {}", some.join(", ")));
        }
    }
    let more = total.saturating_sub(PERMISSIONS);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join("; ")
}

/// `edit Tender` in two; `grant view Tender` before the type.
pub(super) fn parts(permission: &str) -> (&str, &str) {
    let verb = permission.find(' ').unwrap_or(permission.len());
    let skip = if permission.starts_with("grant ") {
        "grant ".len()
    } else {
        0
    };
    let end = permission[skip..].find(' ').map_or(verb, |end| end + skip);
    (&permission[..end], permission[end..].trim_start())
}

/// `view, edit`; `give` with `take` is `assign`.
pub(super) fn verbs(list: &[&str]) -> String {
    if list.contains(&"give") && list.contains(&"take") {
        let others = list.iter().filter(|verb| !matches!(**verb, "give" | "take"));
        return std::iter::once("assign")
            .chain(others.copied())
            .collect::<Vec<_>>()
            .join(", ");
    }
    let granted: Vec<&str> = list.iter().filter_map(|verb| verb.strip_prefix("grant ")).collect();
    if granted.len() == list.len() {
        return format!("grant {}", granted.join(", "));
    }
    list.join(", ")
}

/// `a rule changed: no longer only as creator`
pub(super) fn cause(cause: &Cause) -> String {
    let words: Vec<String> = cause.words.iter().map(|word| visible::one_line(word)).collect();
    match words.is_empty() {
        true => visible::one_line(&cause.title),
        false => format!("{}: {}", visible::one_line(&cause.title), words.join("; ")),
    }
}

/// The lines of a rule, the common blanks before them taken away.
pub(super) fn lines(span: Span, sources: &Sources) -> Vec<String> {
    let text = sources.snippet(span).trim_end();
    let blanks = |line: &str| line.len() - line.trim_start().len();
    let inner = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let common = inner.map(blanks).min().unwrap_or(0);
    let shown = text.lines().enumerate().map(|(ix, line)| match ix {
        0 => visible::one_line(line.trim_end()),
        _ => format!("  {}", visible::one_line(line.get(common..).unwrap_or("").trim_end())),
    });
    let mut lines: Vec<String> = shown.take(LINES).collect();
    if text.lines().count() > LINES {
        lines.push("  …".to_owned());
    }
    lines
}

/// `policies/shop/shop.roles:12`
pub(super) fn place(span: Span, sources: &Sources) -> String {
    let (line, _) = sources.position(span.file, span.start);
    format!("{}:{line}", visible::one_line(sources.name(span.file)))
}

/// What a witness shows.
pub(super) fn witness(witness: &Witness) -> &'static str {
    match (witness.wider, witness.of_setting) {
        (true, false) => "allowed now, not before",
        (false, false) => "allowed before, not now",
        (true, true) => "which changes the setting now, and did not before",
        (false, true) => "which changed the setting before, and does not now",
    }
}

/// The policy that denies it.
pub(super) fn other(witness: &Witness) -> &'static str {
    match witness.wider {
        true => "old",
        false => "new",
    }
}

/// `Lead → EntityAdmin → EnterpriseAdmin`
pub(super) fn path(path: &Path) -> String {
    path.shown.join(" → ")
}

/// `edit Tender: more is allowed, to those who hold several roles`
pub(super) fn beyond(beyond: &Beyond) -> String {
    let more = if beyond.witness.wider { "more" } else { "less" };
    let whom = match beyond.by_data {
        true => "by a single grant or a tenant's role",
        false => "to those who hold several roles",
    };
    format!("{}: {more} is allowed, {whom}", beyond.permission)
}

/// The sentence that nothing else changed, and by what it is known.
pub(super) fn closing(diff: &Diff) -> String {
    let counted = &diff.counted;
    let all = format!(
        "{} × {}",
        plural(counted.permissions, "permission"),
        plural(counted.roles, "role")
    );
    let changed = format!("{} changed", plural(counted.changed, "cell"));
    let equal = counted.changed == 0 && diff.beyond.is_empty();
    match &diff.closed {
        Closed::Proven if equal => format!("All cells are proven unchanged ({all}): {EVERYWHERE}."),
        Closed::Proven => format!("{changed}; all others are proven unchanged ({all}): {EVERYWHERE}."),
        Closed::Unknown(why) => {
            let why = visible::one_line(why);
            format!("{changed} ({all}): whether anything else did is not known, {why}.")
        }
    }
}

/// What is proven is proven of all these.
const EVERYWHERE: &str = "in every organisation, whatever roles are held together";

fn plural(count: usize, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{end}")
}
