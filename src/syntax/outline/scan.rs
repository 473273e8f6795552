//! The two passes of the scan: [`scan`] reads the bytes, [`measure`] counts the nesting.

use super::{Bracket, Fault, FaultKind, Head, MAX_DEPTH, Mark, Outline};

/// What the second pass walks over, in the order of the text.
#[derive(Debug, Clone, Copy)]
enum Event {
    Open(usize),
    Close(bool),
    Head(usize),
}

/// The state of the first pass.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    last: Option<usize>,
    waiting: usize,
    stack: Vec<usize>,
    braces: usize,
    events: Vec<Event>,
    outline: Outline,
}

/// Reads a text from `start` on; `opens` tells whether a word opens a top-level item.
pub(in crate::syntax) fn scan(text: &str, start: usize, opens: impl Fn(&str) -> bool) -> Outline {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: start,
        line: start,
        last: None,
        waiting: 0,
        stack: Vec::new(),
        braces: 0,
        events: Vec::new(),
        outline: Outline::default(),
    };
    while let Some(&byte) = scanner.bytes.get(scanner.at) {
        scanner.step(byte);
    }
    let unclosed = std::mem::take(&mut scanner.stack);
    unclosed.into_iter().for_each(|index| scanner.unclosed(index));
    let (events, mut outline) = (scanner.events, scanner.outline);
    measure(&mut outline, &events, |at| opens(word_at(text, at)));
    outline.faults.sort_by_key(|fault| fault.at);
    outline
}

/// The word that begins at `at`.
pub(in crate::syntax) fn word_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    &rest[..end]
}

impl Scanner<'_> {
    fn step(&mut self, byte: u8) {
        match byte {
            b'\n' => {
                self.at += 1;
                self.line = self.at;
                self.last = None;
            }
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'#' => self.comment(),
            _ => self.code(byte),
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        self.at = self.line_end();
        self.outline.comments.push(Mark {
            start,
            end: self.at,
            line: self.line,
            before: self.last,
            after: None,
        });
    }

    fn line_end(&self) -> usize {
        let rest = &self.bytes[self.at..];
        self.at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len())
    }

    fn code(&mut self, byte: u8) {
        let start = self.at;
        for mark in &mut self.outline.comments[self.waiting..] {
            mark.after = Some(start);
        }
        self.waiting = self.outline.comments.len();
        match byte {
            b'"' => self.string(),
            b'(' | b'[' | b'{' => self.open(byte),
            b')' | b']' | b'}' => self.close(byte),
            _ if is_word(byte) => self.word(),
            _ => self.at += 1,
        }
        self.last = Some(self.at - 1);
    }

    fn word(&mut self) {
        if self.last.is_none() {
            self.events.push(Event::Head(self.outline.heads.len()));
            self.outline.heads.push(Head {
                at: self.at,
                depth: 0,
                flush: self.at == self.line,
            });
        }
        while self.bytes.get(self.at).is_some_and(|&byte| is_word(byte)) {
            self.at += 1;
        }
    }

    fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => break,
                b'\\' if self.bytes.get(self.at + 1).is_some_and(|&next| next != b'\n') => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
        self.fault(start, FaultKind::Unterminated);
    }

    fn open(&mut self, kind: u8) {
        let index = self.outline.brackets.len();
        self.outline.brackets.push(Bracket {
            open: self.at,
            close: None,
            kind,
        });
        self.stack.push(index);
        self.braces += usize::from(kind == b'{');
        self.events.push(Event::Open(index));
        self.at += 1;
    }

    /// A brace closes whatever is left open within it; other brackets close only the one opened last.
    fn close(&mut self, byte: u8) {
        if byte == b'}' && self.braces > 0 {
            while let Some(index) = self.stack.pop() {
                if self.outline.brackets[index].kind == b'{' {
                    self.braces -= 1;
                    self.outline.brackets[index].close = Some(self.at);
                    break;
                }
                self.unclosed(index);
            }
            self.events.push(Event::Close(true));
        } else {
            let top = self.stack.last().copied();
            let closed = top.filter(|&index| byte != b'}' && closing(self.outline.brackets[index].kind) == byte);
            self.events.push(Event::Close(closed.is_some()));
            match closed {
                Some(index) => {
                    self.stack.pop();
                    self.outline.brackets[index].close = Some(self.at);
                }
                None => self.fault(self.at, FaultKind::Unopened(byte)),
            }
        }
        self.at += 1;
    }

    fn unclosed(&mut self, index: usize) {
        let bracket = self.outline.brackets[index];
        self.fault(bracket.open, FaultKind::Unclosed(bracket.kind));
    }

    fn fault(&mut self, at: usize, kind: FaultKind) {
        self.outline.faults.push(Fault { at, kind });
    }
}

/// What closes a bracket.
pub(in crate::syntax) const fn closing(open: u8) -> u8 {
    match open {
        b'{' => b'}',
        b'(' => b')',
        _ => b']',
    }
}

/// Bytes of words in any script.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Sets the depth of every head, and finds what nests too deep, counted from the item it stands in.
fn measure(outline: &mut Outline, events: &[Event], opens: impl Fn(usize) -> bool) {
    let (mut closed, mut open, mut reported) = (0_u32, 0_u32, false);
    for &event in events {
        match event {
            Event::Open(index) => {
                let bracket = outline.brackets[index];
                closed += u32::from(bracket.close.is_some());
                open += u32::from(bracket.close.is_none());
                if closed + open > MAX_DEPTH && !reported {
                    reported = true;
                    outline.faults.push(Fault {
                        at: bracket.open,
                        kind: FaultKind::TooDeep,
                    });
                }
            }
            Event::Close(matched) => closed -= u32::from(matched),
            Event::Head(index) => {
                let head = &mut outline.heads[index];
                head.depth = closed;
                if closed == 0 && opens(head.at) {
                    (open, reported) = (0, false);
                }
            }
        }
    }
}
