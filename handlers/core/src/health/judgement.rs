//! From statements to a standing. The standing turns only after the verdict has been the same for a while, and a stamp
//! that keeps falling must be well for longer each time. All of it is state, so a restart forgets nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{EVIDENCE_MAX, Evidence, MACHINE_KEY, NodeCount, Says, Source};
use crate::{
    config::{Health, Weight},
    facets::traffic::{Probe, Verdict},
};

/// What is remembered of a stamp's health.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthNote {
    /// At most one statement per source and key, in their order, and at most [`EVIDENCE_MAX`].
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// What the stamp is taken for.
    #[serde(default)]
    pub standing: Standing,
    /// Since when the verdict contradicts the standing, without a break.
    #[serde(default)]
    pub turning: Option<Timestamp>,
    /// When it fell sick, as far back as the flap window reaches.
    #[serde(default)]
    pub falls: Vec<Timestamp>,
}

/// What a stamp is taken for, after hysteresis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// Nothing has spoken against it for long enough to matter.
    #[default]
    Healthy,
    /// The evidence was bad for long enough, and has not been good for long enough since.
    Sick,
}

/// A note that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a judgement counts only once it is remembered"]
pub struct Judged {
    /// The note as it shall be.
    pub note: HealthNote,
    /// What the evidence says now.
    pub verdict: Verdict,
    /// When the standing turns if the verdict stays.
    pub due: Option<Timestamp>,
}

impl HealthNote {
    /// Takes in a statement; a later one of the same source and key has replaced it already when this one is late.
    pub fn take(&mut self, mut evidence: Evidence, now: Timestamp) {
        // A clock that is ahead must not silence its source for as long as it is ahead.
        evidence.at = evidence.at.min(now);
        let same = |kept: &&mut Evidence| kept.source == evidence.source && kept.key == evidence.key;
        match self.evidence.iter_mut().find(same) {
            Some(kept) if evidence.replaces(kept) => *kept = evidence,
            Some(_) => {}
            None => self.evidence.push(evidence),
        }
        self.evidence.retain(|kept| kept.is_fresh(now));
        if self.evidence.len() > EVIDENCE_MAX {
            let oldest = (0..self.evidence.len()).min_by_key(|&at| self.evidence[at].at).unwrap_or(0);
            self.evidence.remove(oldest);
        }
        self.evidence.sort_by(|a, b| (a.source, &a.key).cmp(&(b.source, &b.key)));
    }

    /// Takes in what our own probe found. The same finding again is kept only once half its life is over, so that a look
    /// at a stamp that is as it was changes nothing.
    pub fn hear_probe(&mut self, probe: &Probe, rules: &Health, now: Timestamp) {
        let life = rules.evidence_life(Source::Probe);
        let (says, why) = match probe {
            Probe::Good => (Says::Good, "its health path answers well".to_owned()),
            Probe::Bad(why) => (Says::Bad, why.clone()),
        };
        let known = self.evidence.iter().find(|kept| kept.source == Source::Probe);
        if known.is_some_and(|known| known.says == says && known.at + life / 2 > now) {
            return;
        }
        self.take(
            Evidence { source: Source::Probe, key: String::new(), says, why, at: now, until: now + life },
            now,
        );
    }

    /// What the evidence says; `nodes` is what the stamp's nodes are made of.
    #[must_use]
    pub fn verdict(&self, rules: &Health, nodes: NodeCount, now: Timestamp) -> Verdict {
        let fresh: Vec<&Evidence> = self.evidence.iter().filter(|evidence| evidence.is_fresh(now)).collect();
        let words = words(&fresh, rules, nodes);
        let operator = words.iter().find(|word| word.source == Source::Operator);
        let counted: Vec<&Word> = operator.map_or_else(|| words.iter().collect(), |word| vec![word]);
        let bad: Vec<&&Word> = counted.iter().filter(|word| word.says == Says::Bad).collect();
        let decides = |word: &&&Word| word.weight == Weight::Decides;
        if bad.iter().any(decides) || bad.len() > 1 {
            let why: Vec<String> = bad.iter().map(|word| format!("{}: {}", word.source, word.why)).collect();
            return Verdict::Bad(why.join("; "));
        }
        if let [word] = bad.as_slice() {
            let why =
                format!("only {} speaks against it ({}), which does not decide alone", word.source, word.why);
            return Verdict::Unknown(why);
        }
        match counted.iter().any(|word| word.says == Says::Good && word.weight == Weight::Decides) {
            true => Verdict::Good,
            false => Verdict::Unknown("no source that decides has said anything lately".to_owned()),
        }
    }

    /// Takes the stamp for healthy until the evidence says otherwise for long enough; its falls are not forgotten.
    pub fn start_over(&mut self) {
        self.standing = Standing::Healthy;
        self.turning = None;
    }

    /// Judges the stamp anew. The same question asked again at the same time gets the same answer.
    pub fn judge(&self, rules: &Health, nodes: NodeCount, now: Timestamp) -> Judged {
        let mut note = self.clone();
        let window = SignedDuration::from_mins(i64::from(rules.flap_window_minutes));
        note.falls.retain(|fall| *fall + window > now);
        let verdict = self.verdict(rules, nodes, now);
        let wait = match (note.standing, &verdict) {
            (Standing::Healthy, Verdict::Bad(_)) => minutes(rules.fail_after_minutes),
            (Standing::Sick, Verdict::Good) => recovery(rules, note.falls.len()),
            _ => {
                note.turning = None;
                return Judged { note, verdict, due: None };
            }
        };
        let since = note.turning.unwrap_or(now);
        if now < since + wait {
            note.turning = Some(since);
            return Judged { note, verdict, due: Some(since + wait) };
        }
        note.turning = None;
        match note.standing {
            Standing::Healthy => {
                note.standing = Standing::Sick;
                note.falls.push(now);
            }
            Standing::Sick => note.standing = Standing::Healthy,
        }
        Judged { note, verdict, due: None }
    }
}

/// How long a stamp must be well before it is taken for healthy: doubled with every further fall in the flap window.
fn recovery(rules: &Health, falls: usize) -> SignedDuration {
    let doublings = u32::try_from(falls.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    let longer = rules.recover_after_minutes.saturating_mul(1 << doublings);
    minutes(longer.min(rules.longest_recover_minutes.max(rules.recover_after_minutes)))
}

fn minutes(minutes: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(minutes))
}

/// What one source says, with all its statements taken together.
struct Word {
    source: Source,
    says: Says,
    why: String,
    weight: Weight,
}

fn words(fresh: &[&Evidence], rules: &Health, nodes: NodeCount) -> Vec<Word> {
    let speaking = Source::ALL.iter().filter_map(|(_, source)| {
        let own: Vec<&Evidence> =
            fresh.iter().copied().filter(|e| e.source == *source && e.says != Says::Nothing).collect();
        let weight = rules.weight(*source);
        if own.is_empty() || weight == Weight::Ignored {
            return None;
        }
        let (says, why) = match source {
            Source::Nodes => of_nodes(&own, rules, nodes),
            _ => of_any(&own),
        };
        Some(Word { source: *source, says, why, weight })
    });
    speaking.collect()
}

/// One bad statement is enough.
fn of_any(own: &[&Evidence]) -> (Says, String) {
    let bad: Vec<&str> = own.iter().filter(|e| e.says == Says::Bad).map(|e| e.why.as_str()).collect();
    match bad.is_empty() {
        true => (Says::Good, own.first().map_or_else(String::new, |e| e.why.clone())),
        false => (Says::Bad, bad.join(", ")),
    }
}

/// A scale set or two may be down, and a few machines, without the stamp being unfit: the share decides.
fn of_nodes(own: &[&Evidence], rules: &Health, nodes: NodeCount) -> (Says, String) {
    let (machines, sets): (Vec<&Evidence>, Vec<&Evidence>) =
        own.iter().copied().partition(|evidence| evidence.key.starts_with(MACHINE_KEY));
    let kinds = [(sets, nodes.scale_sets, "scale sets"), (machines, nodes.machines, "machines")];
    let shares = kinds.into_iter().filter(|(own, ..)| !own.is_empty()).map(|(own, known, what)| {
        let down = own.iter().filter(|evidence| evidence.says == Says::Bad).count();
        let all = known.max(own.len());
        let bad = down > 0 && down * 100 >= all * usize::from(rules.nodes_percent);
        (if bad { Says::Bad } else { Says::Good }, format!("{down} of {all} {what} unavailable"))
    });
    shares.max_by_key(|(says, _)| *says).unwrap_or((Says::Good, String::new()))
}
