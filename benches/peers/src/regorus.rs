//! Regorus: a policy in Rego, the organisation as its data document.
//!
//! It has three modes: the interpreter, the interpreter started from a compiled policy, and a virtual machine. The
//! fastest that agrees is shown; those that do not are named. A handle is the prepared input document.

mod data;

use std::collections::BTreeMap;

use ::regorus::languages::rego::compiler::Compiler;
use ::regorus::rvm::vm::RegoVM;
use ::regorus::{CompiledPolicy, Value};

use crate::apps::{App, Ask};
use crate::engine::Engine;

/// How a policy is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Interpreter,
    Compiled,
    Machine,
}

/// All modes, with their names.
pub const MODES: [(Mode, &str); 3] = [
    (Mode::Machine, "virtual machine"),
    (Mode::Compiled, "compiled policy"),
    (Mode::Interpreter, "interpreter"),
];

enum Runner {
    Interpreter(Box<regorus::Engine>, String),
    Compiled(CompiledPolicy),
    Machine(Box<RegoVM>),
}

/// A policy with its data, in one of the modes.
pub struct Regorus {
    runner: Runner,
    /// `user`, `action`, `kind`, `resource`.
    keys: [Value; 4],
}

/// The policy of an application with its organisation; an error if the mode cannot run it.
pub fn new(app: &App, mode: Mode) -> Result<Regorus, String> {
    let (policy, name) = match app {
        App::Gdrive(_) => (include_str!("../policies/gdrive.rego"), "gdrive"),
        App::Github(_) => (include_str!("../policies/github.rego"), "github"),
        App::Tinytodo(_) => (include_str!("../policies/tinytodo.rego"), "tinytodo"),
    };
    load(policy, name, data::of(app), mode)
}

/// Reads a policy and its data.
pub fn load(policy: &str, package: &str, data: serde_json::Value, mode: Mode) -> Result<Regorus, String> {
    let data = Value::from(data);
    let rule = format!("data.{package}.allow");
    let mut engine = regorus::Engine::new();
    let shown = |error: anyhow::Error| error.to_string();
    engine
        .add_policy(format!("{package}.rego"), policy.to_owned())
        .map_err(shown)?;
    engine.add_data(data.clone()).map_err(shown)?;
    let runner = match mode {
        Mode::Interpreter => Runner::Interpreter(Box::new(engine), rule),
        Mode::Compiled => Runner::Compiled(engine.compile_with_entrypoint(&rule.into()).map_err(shown)?),
        Mode::Machine => {
            let compiled = engine.compile_with_entrypoint(&rule.as_str().into()).map_err(shown)?;
            let program = Compiler::compile_from_policy(&compiled, &[&rule]).map_err(|e| e.to_string())?;
            let mut machine = RegoVM::new_with_policy(compiled);
            machine.load_program(program);
            machine.set_data(data).map_err(|e| e.to_string())?;
            Runner::Machine(Box::new(machine))
        }
    };
    let keys = ["user", "action", "kind", "resource"].map(Value::from);
    Ok(Regorus { runner, keys })
}

impl Engine for Regorus {
    type Handle = Value;

    fn prepare(&self, ask: &Ask) -> Value {
        let texts = [&ask.user, ask.action, ask.kind, &ask.resource].map(Value::from);
        let fields: BTreeMap<Value, Value> = self.keys.iter().cloned().zip(texts).collect();
        Value::from(fields)
    }

    fn interned(&mut self, handle: &Value) -> bool {
        let input = handle.clone();
        let answer = match &mut self.runner {
            Runner::Interpreter(engine, rule) => {
                engine.set_input(input);
                engine.eval_rule(rule.clone()).ok()
            }
            Runner::Compiled(policy) => policy.eval_with_input(input).ok(),
            Runner::Machine(machine) => {
                machine.set_input(input);
                machine.execute_entry_point_by_index(0).ok()
            }
        };
        answer == Some(Value::Bool(true))
    }

    fn strings(&mut self, ask: &Ask) -> bool {
        self.interned(&self.prepare(ask))
    }
}
