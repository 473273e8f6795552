//! What pest expected, in the user's words.
//!
//! pest names the rules that it tried where it came no further. Each is a [`Phrase`]; similar ones are said once, and at
//! most [`MANY`] are listed.

use std::fmt::Write as _;

use pest::error::{Error, ErrorVariant};

use super::Cx;
use super::grammar::Rule;
use super::mistakes::{self, Seen, name_phrase};
use crate::diagnostic::{Diagnostic, nearest};
use crate::syntax::outline::word_at;

/// How many expectations are listed.
const MANY: usize = 4;

/// How many of these may be clauses.
const CLAUSES: usize = 3;

/// How a rule is spoken of; what is nearer to what the user meant to write has a lower rank.
struct Phrase {
    rank: u8,
    text: String,
}

impl<'a> Cx<'a> {
    /// Turns an error of pest into a diagnostic.
    pub(super) fn report(&mut self, error: &Error<Rule>) {
        let place = self.place(error);
        let seen = seen(self.text, place);
        let span = self.at(place, place + seen.word.len());
        if let Some(problem) = open_text(seen.word) {
            let opening = self.at(place, place + 1);
            self.found
                .push(problem.at(opening, "opens here").help("put a `\"` at its end"));
            return;
        }
        let expected: &[Rule] = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives,
            ErrorVariant::CustomError { .. } => &[],
        };
        let message = message(expected, &seen);
        let diagnostic = Diagnostic::error("syntax/unexpected", message).at(span, "");
        let help = mistakes::help(expected, &seen).or_else(|| spelling(expected, seen.word));
        self.found.push(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }
}

/// In sentences no scan has looked for texts that are not closed.
fn open_text(word: &str) -> Option<Diagnostic> {
    let open = word.starts_with('"') && (word.len() == 1 || !word.ends_with('"'));
    open.then(|| Diagnostic::error("syntax/unterminated-string", "this text is not closed on its line"))
}

fn message(expected: &[Rule], seen: &Seen<'_>) -> String {
    let found = match seen.word {
        "" => "the end".to_owned(),
        word => format!("`{word}`"),
    };
    match either(&phrases(expected)) {
        Some(wanted) => format!("expected {wanted}, found {found}"),
        None => format!("did not expect {found}"),
    }
}

/// `a, b or c`
fn either(phrases: &[String]) -> Option<String> {
    let (last, others) = phrases.split_last()?;
    let mut text = others.join(", ");
    if !others.is_empty() {
        text.push_str(" or ");
    }
    let _ = write!(text, "{last}");
    Some(text)
}

fn phrases(expected: &[Rule]) -> Vec<String> {
    let mut phrases: Vec<Phrase> = expected.iter().filter_map(|&rule| phrase(rule)).collect();
    phrases.sort_by(|a, b| (a.rank, &a.text).cmp(&(b.rank, &b.text)));
    phrases.dedup_by(|a, b| a.text == b.text);
    if phrases.len() > MANY {
        let mut clauses = 0;
        phrases.retain(|phrase| {
            clauses += usize::from(phrase.rank == CLAUSE);
            phrase.rank != CLAUSE || clauses <= CLAUSES
        });
    }
    phrases.truncate(MANY);
    phrases.into_iter().map(|phrase| phrase.text).collect()
}

const NAME: u8 = 0;
const WORD: u8 = 1;
const CLAUSE: u8 = 2;
const SIGN: u8 = 3;
const PIECE: u8 = 4;

fn phrase(rule: Rule) -> Option<Phrase> {
    if let Some(text) = name_phrase(rule) {
        return Some(Phrase {
            rank: NAME,
            text: text.to_owned(),
        });
    }
    if let Some(text) = sign(rule) {
        return Some(Phrase {
            rank: SIGN,
            text: format!("`{text}`"),
        });
    }
    let (rank, text) = match clause(rule) {
        Some(text) => (CLAUSE, text.to_owned()),
        None => match piece(rule) {
            Some(text) => (PIECE, text.to_owned()),
            None => (WORD, format!("`{}`", keyword(rule)?)),
        },
    };
    Some(Phrase { rank, text })
}

fn sign(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::p_open | Rule::body | Rule::rules => "{",
        Rule::p_close => "}",
        Rule::p_paren | Rule::parameters => "(",
        Rule::p_end => ")",
        Rule::p_left | Rule::list | Rule::ids => "[",
        Rule::p_right => "]",
        Rule::p_comma => ",",
        Rule::p_colon => ":",
        Rule::p_equal | Rule::default_to => "=",
        Rule::p_dot => ".",
        Rule::p_bar => "|",
        Rule::p_less => "<",
        _ => return None,
    })
}

/// Clauses and values: what may follow, but need not.
fn clause(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::reach => "where it holds",
        Rule::receiver | Rule::kw_to => "`to`",
        Rule::relation | Rule::kw_as => "`as`",
        Rule::when | Rule::kw_when => "`when`",
        Rule::unless | Rule::kw_unless => "`unless`",
        Rule::except | Rule::kw_except => "`except`",
        Rule::extends | Rule::kw_extends => "`extends`",
        Rule::default | Rule::kw_default => "`default`",
        Rule::derived | Rule::kw_for => "`for whoever`",
        Rule::label | Rule::string => "a label",
        Rule::but_not | Rule::but_roles | Rule::kw_but => "`but`",
        Rule::they_have | Rule::kw_they => "`they have`",
        Rule::supposed | Rule::with_roles => "`with`",
        Rule::helpers => "`together with`",
        Rule::at_node | Rule::held_at => "`at`",
        Rule::in_node | Rule::within_field | Rule::containers => "`in`",
        Rule::other => "`to`",
        Rule::shift => "`+`",
        _ => return None,
    })
}

fn piece(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::item | Rule::file => "a declaration such as `role`",
        Rule::member | Rule::attribute | Rule::all_members => "an attribute, `actions` or `fields`",
        Rule::role_rule | Rule::all_rules => "`can` or `cannot`",
        Rule::expr | Rule::conj | Rule::term | Rule::comparison | Rule::claim | Rule::negated => "a condition",
        Rule::compare => "`is`, `in` or another comparison",
        Rule::operand | Rule::fixed | Rule::literal | Rule::path => "a value",
        Rule::natural | Rule::number => "a number",
        Rule::duration => "a duration such as `30 days`",
        Rule::count => "`exactly`, `at least`, `at most` or `no`",
        Rule::being => "`is`, `holds` or `can`",
        Rule::both_roles | Rule::states_role => "`is`",
        Rule::both_rights | Rule::states_deed => "`can`",
        Rule::deed => "an action",
        Rule::held => "a role's name",
        Rule::question | Rule::statement | Rule::sentence => "a question or a statement",
        _ => return None,
    })
}

/// The word that a keyword's rule stands for.
pub(super) fn keyword(rule: Rule) -> Option<String> {
    let name = format!("{rule:?}");
    name.strip_prefix("kw_").map(str::to_owned)
}

/// "Did you mean", among the words that could have stood here.
fn spelling(expected: &[Rule], word: &str) -> Option<String> {
    let mut words: Vec<String> = expected.iter().filter_map(|&rule| keyword(rule)).collect();
    for &rule in expected {
        words.extend(inner_words(rule).iter().map(|&word| word.to_owned()));
    }
    let near = nearest(word, words.iter().map(String::as_str)).filter(|near| *near != word)?;
    (word.chars().count() > 2).then(|| format!("did you mean `{near}`?"))
}

/// The words with which a rule begins that is made of several.
fn inner_words(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::item | Rule::file => super::OPENERS,
        Rule::reach => &["only", "across", "in", "anywhere"],
        Rule::role_rule | Rule::all_rules => &["can", "cannot"],
        Rule::member | Rule::all_members => &["actions", "fields", "creating"],
        Rule::extends => &["extends"],
        Rule::default => &["default"],
        Rule::derived => &["for"],
        Rule::when => &["when"],
        Rule::unless => &["unless"],
        Rule::except => &["except"],
        Rule::count => &["exactly"],
        Rule::compare => &["is", "in", "before", "after"],
        Rule::targets => &["everything", "anything"],
        _ => &[],
    }
}

/// What stands at `place`.
fn seen(text: &str, place: usize) -> Seen<'_> {
    let rest = text.get(place..).unwrap_or("");
    let word = match rest.chars().next() {
        None => "",
        Some('"') => quoted(rest),
        Some(c) if c.is_alphanumeric() || c == '_' => word_at(text, place),
        Some('\'' | '’') => rest
            .split([' ', '\n', '\r', '\t', ',', ')', '}'])
            .next()
            .unwrap_or(rest),
        Some(c) => {
            let signs = rest.find(|next| next != c).unwrap_or(rest.len());
            let twice = matches!(c, '=' | '&' | '|') && signs > 1 || rest.starts_with("!=");
            &rest[..if twice { 2 } else { c.len_utf8() }]
        }
    };
    Seen {
        before: &text[..place.min(text.len())],
        word,
    }
}

/// A text in quotes, or what there is of it on the line.
fn quoted(rest: &str) -> &str {
    let line = rest.lines().next().unwrap_or(rest);
    let mut escaped = false;
    for (at, c) in line.char_indices().skip(1) {
        match c {
            '"' if !escaped => return &line[..=at],
            _ => escaped = c == '\\' && !escaped,
        }
    }
    line
}
