//! Python tools are installed from `PyPI` with pinned versions and hashes, so that only files we have
//! reviewed are used.

use crate::source::{files, read, root};
use crate::{found, none};

const LISTS: &str = "tests/requirements";

/// Files that install tools: scripts, and documents that people copy from.
fn installers() -> Vec<String> {
    let mut paths = vec![".ci/run".to_owned(), "README.md".to_owned(), "CHANGELOG.md".to_owned()];
    paths.extend(["md", "mjs"].iter().flat_map(|ending| files("docs", ending)));
    paths.extend(["py", "sh"].iter().flat_map(|ending| files("tests", ending)));
    paths.extend(["tests/cloud/run", "tests/local/run"].map(str::to_owned));
    paths
}

/// Installing sentences without hashes; a script's sentence may continue on the next line or two.
fn unhashed(path: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let installs = |line: &str| {
        let line = line.replace(['"', '\'', ','], "");
        line.contains("pip install") || line.contains("pip\" install")
    };
    let starts = (0..lines.len()).filter(|at| installs(lines[*at]));
    let bare = starts.filter(|at| {
        let sentence = lines[*at..lines.len().min(at + 3)].join(" ");
        !sentence.contains("--require-hashes")
    });
    bare.map(|at| format!("{path}:{}: installs without --require-hashes", at + 1)).collect()
}

/// Packages in a list without a version or a hash.
fn loose(path: &str, list: &str) -> Vec<String> {
    let list = list.replace("\\\n", " ");
    let entries = list.lines().map(str::trim).filter(|line| !line.is_empty());
    let bare = entries.filter(|line| !line.contains("==") || !line.contains("--hash=sha256:"));
    bare.map(|line| {
        let name = line.split([' ', '=', '>']).next().unwrap_or_default();
        format!("{path}: {name} has no version and hash")
    })
    .collect()
}

/// Requested packages that differ from the pinned ones.
fn unpinned(path: &str, wanted: &str, list: &str) -> Vec<String> {
    let asked = wanted.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let missing = asked.filter(|package| {
        !list.lines().any(|line| line.split_whitespace().next() == Some(package))
    });
    missing.map(|package| format!("{path}: {package} is not pinned in its list")).collect()
}

#[test]
fn nothing_is_installed_that_was_not_looked_at() {
    let installers = installers();
    let text = |path: &String| std::fs::read_to_string(root().join(path)).unwrap();
    let of_scripts = installers.iter().flat_map(|path| unhashed(path, &text(path)));
    let mut violations: Vec<String> = of_scripts.collect();
    let lists = files(LISTS, "txt");
    assert!(lists.len() >= 4, "{lists:?}");
    for path in lists {
        let wanted = path.replace(".txt", ".in");
        violations.extend(loose(&path, &read(&path)));
        violations.extend(unpinned(&wanted, &read(&wanted), &read(&path)));
    }
    none(&violations);
}

#[test]
fn what_is_installed_without_a_hash_is_found() {
    let script = "pip = [bin / \"pip\", \"install\", \"-q\"]\nrun(pip, \"x\")\n\n\n\
                  pip install a==1\n\n\npip install --require-hashes -r a.txt\n";
    let list = "a==1 \\\n    --hash=sha256:00\nb==2\nc>=1 --hash=sha256:00\n";
    let violations =
        [unhashed("s.py", script), loose("l.txt", list), unpinned("l.in", "# x\na==1\nd==4", list)];
    found(
        &violations.concat(),
        &[
            "s.py:1: installs without --require-hashes",
            "s.py:5: installs without --require-hashes",
            "l.txt: b has no version and hash",
            "l.txt: c has no version and hash",
            "l.in: d==4 is not pinned in its list",
        ],
    );
}
