//! Linked crates: none of the slow stacks in the deployed functions, and no unused declarations.

use std::process::Command;

use crate::source::{Source, all, packages, read, root};
use crate::{found, none};

/// Each costs more at a cold start than all of our code.
const REFUSED: [(&str, &str); 11] = [
    ("aws-lc-sys v", "its first random bytes cost 420 million instructions; `ring` is there"),
    ("aws-lc-rs v", "see aws-lc-sys"),
    ("hyper v0.", "the SDK's older HTTP stack: an unwanted default feature"),
    ("rustls v0.21", "the SDK's older TLS stack: an unwanted default feature"),
    ("aws-config v", "in Lambda the environment already has what it looks up"),
    ("openssl v", "rustls provides TLS"),
    ("openssl-sys v", "rustls provides TLS"),
    ("native-tls v", "rustls provides TLS"),
    ("dynoxide-rs v", "only the dev stack and the tests embed a database"),
    ("schemars v", "it is for `api-description`, which no function links"),
    ("woven v", "its rules can be broken on purpose"),
];

/// Crates whose library has another name.
const LIBRARIES: [(&str, &str); 2] = [("dynoxide-rs", "dynoxide"), ("md-5", "md5")];

fn tree(function: &str) -> String {
    let arguments = ["tree", "-e", "normal", "--prefix", "none", "--offline", "--locked"];
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["-p", function])
        .current_dir(root())
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree -p {function}: {problem}");
    String::from_utf8(output.stdout).unwrap()
}

fn linked(function: &str, tree: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for (refused, why) in REFUSED {
        if let Some(line) = tree.lines().find(|line| line.starts_with(refused)) {
            violations.push(format!("{function} links {line}: {why}"));
        }
    }
    violations
}

/// The names that a manifest lists in a section.
fn section(manifest: &str, names: &[&str]) -> Vec<String> {
    let mut inside = false;
    let mut listed = Vec::new();
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
            inside = names.contains(&section);
        } else if let (true, Some((name, _))) = (inside, line.split_once('=')) {
            let name = name.trim().trim_end_matches(".workspace");
            if !name.starts_with('#') {
                listed.push(name.to_owned());
            }
        }
    }
    listed
}

/// `woven` compiles a copy of this code, which is not in its own folder.
const COPY: &str = "tests/faults/woven";
const COPIED: [&str; 3] = ["shared/src/", "shared/domain/src/", "functions/"];

/// Whether the package in `folder` compiles this source.
fn compiles(folder: &str, source: &Source, packages: &[(String, String)]) -> bool {
    let copied = COPIED.iter().any(|copied| source.path.starts_with(copied));
    package_of(&source.path, packages) == Some(folder)
        || folder == COPY && copied && !source.is_test()
}

/// The package of a file: the one in the deepest folder, because some packages lie in others.
fn package_of<'a>(path: &str, packages: &'a [(String, String)]) -> Option<&'a str> {
    let folders = packages.iter().map(|(folder, _)| folder.as_str());
    let around = folders.filter(|folder| path.starts_with(&format!("{folder}/")));
    around.max_by_key(|folder| folder.len())
}

fn unwanted(workspace: &str, packages: &[(String, String)]) -> Vec<String> {
    let all = packages.iter().flat_map(|(_, manifest)| depends(manifest)).collect::<Vec<_>>();
    section(workspace, &["workspace.dependencies"])
        .into_iter()
        .filter(|name| !all.contains(name))
        .map(|name| format!("Cargo.toml: no package uses `{name}`"))
        .collect()
}

pub(crate) fn depends(manifest: &str) -> Vec<String> {
    section(manifest, &["dependencies", "dev-dependencies", "build-dependencies"])
}

fn unnamed(packages: &[(String, String)], sources: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for (folder, manifest) in packages {
        let of_this = |source: &&Source| compiles(folder, source, packages);
        let own: Vec<&Source> = sources.iter().filter(of_this).collect();
        for name in depends(manifest) {
            let renamed = LIBRARIES.iter().find(|(package, _)| *package == name);
            let library = renamed
                .map_or_else(|| name.replace('-', "_"), |(_, library)| (*library).to_owned());
            if !own.iter().any(|source| !source.lines_naming(&library).is_empty()) {
                violations.push(format!("{folder}/Cargo.toml: no code names `{name}`"));
            }
        }
    }
    violations
}

#[test]
fn no_function_links_what_slows_its_start() {
    let functions = dev_stack::functions::NAMES;
    none(&functions.iter().flat_map(|name| linked(name, &tree(name))).collect::<Vec<_>>());
}

#[test]
fn every_dependency_is_wanted_and_named() {
    let packages = packages();
    none(&[unwanted(&read("Cargo.toml"), &packages), unnamed(&packages, &all())].concat());
}

#[test]
fn a_slow_or_idle_dependency_is_found() {
    let tree = "create-order v0.1.0\nhyper v1.6.0\nhyper v0.14.32\naws-lc-sys v0.30.0 (*)";
    let workspace =
        "[workspace.dependencies]\n# why\nserde = \"1\"\nidle = { version = \"1\" }\n[x]\n";
    let manifest =
        "[dependencies]\nserde.workspace = true\nmd-5 = { workspace = true }\n[lib]\na=1\n";
    let copy = "[dependencies]\nserde.workspace = true\nproptest.workspace = true\n";
    let packages = [("shared", manifest), (COPY, copy)];
    let packages = packages.map(|(folder, manifest)| (folder.to_owned(), manifest.to_owned()));
    let code = [
        Source::sample("shared/src/lib.rs", "use serde::Serialize; // md5"),
        Source::sample("shared/src/tests.rs", "use proptest::proptest;"),
    ];
    found(
        &[linked("a", tree), unwanted(workspace, &packages), unnamed(&packages, &code)].concat(),
        &[
            "a links aws-lc-sys v0.30.0 (*): its first random bytes cost 420 million instructions; \
             `ring` is there",
            "a links hyper v0.14.32: the SDK's older HTTP stack: an unwanted default feature",
            "Cargo.toml: no package uses `idle`",
            "shared/Cargo.toml: no code names `md-5`",
            "tests/faults/woven/Cargo.toml: no code names `proptest`",
        ],
    );
}
