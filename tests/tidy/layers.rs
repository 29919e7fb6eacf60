//! Modules of `shared` may name only themselves and those above them in `lib.rs`; packages, only those below
//! them.

use crate::dependencies::depends;
use crate::source::{Source, all, packages, read};
use crate::{found, none};

/// Siblings: each knows one part of the world, and none knows another.
const SIBLINGS: [&str; 4] = ["secrets", "store", "queues", "gateways"];

/// A gateway is opened with its secret, so credentials belong to it rather than to a separate part of the
/// world.
const BESIDE: [(&str, &str); 1] = [("gateways", "secrets")];

/// The layers, lowest first: the `mod` lines of `lib.rs`.
fn layers(lib: &str) -> Vec<String> {
    let names = lib.lines().filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    names.map(str::to_owned).collect()
}

/// `shared/src/store/keys.rs` belongs to `store`.
fn layer_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("shared/src/")?;
    let name = inside.split('/').next()?.trim_end_matches(".rs");
    (name != "lib").then_some(name)
}

fn violations(sources: &[Source], layers: &[String]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        let Some(own) = layer_of(&source.path) else { continue };
        let Some(height) = layers.iter().position(|layer| layer == own) else {
            violations.push(format!("{}: lib.rs does not list `{own}`", source.path));
            continue;
        };
        for (above, layer) in layers.iter().enumerate().filter(|(_, layer)| *layer != own) {
            let sibling = SIBLINGS.contains(&own) && SIBLINGS.contains(&layer.as_str());
            let why = if above > height {
                "which stands above it"
            } else if sibling && !BESIDE.contains(&(own, layer)) {
                "which stands beside it"
            } else {
                continue;
            };
            for path in ["crate", "super"] {
                for line in source.lines_naming(&format!("{path}::{layer}")) {
                    let at = format!("{}:{line}", source.path);
                    violations.push(format!("{at}: `{own}` names `{layer}`, {why}"));
                }
            }
        }
    }
    violations
}

/// One `use` per layer, so that the text shows what is named.
fn grouped(sources: &[Source]) -> Vec<String> {
    let ours = sources.iter().filter(|source| source.path.starts_with("shared/"));
    ours.flat_map(|source| {
        source.lines_naming("use crate::{").into_iter().map(|line| {
            format!("{}:{line}: `use crate::{{` hides layers; write one `use` each", source.path)
        })
    })
    .collect()
}

/// The packages of ours that the packages in a folder may depend on. Those that are not listed are never
/// deployed and may depend on any.
const BELOW: [(&str, &[&str]); 4] = [
    ("shared/domain", &[]),
    ("dev-stack/aws", &[]),
    ("shared", &["quittance-domain"]),
    ("functions/*", &["quittance"]),
];

/// What each package depends on and may not; `packages` holds folders and manifests.
fn package_violations(packages: &[(String, String)]) -> Vec<String> {
    let named = packages.iter().map(|(_, manifest)| manifest.split("name = \"").nth(1));
    let ours: Vec<&str> = named.filter_map(|rest| rest?.split('"').next()).collect();
    let mut violations = Vec::new();
    for (folder, manifest) in packages {
        let is_in = |place: &str| match place.strip_suffix('*') {
            Some(around) => folder.starts_with(around),
            None => folder == place,
        };
        let below = BELOW.iter().find(|(place, _)| is_in(place));
        let Some((_, below)) = below else { continue };
        let wrong = depends(manifest)
            .into_iter()
            .filter(|name| ours.contains(&name.as_str()) && !below.contains(&name.as_str()));
        violations.extend(wrong.map(|name| format!("{folder}: depends on `{name}`")));
    }
    violations
}

#[test]
fn a_module_names_only_itself_and_those_above_it() {
    let layers = layers(&read("shared/src/lib.rs"));
    assert!(layers.len() > 10, "lib.rs lists {layers:?}");
    none(&violations(&all(), &layers));
}

#[test]
fn a_layer_is_named_on_its_own_line() {
    none(&grouped(&all()));
}

#[test]
fn packages_depend_downwards_only() {
    none(&package_violations(&packages()));
}

#[test]
fn a_wrong_direction_is_found() {
    let layers = layers("//! x\npub mod ports;\nmod secrets;\npub mod store;\npub mod gateways;\n");
    assert_eq!(layers, ["ports", "secrets", "store", "gateways"]);
    let bad = [
        Source::sample("shared/src/ports.rs", "use crate::store::Store;"),
        Source::sample(
            "shared/src/gateways/mod.rs",
            "use crate::secrets::A;\nfn f(s: crate::store::S);",
        ),
        Source::sample("shared/src/ports/x.rs", "// crate::store\nuse crate::ports::y;"),
        Source::sample("shared/src/store.rs", "use super::gateways::G;"),
        Source::sample("shared/src/extra.rs", ""),
    ];
    found(
        &violations(&bad, &layers),
        &[
            "shared/src/ports.rs:1: `ports` names `store`, which stands above it",
            "shared/src/gateways/mod.rs:2: `gateways` names `store`, which stands beside it",
            "shared/src/store.rs:1: `store` names `gateways`, which stands above it",
            "shared/src/extra.rs: lib.rs does not list `extra`",
        ],
    );
}

#[test]
fn a_grouped_use_is_found() {
    let bad = Source::sample("shared/src/store/mod.rs", "\nuse crate::{http, domain};");
    found(
        &grouped(&[bad]),
        &["shared/src/store/mod.rs:2: `use crate::{` hides layers; write one `use` each"],
    );
}

#[test]
fn a_package_that_depends_on_one_beside_or_above_it_is_found() {
    let package = |folder: &str, name: &str, depends: &str| {
        let manifest = format!("[package]\nname = \"{name}\"\n[dependencies]\n{depends}");
        (folder.to_owned(), manifest)
    };
    let bad = [
        package("shared/domain", "quittance-domain", "serde.workspace = true\n"),
        package("shared", "quittance", "quittance-domain.workspace = true\nfaults = {}"),
        package("functions/a", "a", "quittance.workspace = true\nb.workspace = true\n"),
        package("functions/b", "b", "[dev-dependencies]\nlocal-aws.workspace = true\n"),
        package("dev-stack/aws", "local-aws", ""),
        package("tests/faults", "faults", "a.workspace = true\n"),
    ];
    found(
        &package_violations(&bad),
        &[
            "shared: depends on `faults`",
            "functions/a: depends on `b`",
            "functions/b: depends on `local-aws`",
        ],
    );
}
