//! Findings as JUnit XML: a suite for each file that was read, a failed case for each finding in it, and one that passed
//! where there is none. Notes never fail.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{line, visible};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Sources};

/// All diagnostics by file; those without a place are a suite of their own.
#[must_use]
pub fn junit(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut files: BTreeMap<Option<FileId>, Vec<&Diagnostic>> = BTreeMap::new();
    files.extend(sources.files().map(|file| (Some(file), Vec::new())));
    for diagnostic in diagnostics {
        let file = diagnostic.labels.first().map(|main| main.span.file);
        files.entry(file).or_default().push(diagnostic);
    }
    let mut report = Report::new("rolebook lint");
    for (file, found) in files {
        let name = file.map_or_else(|| "run".to_owned(), |file| visible::one_line(sources.name(file)));
        let mut suite = TestSuite::new(name.as_str());
        if found.is_empty() {
            suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        }
        suite.add_test_cases(found.into_iter().map(|it| case(it, &name, sources)));
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_default() + "\n"
}

fn case(diagnostic: &Diagnostic, file: &str, sources: &Sources) -> TestCase {
    let message = visible::one_line(&diagnostic.message);
    let line = line(diagnostic, sources);
    let help = diagnostic.help.as_deref().map_or_else(String::new, visible::lines);
    let full = format!("{line}\n{help}");
    let note = diagnostic.severity == Severity::Note;
    let mut status = TestCaseStatus::success();
    if !note {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(message.as_str()).set_type(diagnostic.code);
        status.set_description(full.trim_end());
    }
    let mut case = TestCase::new(format!("{}: {message}", diagnostic.code), status);
    case.set_classname(file);
    if note {
        case.set_system_out(full.trim_end());
    }
    case
}
