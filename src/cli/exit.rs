//! Exit codes (DESIGN §7).

use std::process::{ExitCode, Termination};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: fine.
    Fine,
    /// 1: findings, failed tests, or (with `--exit-code`) a denial.
    Findings,
    /// 3: the policy, the facts or the sentence do not compile. (2, wrong usage, is clap's.)
    Broken,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        match self {
            Self::Fine => ExitCode::SUCCESS,
            Self::Findings => ExitCode::from(1),
            Self::Broken => ExitCode::from(3),
        }
    }
}
