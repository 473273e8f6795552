//! Mistakes of tables, each with the line it stands in: the files are not kept, so the lines are fetched at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};

use super::rows::Fault;
use super::{Format, Input, SHOWN};
use crate::diagnostic::{Diagnostic, Found, Label};
use crate::source::{FileId, Sources, Span};

/// Where mistakes go.
pub(super) struct Told<'t> {
    sources: &'t mut Sources,
    pub(super) found: &'t mut Found,
    files: BTreeMap<String, FileId>,
    /// How many were counted only.
    pub(super) more: usize,
    /// How many holdings stated twice were counted only.
    pub(super) more_warnings: usize,
}

impl<'t> Told<'t> {
    pub(super) fn new(sources: &'t mut Sources, found: &'t mut Found) -> Self {
        Self {
            sources,
            found,
            files: BTreeMap::new(),
            more: 0,
            more_warnings: 0,
        }
    }

    /// The table in which spans count lines.
    pub(super) fn file(&mut self, name: &str) -> FileId {
        let sources = &mut *self.sources;
        *self
            .files
            .entry(name.to_owned())
            .or_insert_with(|| sources.add_table(name))
    }

    /// Where what no table says stands.
    pub(super) fn nowhere(&mut self) -> FileId {
        self.file("tables")
    }

    /// Reports the mistakes of one table.
    pub(super) fn tell(&mut self, input: &Input<'_>, faults: Vec<Fault>, more: usize) {
        self.more += more;
        if faults.is_empty() {
            return;
        }
        let mut lines = lines(input, &faults.iter().map(|fault| fault.line).collect());
        for fault in faults {
            let text = lines.remove(&fault.line).unwrap_or_default();
            let line = usize::try_from(fault.line).unwrap_or(usize::MAX);
            let (start, end) =
                cell(&text, fault.column.as_deref(), input.format, &header(input)).unwrap_or((0, text.len()));
            lines.insert(fault.line, text.clone());
            let file = self.sources.add_line(&input.name, line.max(1), text);
            let mut diagnostic = fault.diagnostic;
            let (span, text) = (Span::new(file, start, end), String::new());
            diagnostic.labels.insert(0, Label { span, text });
            self.found.push(diagnostic);
        }
    }

    /// Reports mistakes in lines of tables that were read before, with the column that is to blame; some of each table.
    pub(super) fn tell_of<'i>(
        &mut self,
        inputs: impl Iterator<Item = &'i Input<'i>>,
        faults: &[(Span, Diagnostic)],
        column: Option<&str>,
    ) {
        for input in inputs {
            let file = self.file(&input.name);
            let of = faults.iter().filter(|(span, _)| span.file == file);
            let more = of.clone().count().saturating_sub(SHOWN);
            let shown = of.take(SHOWN).map(|(span, fault)| Fault {
                line: span.start.into(),
                column: column.map(str::to_owned),
                diagnostic: fault.clone(),
            });
            self.tell(input, shown.collect(), more);
        }
    }

    /// Says how many mistakes were counted only, and fetches the lines that are not told yet.
    pub(super) fn end(&mut self, inputs: &[Input<'_>]) {
        for input in inputs {
            self.quote(input);
        }
        if self.more > 0 {
            let message = format!("{} more mistakes in these tables are not shown", self.more);
            self.found.push(Diagnostic::error("tables/more", message));
        }
        if self.more_warnings > 0 {
            let message = format!("{} more holdings are given twice", self.more_warnings);
            self.found.push(Diagnostic::warning("facts/duplicate-holding", message));
        }
    }

    /// Puts lines of a table in the place of their numbers.
    fn quote(&mut self, input: &Input<'_>) {
        let Some(&table) = self.files.get(&input.name) else {
            return;
        };
        let labels = || self.found.iter().flat_map(|diagnostic| &diagnostic.labels);
        let of = labels().filter(|label| label.span.file == table);
        let wanted: BTreeSet<u64> = of.map(|label| label.span.start.into()).collect();
        if wanted.is_empty() {
            return;
        }
        let mut excerpts = BTreeMap::new();
        for (line, text) in lines(input, &wanted) {
            let (len, number) = (text.len(), usize::try_from(line).unwrap_or(usize::MAX));
            let file = self.sources.add_line(&input.name, number.max(1), text);
            excerpts.insert(line, Span::new(file, 0, len));
        }
        for label in self.found.labels_mut().filter(|label| label.span.file == table) {
            label.span = excerpts.get(&label.span.start.into()).copied().unwrap_or(label.span);
        }
    }
}

/// Some lines of a table, read once more.
fn lines(input: &Input<'_>, wanted: &BTreeSet<u64>) -> BTreeMap<u64, String> {
    let mut kept = BTreeMap::new();
    let Ok(source) = (input.open)() else { return kept };
    let last = wanted.last().copied().unwrap_or(0);
    for (line, text) in (1..=last).zip(BufReader::new(source).split(b'\n')) {
        let Ok(text) = text else { break };
        if wanted.contains(&line) {
            let text = String::from_utf8_lossy(&text);
            kept.insert(line, text.trim_end_matches('\r').to_owned());
        }
    }
    kept
}

fn header(input: &Input<'_>) -> String {
    let Ok(source) = (input.open)() else {
        return String::new();
    };
    let first = BufReader::new(source).split(b'\n').next();
    first
        .and_then(Result::ok)
        .map_or_else(String::new, |line| String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// Where the cell of a column stands in a line.
fn cell(line: &str, column: Option<&str>, format: Format, header: &str) -> Option<(usize, usize)> {
    let column = column?;
    match format {
        Format::JsonLines => {
            let key = line.find(&format!("\"{column}\""))?;
            let start = key + line[key..].find(':')? + 1;
            let start = start + line[start..].len() - line[start..].trim_start().len();
            let len = line[start..].find([',', '}']).unwrap_or(line.len() - start);
            Some((start, start + len))
        }
        Format::Csv => {
            let names = split(header);
            let at = names
                .iter()
                .position(|&(start, end)| header[start..end].trim() == column)?;
            split(line).get(at).copied()
        }
    }
}

/// The cells of a line of CSV, by bytes.
fn split(line: &str) -> Vec<(usize, usize)> {
    let (mut cells, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                cells.push((start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    cells.push((start, line.len()));
    cells
}
