//! Route templates of HTTP functions.

/// A route such as `jobs/{id}`: literal segments match in any case, `{name}` matches one segment.
///
/// Constraints (`{id:int}`), optional segments (`{id?}`) and catch-alls (`{*rest}`) aren't simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTemplate {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Value(String),
}

impl RouteTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// The part that isn't simulated.
    pub fn parse(template: &str) -> Result<Self, String> {
        let segments = segments_of(template).map(|segment| {
            match segment.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
                Some(name) if name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_') => {
                    Ok(Segment::Value(name.to_owned()))
                }
                None if !segment.contains(['{', '}']) => Ok(Segment::Literal(segment.to_owned())),
                _ => Err(format!("route segment {segment:?}")),
            }
        });
        Ok(Self { segments: segments.collect::<Result<_, _>>()? })
    }

    /// The path that the template stands for; `None` when it holds values.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        let literals = self.segments.iter().map(|segment| match segment {
            Segment::Literal(literal) => Some(literal.as_str()),
            Segment::Value(_) => None,
        });
        Some(literals.collect::<Option<Vec<_>>>()?.join("/"))
    }

    /// The route values of a path without the route prefix, in the template's order; `None` when it doesn't match.
    #[must_use]
    pub fn matches(&self, path: &str) -> Option<Vec<(String, String)>> {
        let parts: Vec<&str> = segments_of(path).collect();
        if parts.len() != self.segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (segment, part) in self.segments.iter().zip(parts) {
            match segment {
                Segment::Literal(literal) if literal.eq_ignore_ascii_case(part) => {}
                Segment::Literal(_) => return None,
                Segment::Value(name) => values.push((name.clone(), part.to_owned())),
            }
        }
        Some(values)
    }
}

fn segments_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}
