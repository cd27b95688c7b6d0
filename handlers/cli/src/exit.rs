//! How the process ends: a contract with scripts.

use std::{fmt, process::ExitCode};

use fleet_core::command::Status;

/// What `--help` says about it.
pub const HELP: &str = "\
Exit codes:
  0  done, or so already
  1  something failed; what a command came to, if one was sent, is not known
  2  wrong usage, or a command that the app would reject; nothing was sent
  3  refused: a guard or a rule stands against it; nothing was changed
  4  rejected: the app did not understand it or knows no such stamp; nothing was changed
  5  held: recorded; the rest waits for the reasons given and follows by itself
  6  no answer in time; the command may still be carried out";

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or so already.
    Done,
    /// Something failed.
    Failed,
    /// Wrong usage.
    Usage,
    /// A command was refused.
    Refused,
    /// A command was rejected.
    Rejected,
    /// A command's effect waits.
    Held,
    /// No answer came in time.
    NoAnswer,
}

/// Something that whoever typed the command line must mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Rejected => 4,
            Self::Held => 5,
            Self::NoAnswer => 6,
        }
    }

    /// The end that an error means.
    #[must_use]
    pub fn of_error(error: &anyhow::Error) -> Self {
        if error.is::<Usage>() { Self::Usage } else { Self::Failed }
    }
}

impl From<Status> for Exit {
    fn from(status: Status) -> Self {
        match status {
            Status::NoOp | Status::Done => Self::Done,
            Status::Held => Self::Held,
            Status::Refused => Self::Refused,
            Status::Rejected => Self::Rejected,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_code_once_and_in_order() {
        let all = [
            Exit::Done,
            Exit::Failed,
            Exit::Usage,
            Exit::Refused,
            Exit::Rejected,
            Exit::Held,
            Exit::NoAnswer,
        ];
        let told = HELP.lines().skip(1).filter_map(|line| line.split_whitespace().next()?.parse::<u8>().ok());
        assert_eq!(told.collect::<Vec<_>>(), all.map(Exit::code));
    }

    #[test]
    fn wrong_usage_is_told_from_other_failures_also_through_context() {
        let usage = anyhow::Error::new(Usage("x".to_owned())).context("while reading");
        assert_eq!(Exit::of_error(&usage), Exit::Usage);
        assert_eq!(Exit::of_error(&anyhow::anyhow!("the network")), Exit::Failed);
    }
}
