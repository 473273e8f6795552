//! What each code means: the pages of the linter's rules, and a paragraph for every error of the other stages.
//!
//! The paragraphs stand in `codes.md`, a heading per code. [`kind`] tells findings, which can be configured and
//! suppressed, from errors and broken promises, which cannot.

use std::sync::LazyLock;

use super::{Category, Level};

/// Errors and findings that are no rules of the linter.
const OTHERS: &str = include_str!("codes.md");

/// Findings that no rule makes, by code.
const FINDINGS: [Kind; 16] = [
    Kind::new("constraint/also", Category::Facts, Level::Warning),
    Kind::new("constraint/each", Category::Facts, Level::Warning),
    Kind::new("constraint/permissions", Category::Facts, Level::Warning),
    Kind::new("constraint/roles", Category::Facts, Level::Warning),
    Kind::new("constraint/unknown", Category::Security, Level::Warning),
    Kind::new("facts/beyond-ceiling", Category::Facts, Level::Warning),
    Kind::new("facts/duplicate-holding", Category::Facts, Level::Warning),
    Kind::new("facts/expired-holding", Category::Facts, Level::Warning),
    Kind::new("facts/ineffective-grant", Category::Facts, Level::Warning),
    Kind::new("facts/orphan-place", Category::Facts, Level::Note),
    Kind::new("facts/redundant-holding", Category::Facts, Level::Warning),
    Kind::new("rule/out-of-reach", Category::Conflicts, Level::Warning),
    Kind::new("rule/unknown", Category::Conflicts, Level::Note),
    Kind::new("suppression/no-reason", Category::Hygiene, Level::Warning),
    Kind::new("suppression/unknown", Category::Hygiene, Level::Warning),
    Kind::new("suppression/unused", Category::Hygiene, Level::Warning),
];

/// What is known of a code whose findings can be configured and suppressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The code.
    pub code: &'static str,
    /// What its findings are about.
    pub category: Category,
    /// How grave they are by default.
    pub level: Level,
}

impl Kind {
    const fn new(code: &'static str, category: Category, level: Level) -> Self {
        Self { code, category, level }
    }

    /// The line below a page's heading.
    fn line(&self) -> String {
        let level = match self.level {
            Level::Off => "off unless `rolebook.toml` turns it on",
            Level::Note => "a note",
            Level::Warning => "a warning",
            Level::Error => "an error",
        };
        let reason = match self.category {
            Category::Security => "; the reason is required",
            _ => "",
        };
        let suppress = match self.code.split_once('/') {
            Some(("suppression", _)) => String::new(),
            _ => format!(" Suppressed by `# allow: {}, reason`{reason}.", self.code),
        };
        let category = self.category.name();
        format!("*Of the category {category}; {level}.{suppress}*\n\n")
    }
}

/// Everything that can be configured: the rules and the findings that no rule makes.
pub fn kinds() -> impl Iterator<Item = Kind> {
    let rules = super::rules().iter();
    rules
        .map(|rule| Kind::new(rule.name, rule.category, rule.level))
        .chain(FINDINGS)
}

/// What is known of a code; `None` for errors and broken promises.
#[must_use]
pub fn kind(code: &str) -> Option<Kind> {
    kinds().find(|kind| kind.code == code)
}

/// Codes with their pages, by code.
static PAGES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let rules = super::rules().iter().map(|rule| (rule.name, rule.page()));
    let others = OTHERS
        .split("\n## ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'));
    let others = others.map(|(code, text)| (code.trim(), format!("# {}\n\n{}\n", code.trim(), text.trim())));
    let mut pages: Vec<_> = rules
        .chain(others)
        .map(|(code, page)| (code, headed(code, page)))
        .collect();
    pages.sort_unstable();
    pages
});

/// A page with a line below its heading that tells how grave the finding is and how it is suppressed.
fn headed(code: &str, page: String) -> String {
    let Some(kind) = kind(code) else { return page };
    page.replacen("\n\n", &format!("\n\n{}", kind.line()), 1)
}

/// Every code, sorted.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

/// What a code means and what to do about it, in Markdown.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    let ix = PAGES.binary_search_by_key(&code, |(known, _)| known).ok()?;
    Some(&PAGES[ix].1)
}
