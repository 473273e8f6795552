//! Rolebook.
pub mod source;
pub mod diagnostic;
pub mod yaml;
pub mod syntax;
pub mod model;
pub mod facts;
pub mod table;
pub mod eval;
pub mod query;
pub mod lint;
pub mod suite;
pub mod report;
pub mod project;
pub mod cli;
