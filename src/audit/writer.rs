//! Rows as bytes: what a holding has in all its rows is put together once, and copied before each line of its sheet.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write};

use super::format::{Column, Format};
use super::sheet::{Basis, Line, prohibition_in_words};
use super::{Audit, Dropped, Ground, Held, Taker};
use crate::eval::org::{Entry, Source};
use crate::model::RoleId;
use crate::model::value::{NodeId, UserId, show_time};
use crate::table::Way;

/// So many bytes are written at once.
const BLOCK: usize = 1 << 18;

/// Rows on their way to a file, with how many bytes there are by now.
pub struct Lines<W: Write> {
    to: W,
    buffer: Vec<u8>,
    written: u64,
    rows: u64,
}

impl<W: Write> Lines<W> {
    /// Nothing so far.
    pub fn new(to: W) -> Self {
        Self {
            to,
            buffer: Vec::with_capacity(2 * BLOCK),
            written: 0,
            rows: 0,
        }
    }

    /// Goes on behind so many bytes.
    pub fn after(to: W, written: u64) -> Self {
        Self {
            written,
            ..Self::new(to)
        }
    }

    /// What is written to.
    pub const fn to(&self) -> &W {
        &self.to
    }

    /// Writes a text of its own, such as the heading.
    pub fn push(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// How many bytes have come, written or not.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// True if nothing has come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows have come.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// True if much waits to be written.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.buffer.len() >= BLOCK
    }

    /// Writes what waits.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(&self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        self.to.flush()
    }
}

/// Names as they are written in rows.
pub(super) struct Names {
    roles: Vec<String>,
    /// Hashes of ids that several nodes have.
    shared: HashSet<u64>,
    hasher: RandomState,
}

impl Names {
    pub(super) fn new(ground: &Ground<'_>) -> Self {
        let (model, facts) = (ground.table.model(), ground.org.facts);
        let hasher = RandomState::new();
        let mut hashes: Vec<u64> = facts.nodes.iter().map(|node| hasher.hash_one(&node.id)).collect();
        hashes.sort_unstable();
        let shared = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let custom = facts.custom.iter().map(|role| format!("custom role {}", role.name));
        Self {
            roles: model
                .role_ids()
                .map(|role| model.show_role(role))
                .chain(custom)
                .collect(),
            shared: shared.collect(),
            hasher,
        }
    }

    /// The name of a role, of the policy or of a tenant.
    pub(super) fn role(&self, role: RoleId) -> &str {
        self.roles.get(role.ix()).map_or("single grant", String::as_str)
    }

    /// The id of a node, with its type where another node has the same.
    pub(super) fn node(&self, ground: &Ground<'_>, node: NodeId, out: &mut String) {
        let node = ground.org.facts.node(node);
        if !self.shared.is_empty() && self.shared.contains(&self.hasher.hash_one(&node.id)) {
            out.push_str(&ground.table.model().ty(node.ty).name);
            out.push(' ');
        }
        out.push_str(&node.id);
    }

    /// `Manager (given by hand)`, `Auditor (through group auditors, until 2026-12-31T00:00:00Z)`
    pub(super) fn because(&self, ground: &Ground<'_>, held: &Held<'_>, out: &mut String) {
        let role = match held.basis {
            Basis::Everyone | Basis::EveryoneAnywhere => return out.push_str("everyone"),
            Basis::Anyone => return out.push_str("anyone"),
            Basis::Role(role) => role,
        };
        out.push_str(self.role(role));
        match held.entry {
            Some(entry) => how(ground, entry, out),
            None => out.push_str(" (derived)"),
        }
    }
}

fn how(ground: &Ground<'_>, entry: &Entry, out: &mut String) {
    out.push_str(" (");
    match (entry.source(), ground.org.group(entry)) {
        (Source::Default, _) => out.push_str("by default"),
        (_, Some(group)) => {
            out.push_str("through group ");
            out.push_str(&ground.org.facts.group(group).id);
        }
        (_, None) => out.push_str("given by hand"),
    }
    let window = ground.org.window(entry);
    for (word, second, open) in [(", from ", window.from, i64::MIN), (", until ", window.until, i64::MAX)] {
        if second != open {
            out.push_str(word);
            out.push_str(&show_time(second));
        }
    }
    out.push(')');
}

/// Writes rows.
pub(super) struct Writer<'w, 'a, W: Write> {
    ground: &'w Ground<'a>,
    names: &'w Names,
    format: Format,
    lines: &'w mut Lines<W>,
    /// Account and user, then place and reason.
    head: Vec<u8>,
    user: usize,
    text: String,
}

impl<'w, 'a, W: Write> Writer<'w, 'a, W> {
    pub(super) fn new(audit: &'w Audit<'a>, lines: &'w mut Lines<W>) -> Self {
        Self {
            ground: &audit.ground,
            names: &audit.names,
            format: audit.format,
            lines,
            head: Vec::new(),
            user: 0,
            text: String::new(),
        }
    }
}

impl<'a, W: Write> Taker<'a> for Writer<'_, 'a, W> {
    fn begin(&mut self, account: Option<NodeId>, user: Option<UserId>) {
        self.head.clear();
        self.text.clear();
        if let Some(account) = account {
            self.names.node(self.ground, account, &mut self.text);
        }
        self.format.field(&mut self.head, Column::Account, &self.text);
        if let Some(user) = user {
            let id = &self.ground.org.facts.user(user).id;
            self.format.field(&mut self.head, Column::User, id);
        }
        self.user = self.head.len();
    }

    fn held(&mut self, held: &Held<'a>) {
        self.head.truncate(self.user);
        if let (None, basis) = (held.node, held.basis) {
            let all = if basis == Basis::Anyone { "anyone" } else { "everyone" };
            self.format.field(&mut self.head, Column::User, all);
        }
        self.text.clear();
        if let Some(node) = held.node {
            self.names.node(self.ground, node, &mut self.text);
        }
        self.format.field(&mut self.head, Column::Place, &self.text);
        self.text.clear();
        self.names.because(self.ground, held, &mut self.text);
        self.format.field(&mut self.head, Column::Because, &self.text);
    }

    fn row(&mut self, line: &Line<'_>, allowed: bool, perhaps: &[Way]) {
        let buffer = &mut self.lines.buffer;
        buffer.extend_from_slice(&self.head);
        self.lines.rows += 1;
        if perhaps.is_empty() {
            buffer.extend_from_slice(line.ending(allowed));
            return;
        }
        let own = (!line.terms.is_empty()).then(|| line.terms.clone());
        let others = perhaps.iter().map(|&way| prohibition_in_words(self.ground.table, way));
        let condition: Vec<String> = own.into_iter().chain(others).collect();
        line.depending(buffer, self.format, &condition.join("; "));
    }

    fn dropped(&mut self, _: Dropped, _: u64) {}

    fn end(&mut self) -> io::Result<()> {
        if self.lines.is_full() {
            self.lines.flush()
        } else {
            Ok(())
        }
    }
}
