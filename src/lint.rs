//! stub
use crate::{diagnostic::Found, eval::org::Org, model::{Model, value::Value}, source::Sources, syntax::ast, table::Table};
/// stub
pub fn facts(_: &Table, _: &Org<'_>, _: &[Value], _: &mut Found) {}
/// stub
pub fn policy(_: &Model, _: Option<&Table>, _: &[ast::File], _: &Sources, _: &mut Found) {}
/// stub
pub fn page(_: &str) -> Option<&'static str> { None }
/// stub
pub fn codes() -> impl Iterator<Item = &'static str> { [].into_iter() }
