//! What each code means: the pages of the linter's rules, and a paragraph for every error of the other stages.
//!
//! The paragraphs stand in `codes.md`, a heading per code.

use std::sync::LazyLock;

/// Errors and findings that are no rules of the linter.
const OTHERS: &str = include_str!("codes.md");

/// Codes with their pages, by code.
static PAGES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let rules = super::rules().iter().map(|rule| (rule.name, rule.page()));
    let others = OTHERS
        .split("\n## ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'));
    let others = others.map(|(code, text)| (code.trim(), format!("# {}\n\n{}\n", code.trim(), text.trim())));
    let mut pages: Vec<_> = rules.chain(others).collect();
    pages.sort_unstable();
    pages
});

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
