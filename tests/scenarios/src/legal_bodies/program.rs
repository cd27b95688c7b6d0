//! One Bicep program that declares every body, and the way back from its lines.
//!
//! A body becomes a typed variable:
//!
//! ```bicep
//! type t0 = resourceInput<'Microsoft.ContainerService/fleets/members@2026-06-01'>
//! resource n0 'Microsoft.ContainerService/fleets@2026-06-01' existing = {
//!   name: 'fleet'
//! }
//! resource n1 'Microsoft.ContainerService/fleets/members@2026-06-01' existing = {
//!   parent: n0
//!   name: 'member'
//! }
//! var b0 t0 = {
//!   'name': 'member'
//!   …
//! }
//! ```
//!
//! `resourceInput` is what may be written, `resourceOutput` what is shown: the latter judges the values of read-only
//! properties, where a resource declaration would only say that they are read-only. (It does so in objects within
//! objects; inside arrays and maps it too only says that they are.) Neither type judges names nor
//! complains of an unknown api-version; the `existing` resources do, each segment of the URL by its own rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Fault;
use super::body::{Body, Terms};
use super::literal::{self, Literal};

/// Types that can be patched and not put: their published type calls all properties read-only, so a patch is judged
/// by what is shown.
const NEVER_PUT: [&str; 1] = ["Microsoft.ContainerService/fleets/gates"];

/// A program and where each of its lines comes from.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub text: String,
    /// One entry a line.
    lines: Vec<Line>,
    /// What the compiler can't judge.
    pub faults: Vec<Fault>,
    types: BTreeMap<(Terms, String), usize>,
    names: BTreeMap<String, usize>,
    variables: BTreeSet<(usize, String)>,
}

/// Where a line of the program comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Index of the body it was first written for.
    pub body: usize,
    pub part: Part,
}

/// What a line declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The type of the body.
    Type,
    /// A segment of the URL.
    Name,
    /// The value at this path of the document.
    Value { path: String, is_null: bool },
}

impl Program {
    /// Declares all `bodies`. Equal ones are declared, and so judged, once, for the first of them.
    pub(crate) fn declaring(bodies: &[Body]) -> Self {
        let mut program = Self::default();
        for (index, body) in bodies.iter().enumerate() {
            program.names_of(index, body);
            let alias = program.type_of(index, body);
            program.variable(index, body, alias);
        }
        program
    }

    /// Where line `number`, counted from 1, comes from.
    pub(crate) fn line(&self, number: usize) -> Option<&Line> {
        self.lines.get(number.checked_sub(1)?)
    }

    fn type_of(&mut self, index: usize, body: &Body) -> usize {
        // Patches are read as input, but under other terms: an alias of their own keeps them apart from equal PUTs.
        let kind = format!("{}@{}", body.address.resource_type(), body.api_version);
        let next = self.types.len();
        let known = *self.types.entry((body.terms, kind.to_ascii_lowercase())).or_insert(next);
        if known == next {
            let line = format!("type t{next} = {}<{}>", function(body), literal::string(&kind));
            self.push(index, Part::Type, &line);
        }
        known
    }

    fn names_of(&mut self, index: usize, body: &Body) {
        let mut parent = None;
        for depth in 1..=body.address.names.len() {
            let kind = format!("{}@{}", body.address.type_at(depth), body.api_version);
            let names = &body.address.names[..depth];
            let key = format!("{kind} {}", names.join("/")).to_ascii_lowercase();
            let next = self.names.len();
            let known = *self.names.entry(key).or_insert(next);
            if known == next {
                self.existing(index, next, &kind, &names[depth - 1], parent);
            }
            parent = Some(known);
        }
    }

    fn existing(&mut self, index: usize, number: usize, kind: &str, name: &str, parent: Option<usize>) {
        self.push(index, Part::Name, &format!("resource n{number} {} existing = {{", literal::string(kind)));
        if let Some(parent) = parent {
            self.push(index, Part::Name, &format!("  parent: n{parent}"));
        }
        self.push(index, Part::Name, &format!("  name: {}", literal::string(name)));
        self.push(index, Part::Name, "}");
    }

    fn variable(&mut self, index: usize, body: &Body, alias: usize) {
        let Literal { rows, unjudged } = literal::write(&body.value, &body.path);
        let text: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        if !self.variables.insert((alias, text.join("\n"))) {
            return;
        }
        let mut lead = format!("var b{index} t{alias} = ");
        for row in rows {
            let text = format!("{lead}{}", row.text);
            self.push(index, Part::Value { path: row.path, is_null: row.is_null }, &text);
            lead.clear();
        }
        for path in unjudged {
            let message = "neither an integer nor within 64 bits: the types know no other numbers";
            self.faults.push(Fault::own(&body.site, &path, "NOT-AN-INTEGER", message));
        }
    }

    fn push(&mut self, body: usize, part: Part, line: &str) {
        self.lines.push(Line { body, part });
        let _ = writeln!(self.text, "{line}");
    }
}

/// The compiler's name for the resource as the body should have it.
fn function(body: &Body) -> &'static str {
    let kind = body.address.resource_type();
    let never_put = NEVER_PUT.iter().any(|never| never.eq_ignore_ascii_case(&kind));
    match body.terms {
        Terms::Put => "resourceInput",
        Terms::Patch if !never_put => "resourceInput",
        Terms::Patch | Terms::Answer => "resourceOutput",
    }
}
