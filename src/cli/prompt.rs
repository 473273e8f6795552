//! The prompt of `rolebook ask` without a sentence.

use std::io::{BufRead, IsTerminal, stdin};

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::Exit;

/// What answers a sentence.
type Say<'s> = &'s mut dyn FnMut(&str) -> Exit;

/// Answers sentences until the input ends; from a pipe, one a line.
pub(super) fn run(say: Say<'_>) -> Exit {
    if stdin().is_terminal() {
        by_hand(say)
    } else {
        piped(say)
    }
}

fn piped(say: Say<'_>) -> Exit {
    let mut exit = Exit::Fine;
    for line in stdin().lock().lines().map_while(Result::ok) {
        if !line.trim().is_empty() && say(&line) == Exit::Broken {
            exit = Exit::Broken;
        }
    }
    exit
}

fn by_hand(say: Say<'_>) -> Exit {
    let Ok(mut editor) = DefaultEditor::new() else {
        return piped(say);
    };
    loop {
        match editor.readline("? ") {
            Ok(line) if matches!(line.trim(), "quit" | "exit") => return Exit::Fine,
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                // A sentence that cannot be remembered is answered all the same.
                let _ = editor.add_history_entry(&line);
                say(&line);
            }
            Err(ReadlineError::Interrupted) => {}
            Err(_) => return Exit::Fine,
        }
    }
}
