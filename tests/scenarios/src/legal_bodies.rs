//! Whether every resource in a recording of ARM traffic is one that Azure's own types allow.
//!
//! The judge is the Bicep compiler, which carries the published type of every resource and api-version. It reads what
//! clients send and what the simulator answers alike, so neither can drift into a shape that real ARM would not know.
//!
//! Everything the compiler says counts as a fault, with these exceptions and no others:
//!
//! | where | code | why it is expected |
//! | --- | --- | --- |
//! | every type | BCP394 | a whole resource may not be the type of a *deployable* variable; the value is checked first |
//! | names | BCP121 | one resource may be called with two api-versions; a deployment would refuse that |
//! | names | BCP135 | the program stands for a deployment to a resource group, the URL may lie elsewhere |
//! | PATCH bodies | BCP035 | a patch leaves out what it does not change, required properties too |
//! | answers | BCP073 | the service shows read-only properties; inside arrays and maps the compiler still says so |
//! | nulls in answers | BCP036 | services write null for what is not set |
//!
//! What stays unseen: which properties a PATCH may change at all; the values of read-only properties inside arrays and
//! maps; enums that the published types leave open, as most are; rules between properties; whether a name fits the id.

mod address;
mod body;
mod compiler;
mod exchange;
mod fault;
mod literal;
mod program;
mod sarif;

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write as _};
use std::path::PathBuf;

use body::{Body, Gathered, Terms};
use compiler::{Compiler, Surroundings};
use program::{Line, Part, Program};
use sarif::Diagnostic;

pub use fault::{Fault, Side, Site};

/// What became of a recording.
#[derive(Debug, Default)]
#[must_use = "an unread report proves nothing"]
pub struct Report {
    /// How many bodies were judged; equal ones count each. 0 when there was no compiler.
    pub checked: usize,
    /// What was judged, as `PATCH microsoft.cdn/profiles/origingroups/origins@2025-12-01`: the verb, GET for all
    /// answers, the type in lower case, the api-version.
    pub kinds: BTreeSet<String>,
    /// All faults, in the order of the recording.
    pub faults: Vec<Fault>,
}

/// Why a recording could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The recording broke off.
    #[error("line {line} of the recording can't be read")]
    Unreadable {
        /// Counted from 1.
        line: usize,
        /// What went wrong.
        source: io::Error,
    },
    /// A line is no recorded call.
    #[error(
        "line {line} of the recording is no exchange; one JSON object with method, url and bodies is allowed"
    )]
    NotAnExchange {
        /// Counted from 1.
        line: usize,
        /// What went wrong.
        source: serde_json::Error,
    },
    /// The compiler did not run.
    #[error("Bicep compiler {} can't be run; name another by the environment variable BICEP", path.display())]
    Compiler {
        /// Which one.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The compiler ran and said nothing intelligible.
    #[error("the Bicep compiler answered no SARIF report but said: {said}")]
    NoReport {
        /// Its standard error.
        said: String,
        /// What went wrong.
        source: serde_json::Error,
    },
    /// There is no compiler.
    #[error("no Bicep compiler; put one on PATH or name it by the environment variable BICEP")]
    NoCompiler,
    /// A remark that leads nowhere: the program was not written as expected.
    #[error("the Bicep compiler remarks {code} on line {line} of a program that has no such line: {message}")]
    Astray {
        /// The compiler's code.
        code: String,
        /// Line of the program.
        line: usize,
        /// The compiler's words.
        message: String,
    },
}

/// Judges a recording in JSON Lines with the compiler that is at hand.
///
/// It is looked for in the environment variable `BICEP`, on `PATH`, and in the folder for tools beside the checkout.
/// Without one nothing is judged and standard error says so; that is an error if `BICEP` named one, and under
/// `CI=true` if the folder exists.
///
/// # Errors
/// When the recording can't be read, when a compiler is demanded and can't be run, or when one ran and its report
/// makes no sense.
pub fn check(recording: impl BufRead) -> Result<Report, Error> {
    let gathered = body::gather_all(&exchange::read(recording)?);
    let surroundings = Surroundings::of_this_process();
    let judged = Compiler::find(&surroundings).ok_or(Error::NoCompiler);
    match judged.and_then(|compiler| judge(&gathered, &compiler)) {
        Err(error @ (Error::NoCompiler | Error::Compiler { .. })) if !surroundings.demand_a_verdict() => {
            // Past the test harness, which keeps what a passing test prints through the macros.
            let _ = writeln!(io::stderr(), "SKIPPED: no body was held against Azure's types: {error}");
            Ok(Report { faults: gathered.faults, ..Report::default() })
        }
        verdict => verdict,
    }
}

fn judge(gathered: &Gathered, compiler: &Compiler) -> Result<Report, Error> {
    let Gathered { bodies, faults } = gathered;
    let program = Program::declaring(bodies);
    let mut faults = faults.clone();
    for diagnostic in compiler.lint(&program.text)? {
        faults.extend(fault(diagnostic, &program, bodies)?);
    }
    faults.extend(program.faults);
    faults.sort_by_key(|fault| fault.site.line);
    Ok(Report { checked: bodies.len(), kinds: bodies.iter().map(kind).collect(), faults })
}

/// The fault that a remark stands for, unless it is an expected one.
fn fault(diagnostic: Diagnostic, program: &Program, bodies: &[Body]) -> Result<Option<Fault>, Error> {
    let Diagnostic { code, message, line } = diagnostic;
    let Some(Line { body, part }) = program.line(line) else {
        return Err(Error::Astray { code, line, message });
    };
    let body = &bodies[*body];
    if is_expected(&code, part, body.terms) {
        return Ok(None);
    }
    let path = match part {
        Part::Type | Part::Name => "url",
        Part::Value { path, .. } => path,
    };
    Ok(Some(Fault { site: body.site.clone(), path: path.to_owned(), code, message }))
}

/// The table of exceptions; see the module.
fn is_expected(code: &str, part: &Part, terms: Terms) -> bool {
    match part {
        Part::Type => code == "BCP394",
        Part::Name => matches!(code, "BCP121" | "BCP135"),
        Part::Value { is_null, .. } => match terms {
            Terms::Put => false,
            Terms::Patch => code == "BCP035",
            Terms::Answer => code == "BCP073" || (*is_null && code == "BCP036"),
        },
    }
}

fn kind(body: &Body) -> String {
    let verb = match body.terms {
        Terms::Put => "PUT",
        Terms::Patch => "PATCH",
        Terms::Answer => "GET",
    };
    format!("{verb} {}@{}", body.address.resource_type().to_ascii_lowercase(), body.api_version)
}
