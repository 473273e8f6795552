//! Common slips, and what to write instead.

use super::grammar::Rule;

/// The words of the language that can never be a type, role, area or action.
const RESERVED: &[&str] = &[
    "across",
    "after",
    "and",
    "any",
    "anything",
    "anywhere",
    "as",
    "at",
    "become",
    "before",
    "both",
    "but",
    "can",
    "cannot",
    "creating",
    "do",
    "ever",
    "everything",
    "except",
    "extends",
    "false",
    "for",
    "grant",
    "has",
    "holds",
    "implies",
    "in",
    "is",
    "never",
    "not",
    "of",
    "on",
    "only",
    "or",
    "other",
    "others",
    "self",
    "they",
    "to",
    "true",
    "unless",
    "when",
    "with",
];

/// The words with which clauses begin.
const CLAUSES: &[&str] = &[
    "across", "anywhere", "as", "except", "in", "only", "they", "to", "unless", "when",
];

/// What stands at the place of an error.
pub(super) struct Seen<'a> {
    /// Everything before it.
    pub(super) before: &'a str,
    /// The word, sign or text; empty at the end.
    pub(super) word: &'a str,
}

/// A line of help, where the slip is a known one.
pub(super) fn help(expected: &[Rule], seen: &Seen<'_>) -> Option<String> {
    let before = last_word(seen.before);
    let instead = by_place(expected, seen, before)
        .or_else(|| by_word(seen.word))
        .or_else(|| by_opening(seen.before));
    instead.map(str::to_owned).or_else(|| reserved(expected, seen.word))
}

/// Slips that what stands before gives away.
fn by_place(expected: &[Rule], seen: &Seen<'_>, before: &str) -> Option<&'static str> {
    let negated = seen.word == "not" || seen.word.starts_with("'t") || seen.word.starts_with("’t");
    match seen.word {
        _ if before == "can" && negated => Some("write `cannot`"),
        "in" | "on" | "of" | "for" if expected.contains(&Rule::kw_at) => Some("a role is held `at` a type"),
        "other" | "others" if before == "to" => Some("write `to anyone`, or the roles that may receive it"),
        "have" if expected.contains(&Rule::kw_has) => Some("write `has`"),
        _ if expected.contains(&Rule::kw_implies) && expected.contains(&Rule::p_colon) => {
            Some("an attribute is written `name: type`, and commas stand between the names of a list")
        }
        _ if expected.contains(&Rule::targets) && CLAUSES.contains(&seen.word) => {
            Some("name the types or areas before the clauses, or write `everything`")
        }
        _ => None,
    }
}

/// Words and signs of other languages.
fn by_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "allow" | "allows" | "permit" | "permits" | "deny" | "denies" | "forbid" | "forbids" | "may" | "must"
        | "should" => "write `can` or `cannot`",
        "if" | "where" => "a condition follows `when` or `unless`",
        "inherit" | "inherits" | "extend" => "write `extends`",
        "everybody" | "all" => "write `everyone`",
        "=" | "==" => "write `is`",
        "!=" => "write `is not`",
        "!" => "write `not`",
        "&" | "&&" => "write `and`",
        "|" | "||" => "write `or`",
        ";" => "nothing ends with a semicolon here; take it away",
        "group" => "groups are facts; a policy does not declare them",
        "enum" => "write the values themselves: `a | b | c`",
        _ if word.starts_with('\'') => "texts stand in double quotes",
        _ => return None,
    })
}

/// Sentences that begin as no sentence does.
fn by_opening(before: &str) -> Option<&'static str> {
    match before.trim_start() {
        text if text.contains('\n') => None,
        text => match text.split_whitespace().next()? {
            "does" | "do" | "may" | "should" | "could" | "has" => Some("ask with `can`: `can oz edit tender-17`"),
            "list" | "show" => Some("ask with `who can`, `which … can` or `what can`"),
            _ => None,
        },
    }
}

fn reserved(expected: &[Rule], word: &str) -> Option<String> {
    let taken = RESERVED.contains(&word) || super::OPENERS.contains(&word);
    let wanted = expected.iter().any(|&rule| name_phrase(rule).is_some());
    (taken && wanted).then(|| format!("`{word}` is a word of the language; choose another name"))
}

/// The word that ends a text.
fn last_word(before: &str) -> &str {
    let text = before.trim_end();
    let start = text
        .rfind(|c: char| !c.is_alphanumeric() && c != '_')
        .map_or(0, |at| at + 1);
    text.get(start..).unwrap_or("")
}

/// What a name that could stand here is called.
pub(super) fn name_phrase(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::new_type | Rule::type_ref | Rule::types | Rule::container => "a type's name",
        Rule::new_role | Rule::role_ref | Rule::role_name | Rule::role_names => "a role's name",
        Rule::new_action | Rule::action_ref | Rule::action_list | Rule::action | Rule::verbs | Rule::a_verb => {
            "an action"
        }
        Rule::new_area => "an area's name",
        Rule::new_local | Rule::local_ref | Rule::local | Rule::field | Rule::step | Rule::link => {
            "the name of an attribute"
        }
        Rule::thing_ref | Rule::target | Rule::global => "a type or an area",
        Rule::targets => "a type, an area, `everything`",
        Rule::permission | Rule::exempt => "a permission",
        Rule::power | Rule::ordinary | Rule::entitlement => "an action",
        Rule::word | Rule::segment | Rule::root => "a name",
        Rule::value_type | Rule::base => "a type",
        Rule::id | Rule::node | Rule::bare => "a name or an id",
        Rule::thing | Rule::of_what => "what it is done to",
        Rule::key | Rule::setting => "the name of an attribute",
        _ => return None,
    })
}
