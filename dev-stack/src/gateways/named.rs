//! The gateways of a stack by name, as the command line states them.

use quittance::gateways::adapters;

/// Paths of the page and the controls, and the webhooks' other name of the sandbox.
const RESERVED: [&str; 4] = ["assets", "checkout", "control", "payment"];

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misnamed {
    #[error("the gateway must be one of {0}")]
    Unknown(String),
    #[error("the name of a gateway has only the letters a to z")]
    Letters,
    #[error("no gateway can be named {0}")]
    Reserved(String),
    #[error("two gateways are named {0}")]
    Twice(String),
}

/// `sandbox`, or several with names of their own, such as `a=sandbox,b=sandbox`. A mistake is refused here;
/// otherwise only failing payments would show it.
pub(crate) fn named(text: &str) -> Result<Vec<String>, Misnamed> {
    let known: Vec<&str> = adapters().collect();
    let mut names: Vec<String> = Vec::new();
    for entry in text.split(',') {
        let (name, adapter) = entry.split_once('=').unwrap_or((entry, entry));
        if !known.contains(&adapter) {
            return Err(Misnamed::Unknown(known.join(", ")));
        }
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(Misnamed::Letters);
        }
        if RESERVED.contains(&name) {
            return Err(Misnamed::Reserved(name.to_owned()));
        }
        if names.iter().any(|known| known == name) {
            return Err(Misnamed::Twice(name.to_owned()));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways_have_names_of_their_own() {
        assert_eq!(named("sandbox").unwrap(), ["sandbox"]);
        assert_eq!(named("a=sandbox,b=sandbox").unwrap(), ["a", "b"]);
        for (text, why) in [
            ("x", "the gateway must be one of sandbox"),
            ("a=x", "the gateway must be one of sandbox"),
            ("", "the gateway must be one of sandbox"),
            ("A=sandbox", "the name of a gateway has only the letters a to z"),
            ("=sandbox", "the name of a gateway has only the letters a to z"),
            ("a=sandbox,a=sandbox", "two gateways are named a"),
            ("payment=sandbox", "no gateway can be named payment"),
        ] {
            assert_eq!(named(text).unwrap_err().to_string(), why, "{text}");
        }
    }
}
