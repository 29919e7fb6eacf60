//! The files that the rules check, as text and as code without comments and strings.

use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the workspace's root.
    pub path: String,
    pub text: String,
    /// The text with comments and string contents blanked out, line by line the same.
    pub code: String,
}

/// All our Rust code.
const FOLDERS: [&str; 4] = ["shared", "functions", "dev-stack", "tests"];

impl Source {
    pub(crate) fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), code: code_of(text) }
    }

    /// Whether the file is compiled only into tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
    }

    /// The lines, counted from 1, whose code contains `word` as a whole word.
    pub(crate) fn lines_naming(&self, word: &str) -> Vec<usize> {
        let lines = self.code.lines().enumerate();
        lines.filter(|(_, line)| names(line, word)).map(|(n, _)| n + 1).collect()
    }
}

/// Whether `line` contains `word` as a whole word.
fn names(line: &str, word: &str) -> bool {
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let open_end = word.ends_with(|c: char| !c.is_alphanumeric());
        !goes_on(before) && (open_end || !goes_on(after))
    })
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// Every Rust file of the workspace.
pub(crate) fn all() -> Vec<Source> {
    let files = FOLDERS.iter().flat_map(|folder| files(folder, "rs"));
    files.map(|path| Source::sample(&path, &read(&path))).collect()
}

/// `(folder, manifest)` of every package of the workspace.
pub(crate) fn packages() -> Vec<(String, String)> {
    let workspace = read("Cargo.toml");
    let members = workspace.split("members = [").nth(1).and_then(|rest| rest.split(']').next());
    let members = members.unwrap_or_default().split('"').skip(1).step_by(2);
    let folders = members.flat_map(|member| match member.strip_suffix("/*") {
        Some(folder) => folders_in(folder),
        None => vec![member.to_owned()],
    });
    folders.map(|folder| (folder.clone(), read(&format!("{folder}/Cargo.toml")))).collect()
}

fn folders_in(folder: &str) -> Vec<String> {
    let inside = fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap);
    let folders = inside.filter(|entry| entry.path().is_dir());
    folders.map(|entry| format!("{folder}/{}", entry.file_name().to_str().unwrap())).collect()
}

/// The files below `folder` with this extension, sorted.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    let mut found: Vec<String> = found
        .iter()
        .map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"))
        .filter(|path| path.ends_with(&format!(".{ending}")))
        .collect();
    found.sort();
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // The fuzzer builds its binaries below its sources.
            if !path.ends_with("target") {
                walk(&path, found);
            }
        } else {
            found.push(path);
        }
    }
}

/// Blanks comments and the content of quotes. Handles line and block comments, strings, raw strings and
/// characters; a lifetime is not a character.
fn code_of(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => until(&chars, at, "\n"),
            ('/', Some('*')) => until(&chars, at + 2, "*/") + 2,
            ('r', Some('"' | '#')) if is_raw(&chars, at) => raw_end(&chars, at),
            ('"', _) | ('\'', Some('\\')) => quoted_end(&chars, at),
            ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => at + 3,
            (other, _) => {
                code.push(other);
                at += 1;
                continue;
            }
        };
        let end = end.min(chars.len());
        code.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        at = end;
    }
    code
}

fn until(chars: &[char], from: usize, end: &str) -> usize {
    let end: Vec<char> = end.chars().collect();
    (from..chars.len()).find(|at| chars[*at..].starts_with(&end)).unwrap_or(chars.len())
}

fn is_raw(chars: &[char], at: usize) -> bool {
    let after = chars[at + 1..].iter().find(|c| **c != '#');
    let within_name = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    after == Some(&'"') && (!within_name || chars[at - 1] == 'b')
}

fn raw_end(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let end = format!("\"{}", "#".repeat(hashes));
    until(chars, at + hashes + 2, &end) + end.len()
}

fn quoted_end(chars: &[char], at: usize) -> usize {
    let mut next = at + 1;
    while next < chars.len() && chars[next] != chars[at] {
        next += if chars[next] == '\\' { 2 } else { 1 };
    }
    next + 1
}

#[test]
fn comments_and_strings_are_not_code() {
    let text = "let a = \"crate::http // \\\" x\"; // crate::http\nlet b = 'x'; let c: &'a str;\n\
                /* aws_ */ let d = r#\"async \"#; keep();";
    let sample = Source::sample("a.rs", text);
    for word in ["crate::http", "aws_", "async", "x"] {
        assert!(sample.lines_naming(word).is_empty(), "{word} in {:?}", sample.code);
    }
    assert_eq!(sample.lines_naming("keep"), [3]);
    assert_eq!(sample.lines_naming("'a str"), [2]);
}

#[test]
fn a_word_is_not_found_within_a_longer_one() {
    let sample = Source::sample("a.rs", "crate::http_client();\ncrate::http::x();\nmy_aws_sdk();");
    assert_eq!(sample.lines_naming("crate::http"), [2]);
    assert!(sample.lines_naming("aws_").is_empty());
}
