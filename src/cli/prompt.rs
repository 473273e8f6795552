//! The prompt of `rolebook ask` without a sentence.

use std::io::{BufRead, IsTerminal, stdin};

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::Exit;
use super::ask::Session;

/// Answers sentences until the input ends; from a pipe, one a line.
pub(super) fn run(session: &mut Session<'_>) -> Exit {
    if stdin().is_terminal() {
        by_hand(session)
    } else {
        piped(session)
    }
}

fn piped(session: &mut Session<'_>) -> Exit {
    let mut exit = Exit::Fine;
    for line in stdin().lock().lines().map_while(Result::ok) {
        if !line.trim().is_empty() && session.say(&line, false) == Exit::Broken {
            exit = Exit::Broken;
        }
    }
    exit
}

fn by_hand(session: &mut Session<'_>) -> Exit {
    let Ok(mut editor) = DefaultEditor::new() else {
        return piped(session);
    };
    loop {
        match editor.readline("? ") {
            Ok(line) if matches!(line.trim(), "quit" | "exit") => return Exit::Fine,
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                // A sentence that cannot be remembered is answered all the same.
                let _ = editor.add_history_entry(&line);
                session.say(&line, false);
            }
            Err(ReadlineError::Interrupted) => {}
            Err(_) => return Exit::Fine,
        }
    }
}
