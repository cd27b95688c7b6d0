//! Predictions that are spoilt on purpose, and assertions that have to notice.

use fleet_infra_tests::{
    snapshot::{Snapshot, text},
    stamp::Stamp,
};
use serde_json::Value;

use crate::predictions::predictions;

/// How to spoil a prediction.
#[derive(Debug)]
pub(crate) enum Spoil {
    /// A text of resources of a type becomes another.
    Replace(&'static str, &'static str, &'static str),
    /// Resources of a type are gone.
    Without(&'static str),
}

impl Spoil {
    /// The prediction, spoilt where `scope` allows. `{region}` stands for the region's name.
    pub(crate) fn apply(&self, good: &Snapshot, region: &str, scope: impl Fn(&Value) -> bool) -> Snapshot {
        let named = |text: &str| text.replace("{region}", region);
        let mut hits = 0;
        let spoilt = match *self {
            Self::Replace(kind, from, to) => good.spoilt(kind, |resource| {
                let (json, from) = (resource.to_string(), named(from));
                if scope(resource) && json.contains(&from) {
                    hits += 1;
                    *resource = json.replace(&from, &named(to)).parse().expect("still JSON");
                }
            }),
            Self::Without(kind) => {
                hits = good.of_type(kind).filter(|it| scope(it)).count();
                good.without(kind, &scope)
            }
        };
        assert!(hits > 0, "{self:?} spoils nothing in {region:?}");
        spoilt
    }
}

/// The line holds in each region of production. Spoilt in one region, it says `words` about that region.
#[track_caller]
pub(crate) fn every_region(line: impl Fn(&Stamp) -> Vec<String>, spoils: &[(Spoil, &str)]) {
    let Some(predictions) = predictions() else { return };
    let good = &predictions.production;
    assert_eq!(Stamp::all(good).count(), 3);
    let faults: Vec<String> = Stamp::all(good).flat_map(|stamp| line(&stamp)).collect();
    assert_eq!(faults, Vec::<String>::new());
    for stamp in Stamp::all(good) {
        for (spoil, words) in spoils {
            let spoilt = spoil.apply(good, stamp.name, |it| concerns(it, &stamp));
            let affected = Stamp::all(&spoilt).find(|it| it.name == stamp.name).expect("the stamp");
            let words = words.replace("{region}", stamp.name);
            noticed(&line(&affected), &format!("{}: ", stamp.name), &words, spoil);
        }
    }
}

/// A line, asked of every region of a prediction.
pub(crate) fn everywhere(line: fn(&Stamp) -> Vec<String>) -> impl Fn(&Snapshot) -> Vec<String> {
    move |snapshot| Stamp::all(snapshot).flat_map(|stamp| line(&stamp)).collect()
}

/// It holds of production as a whole. Spoilt, it says `words`.
#[track_caller]
pub(crate) fn production(assertion: impl Fn(&Snapshot) -> Vec<String>, spoils: &[(Spoil, &str)]) {
    let Some(predictions) = predictions() else { return };
    assert_eq!(assertion(&predictions.production), Vec::<String>::new());
    for (spoil, words) in spoils {
        let spoilt = spoil.apply(&predictions.production, "northeurope", |_| true);
        noticed(&assertion(&spoilt), "", words, spoil);
    }
}

#[track_caller]
fn noticed(faults: &[String], beginning: &str, words: &str, spoil: &Spoil) {
    let found = faults.iter().any(|it| it.starts_with(beginning) && it.contains(words));
    assert!(found, "{spoil:?} should say {words:?}: {faults:#?}");
}

/// In the stamp, or for it elsewhere.
fn concerns(resource: &Value, stamp: &Stamp) -> bool {
    let id = text(&resource["id"]);
    stamp.holds(id)
        || id == text(&stamp.group["id"])
        || id.contains(&format!("/NetworkWatcher_{}/", stamp.name))
        || id.ends_with(&format!("/replications/{}", stamp.name))
}
