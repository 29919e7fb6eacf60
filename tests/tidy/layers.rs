//! Modules of `shared`, of the domain and of the operations may name only themselves and those above them in
//! the list of their folder; packages, only those below them.

use crate::dependencies::depends;
use crate::source::{Source, all, packages, read};
use crate::{found, none};

/// Siblings: each knows one part of the world, and none knows another.
const SIBLINGS: [&str; 4] = ["secrets", "store", "queues", "gateways"];

/// A gateway is opened with its secret, so credentials belong to it rather than to a separate part of the
/// world.
const BESIDE: [(&str, &str); 1] = [("gateways", "secrets")];

/// A folder whose modules are listed lowest first, and the paths by which they name each other.
#[derive(Debug)]
struct Tree {
    folder: &'static str,
    list: &'static str,
    paths: [&'static str; 2],
}

const TREES: [Tree; 3] = [
    Tree { folder: "shared/src/", list: "lib.rs", paths: ["crate", "super"] },
    Tree { folder: "shared/domain/src/", list: "lib.rs", paths: ["crate", "super"] },
    Tree {
        folder: "shared/src/operations/",
        list: "mod.rs",
        paths: ["crate::operations", "super"],
    },
];

/// The layers, lowest first: the `mod` lines of the list.
fn layers(list: &str) -> Vec<String> {
    let names = list.lines().filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    names.map(str::to_owned).collect()
}

/// `shared/src/store/keys.rs` belongs to `store`.
fn layer_of<'a>(path: &'a str, tree: &Tree) -> Option<&'a str> {
    let inside = path.strip_prefix(tree.folder)?;
    let name = inside.split('/').next()?;
    (name != tree.list).then_some(name.trim_end_matches(".rs"))
}

fn violations(sources: &[Source], tree: &Tree, layers: &[String]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        let Some(own) = layer_of(&source.path, tree) else { continue };
        let Some(height) = layers.iter().position(|layer| layer == own) else {
            violations.push(format!("{}: {} does not list `{own}`", source.path, tree.list));
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
            for path in tree.paths {
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
    let all = all();
    for tree in TREES {
        let layers = layers(&read(&format!("{}{}", tree.folder, tree.list)));
        assert!(layers.len() > 10, "{tree:?} lists {layers:?}");
        none(&violations(&all, &tree, &layers));
    }
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
        &violations(&bad, &TREES[0], &layers),
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
