//! `rolebook ask`

use std::path::PathBuf;

use super::load::{self, Moment};
use super::{Exit, prompt};
use crate::diagnostic::Found;
use crate::eval::org::Org;
use crate::model::value::{Tri, Value, clock};
use crate::query::how_could::Budget;
use crate::query::{Answer, Ground, ask_within, render};
use crate::report::answer::{self, AnswerFormat};
use crate::source::Sources;
use crate::syntax::ast::{Sentence, SentenceKind};
use crate::syntax::parse;
use crate::table::Table;

/// Answer a question, with reasons.
///
/// Without a sentence it asks for one after the other. Examples: "can oz edit tender-17", "why cannot oz edit tender-18",
/// "who can approve Tender in paris", "which Tender can oz view", "what can oz do in paris", "which roles can approve
/// Tender", "is nia Manager at paris", "can ada assign Manager at paris to tim", "how could nia create PurchaseOrder in
/// paris".
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The policy: a folder of `.roles` files, or a snapshot.
    #[arg(short, long, value_name = "FOLDER")]
    policy: Option<PathBuf>,
    /// The organisation, a file or a folder of tables; by default the facts beside the policy.
    #[arg(short, long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Exit with 1 if the answer is a denial or no.
    #[arg(long)]
    exit_code: bool,
    /// The moment of the request (`2026-12-31T08:00Z`), in place of the clock.
    #[arg(long, value_name = "DATETIME", value_parser = load::moment)]
    now: Option<Moment>,
    /// How many sets of changes `how could …` tries at most.
    #[arg(long, value_name = "SETS")]
    budget: Option<usize>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
    /// The sentence.
    #[arg(trailing_var_arg = true)]
    sentence: Vec<String>,
}

pub(super) fn run(args: &Args) -> Exit {
    let mut sources = Sources::default();
    let mut found = Found::default();
    let Some(mut loaded) = load::one(args.policy.as_deref(), &mut sources, &mut found) else {
        return load::print_problems(found, &sources);
    };
    found.append(std::mem::take(&mut loaded.found));
    let Some(table) = loaded.table.take() else {
        return load::print_problems(found, &sources);
    };
    let mut facts = load::organisation(args.facts.as_deref(), &mut loaded, &mut sources, &mut found);
    if found.has_errors() || facts.is_none() {
        // Without facts a warning may tell why: a file beside the policy that is not known as facts.
        let exit = load::print_problems(found, &sources);
        if exit == Exit::Broken {
            return exit;
        }
    }
    let now = args.now.map_or_else(clock, |moment| moment.0);
    let pinned = facts.as_mut().and_then(|facts| load::pin(facts, args.now));
    let index = loaded.index.take();
    let org = facts.as_ref().map(|facts| load::ready(&table, facts, index));
    let mut session = Session {
        table: &table,
        org: org.as_ref(),
        sources,
        now,
        pinned,
        budget: Budget {
            sets: args.budget.unwrap_or(Budget::default().sets),
            ..Budget::default()
        },
        format: args.format,
    };
    if args.sentence.is_empty() {
        return prompt::run(&mut |line| session.say(line, false));
    }
    session.say(&args.sentence.join(" "), args.exit_code)
}

/// A policy and an organisation to which sentences are put.
struct Session<'a> {
    table: &'a Table,
    org: Option<&'a Org<'a>>,
    sources: Sources,
    now: Value,
    /// What is told of the moment, where it is not that of the clock.
    pinned: Option<String>,
    budget: Budget,
    format: AnswerFormat,
}

impl Session<'_> {
    /// Answers one sentence on the terminal.
    fn say(&mut self, text: &str, exit_code: bool) -> Exit {
        let file = self.sources.add("sentence", text);
        let mut found = Found::default();
        let Some(sentence) = parse::sentence(file, text, &mut found) else {
            return load::print_problems(found, &self.sources);
        };
        let ground = Ground {
            table: self.table,
            org: self.org,
            now: self.now,
        };
        let Some(answer) = ask_within(&ground, &sentence, self.budget, &mut found) else {
            return load::print_problems(found, &self.sources);
        };
        self.print(&answer, &ground, &sentence);
        if exit_code && !is_as_said(&answer, &sentence.kind) {
            Exit::Findings
        } else {
            Exit::Fine
        }
    }
}

impl Session<'_> {
    fn print(&self, answer: &Answer, ground: &Ground<'_>, sentence: &Sentence) {
        let says_when = sentence.with.iter().any(|setting| setting.key.text == "context.now");
        match self.format {
            AnswerFormat::Json => load::print(&answer::json(answer, ground, &self.sources)),
            AnswerFormat::Text => load::print(&render::text(answer, ground, &self.sources)),
        }
        if let (Some(pinned), false, AnswerFormat::Text) = (&self.pinned, says_when, self.format) {
            load::print(&format!("({pinned})\n"));
        }
    }
}

/// True if the answer is yes, or for a statement what it states.
fn is_as_said(answer: &Answer, kind: &SentenceKind) -> bool {
    let wanted = match kind {
        SentenceKind::States { can, .. } | SentenceKind::Why { can, .. } => *can,
        SentenceKind::StatesRole { is, .. } => *is,
        _ => true,
    };
    let settled = !matches!((answer, answer.truth()), (Answer::Reach(_), Some(Tri::Unknown)));
    settled && answer.truth().is_none_or(|truth| (truth == Tri::True) == wanted)
}
