//! What the caller may do, and what it has done: the check that a role asks for no more than is used.

use std::collections::BTreeSet;

/// The actions granted to callers, and the ones they have used.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    /// `None` grants everything.
    granted: Option<Vec<String>>,
    used: BTreeSet<String>,
}

impl Permissions {
    /// Grants only these actions; `*` stands for any text, as in role definitions.
    pub(crate) fn grant_only(&mut self, actions: &[&str]) {
        self.granted = Some(actions.iter().map(|action| action.to_ascii_lowercase()).collect());
    }

    /// Notes that `action` is wanted; true when it is granted.
    pub(crate) fn ask(&mut self, action: &str) -> bool {
        self.used.insert(action.to_owned());
        let action = action.to_ascii_lowercase();
        self.granted.as_ref().is_none_or(|granted| granted.iter().any(|pattern| covers(pattern, &action)))
    }

    /// Every action asked for so far.
    pub(crate) fn used(&self) -> BTreeSet<String> {
        self.used.clone()
    }
}

/// Whether `pattern` with its `*` wildcards covers `action`; both in lower case.
fn covers(pattern: &str, action: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == action };
    let Some(rest) = action.strip_prefix(head) else { return false };
    (0..=rest.len()).any(|skipped| rest.is_char_boundary(skipped) && covers(tail, &rest[skipped..]))
}

#[cfg(test)]
mod tests {
    use super::{Permissions, covers};

    #[test]
    fn a_star_stands_for_any_text_even_in_the_middle() {
        assert!(covers("*/read", "microsoft.cdn/profiles/read"));
        assert!(covers("microsoft.cdn/*/origins/*", "microsoft.cdn/profiles/origingroups/origins/write"));
        assert!(!covers("microsoft.cdn/profiles/read", "microsoft.cdn/profiles/origingroups/read"));
    }

    #[test]
    fn asking_is_remembered_even_when_refused() {
        let mut permissions = Permissions::default();
        permissions.grant_only(&["*/read"]);
        assert!(!permissions.ask("Microsoft.Cdn/profiles/write"));
        assert_eq!(permissions.used().into_iter().collect::<Vec<_>>(), ["Microsoft.Cdn/profiles/write"]);
    }
}
