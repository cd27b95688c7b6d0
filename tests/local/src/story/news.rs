//! What is worth telling of looks. The app looks at everything again every few minutes, and mostly finds what it found
//! before.

use std::collections::{BTreeMap, BTreeSet};

use super::Kind;

/// One line: its kind and its text.
pub(super) type Line = (Kind, String);

/// What a happening says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// What is told at once.
    pub now: Vec<Line>,
    /// The look that it was, if it was one.
    pub look: Option<Look>,
    /// Why something will be looked at.
    pub reasons: Vec<Reason>,
}

/// One look at a stamp or at the fleet's updates.
#[derive(Debug, PartialEq)]
pub(super) struct Look {
    /// At what; empty when nothing was read.
    pub about: String,
    /// Whether it is told even if it says nothing new: it wrote something, failed, or answers somebody.
    pub acts: bool,
    /// What it says.
    pub lines: Vec<Line>,
}

/// A reason to look at something: an event or a nudge.
#[derive(Debug, PartialEq)]
pub(super) struct Reason {
    /// At what.
    pub about: String,
    /// What it says.
    pub line: Line,
}

impl Said {
    /// Something to tell at once.
    pub(super) fn now(lines: impl IntoIterator<Item = Line>) -> Self {
        Self { now: lines.into_iter().collect(), ..Self::default() }
    }
}

/// What was said of late.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Reasons whose looks are still to come.
    waiting: Vec<Reason>,
    /// What the last look said, by what it was about.
    last: BTreeMap<String, BTreeSet<Line>>,
}

impl News {
    /// The lines to tell. Of a look that acts, all but what holds it back still; of another one what it says for the first
    /// time; both after the reasons that led to it, each once.
    pub(super) fn of(&mut self, said: Said) -> Vec<Line> {
        let mut told = said.now;
        told.extend(said.look.map(|look| self.look(look)).unwrap_or_default());
        for reason in said.reasons {
            if !self.waiting.contains(&reason) {
                self.waiting.push(reason);
            }
        }
        told
    }

    fn look(&mut self, look: Look) -> Vec<Line> {
        let Look { about, acts, lines } = look;
        let (led, waiting): (Vec<Reason>, Vec<Reason>) =
            self.waiting.drain(..).partition(|reason| reason.about == about);
        self.waiting = waiting;
        let says = lines.iter().filter(|(kind, _)| is_state(*kind)).cloned().collect();
        let before = self.last.insert(about, says).unwrap_or_default();
        let led = led.into_iter().map(|reason| reason.line);
        if acts {
            let holds_still = |line: &Line| line.0 == Kind::Hold && before.contains(line);
            return led.chain(lines.into_iter().filter(|line| !holds_still(line))).collect();
        }
        let new: Vec<Line> =
            lines.into_iter().filter(|line| is_state(line.0) && !before.contains(line)).collect();
        if new.is_empty() {
            return new;
        }
        led.filter(|(kind, _)| *kind == Kind::Event).chain(new).collect()
    }
}

/// Whether lines of this kind say how things are, and not what was done to find out or to change it.
fn is_state(kind: Kind) -> bool {
    matches!(kind, Kind::Decision | Kind::Hold)
}

#[cfg(test)]
mod tests;
