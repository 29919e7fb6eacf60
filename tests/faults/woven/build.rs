//! Copies the bundle's sources and weaves every rule of `../broken` into the copy, behind a switch. The
//! product itself contains no wrong code. A quoted text that does not occur exactly once fails the build.
//!
//! A rule has a name, a sentence, the invariant it breaks, what notices it, and changes written like a
//! diff: lines that begin with two spaces surround the change, `-` marks the existing text, `+`
//! its replacement while the rule is broken. A `+` that names `BROKEN` is inserted as it is, with the
//! switch in that place. White space is ignored.

#[path = "build/rules.rs"]
mod rules;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{env, fs};

use rules::{Change, Mark, Rule, TEXTS, camel, rules, table};

const BUNDLE: &str = "../../..";
/// The list of the functions that answer requests.
const REGISTRY: &str = "../../../dev-stack/src/functions.rs";
/// The code that calls a function's handler.
const RESPOND: &str = "Box::pin(crate::http::respond(app, request, crate::";
const ANSWER: &str = "/// What a function answers, by its name.
pub async fn answer(
    app: &crate::app::App,
    function: &str,
    request: lambda_http::Request,
) -> Option<lambda_http::Response<lambda_http::Body>>";
/// How `shared` re-exports the domain. In the copy it is a module like any other.
const DOMAIN: &str = "pub use quittance_domain as domain;";
const SWITCH: &str = "crate::mutants::broken(crate::mutants::Mutant::";

#[expect(clippy::disallowed_methods, reason = "cargo names the folder of what is built")]
fn main() {
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    println!("cargo::rerun-if-changed={TEXTS}");
    let rules = rules();
    let mut sources = Sources::read();
    for rule in &rules {
        for change in &rule.changes {
            sources.weave(rule, change);
        }
    }
    sources.write(&out);
    fs::write(out.join("rules.rs"), table(&rules)).unwrap();
}

/// The files of the bundle, by the names that rules use, with the changes for each.
struct Sources(BTreeMap<String, Source>);

struct Source {
    text: String,
    /// Where it is copied to.
    to: PathBuf,
    /// By the part of the text that they change.
    changes: BTreeMap<(usize, usize), Changes>,
}

/// What all rules change at one place.
#[derive(Default)]
struct Changes {
    /// Switches, each with the replacement of the existing text.
    replacements: Vec<(String, String)>,
    /// Texts that contain their switch, inserted one after another.
    insertions: String,
}

impl Sources {
    fn read() -> Self {
        let bundle = Path::new(BUNDLE);
        let mut sources = Self(BTreeMap::new());
        sources.read_all(&bundle.join("shared/src"), "", Path::new(""));
        sources.read_all(&bundle.join("shared/domain/src"), "domain/", Path::new("domain"));
        let mut functions: Vec<_> =
            fs::read_dir(bundle.join("functions")).unwrap().map(|it| it.unwrap().path()).collect();
        functions.sort();
        for function in functions {
            let name = function.file_name().unwrap().to_str().unwrap().to_owned();
            let module = name.replace('-', "_");
            sources.read_all(&function.join("src"), &format!("{name}/"), Path::new(&module));
        }
        sources
    }

    fn read_all(&mut self, folder: &Path, name: &str, to: &Path) {
        println!("cargo::rerun-if-changed={}", folder.display());
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                self.read_all(&path, &format!("{name}{file}/"), &to.join(&file));
            } else if file != "main.rs" {
                // The copy has no tests, even where a tool asks for those of every target.
                let mut text = fs::read_to_string(&path).unwrap();
                text = text.replace("#[cfg(test)]", "#[cfg(any())]").replace(DOMAIN, "");
                if name.starts_with("domain/") {
                    text = text.replace("crate::", "crate::domain::");
                }
                let to = to.join(if file == "lib.rs" { "mod.rs" } else { &file });
                let source = Source { text, to, changes: BTreeMap::new() };
                self.0.insert(format!("{name}{file}"), source);
            }
        }
    }

    fn weave(&mut self, rule: &Rule, change: &Change) {
        let Some(source) = self.0.get_mut(&change.file) else {
            panic!("rule {}: there is no file {}", rule.name, change.file);
        };
        let found = find(&source.text, change);
        let [place] = &found[..] else {
            let times = found.len();
            panic!("rule {}: its text occurs {times} times in {}", rule.name, change.file);
        };
        let switch = format!("{SWITCH}{})", camel(&rule.name));
        for (range, broken) in parts(change, place) {
            let changes = source.changes.entry((range.start, range.end)).or_default();
            if broken.contains("BROKEN") {
                changes.insertions.push_str(&broken.replace("BROKEN", &switch));
            } else {
                changes.replacements.push((switch.clone(), broken));
            }
        }
    }

    /// The root of the crate lists the modules: those of `shared`, and each function.
    fn write(self, out: &Path) {
        let arms: String = requests().iter().map(|name| self.arm(name)).collect();
        let mut root = String::new();
        for (name, source) in self.0 {
            let text = source.changed(&name);
            if name == "lib.rs" {
                let lines = text.lines().filter(|line| !line.starts_with("//!"));
                root.extend(lines.map(|line| format!("{line}\n")));
                continue;
            }
            if let Some(name) = name.strip_suffix("/lib.rs") {
                root.push_str(&format!("pub mod {};\n", name.replace('-', "_")));
            }
            let to = out.join(&source.to);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, text).unwrap();
        }
        root.push_str(&format!("{ANSWER} {{\n    match function {{\n{arms}_ => None }}\n}}\n"));
        fs::write(out.join("bundle.rs"), root).unwrap();
    }

    /// How `answer` calls this function. If the copy has no such handler, it does not compile.
    fn arm(&self, function: &str) -> String {
        assert!(self.0.contains_key(&format!("{function}/lib.rs")), "no function {function}");
        let module = function.replace('-', "_");
        format!("{function:?} => Some({RESPOND}{module}::handle)).await),\n")
    }
}

/// The names of the functions that answer requests. In the registry, the last `requests` is the list, and the
/// first is the pattern of its macro.
fn requests() -> Vec<String> {
    println!("cargo::rerun-if-changed={REGISTRY}");
    let registry = fs::read_to_string(REGISTRY).unwrap();
    let (_, list) = registry.rsplit_once("requests: {").unwrap();
    let (list, _) = list.split_once('}').unwrap();
    let names: Vec<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(!names.is_empty(), "{REGISTRY} lists no function that answers requests");
    names
}

/// The places where a change's text occurs: the position of each of its characters, without white space.
fn find(text: &str, change: &Change) -> Vec<Vec<usize>> {
    let letters: Vec<(usize, char)> =
        text.char_indices().filter(|(_, c)| !c.is_whitespace()).collect();
    let wanted = change.lines.iter().filter(|(mark, _)| *mark != Mark::Broken);
    let wanted: Vec<char> =
        wanted.flat_map(|(_, line)| line.chars()).filter(|c| !c.is_whitespace()).collect();
    let starts = letters
        .windows(wanted.len())
        .filter(|window| window.iter().zip(&wanted).all(|((_, letter), wanted)| letter == wanted));
    starts.map(|window| window.iter().map(|(at, _)| *at).collect()).collect()
}

/// Each group of lines with `-` and `+`: the part of the file that it replaces, and the replacement.
fn parts(change: &Change, place: &[usize]) -> Vec<(Range<usize>, String)> {
    let mut parts: Vec<(Range<usize>, String)> = Vec::new();
    let (mut at, mut last) = (0, Mark::Around);
    for (mark, line) in &change.lines {
        let letters = line.chars().filter(|c| !c.is_whitespace()).count();
        let begins = *mark != Mark::Around
            && (last == Mark::Around || last == Mark::Broken && *mark == Mark::Existing);
        if begins {
            // A pure insertion stands before the line that follows it, or at the end.
            let end = |before: usize| place[before] + 1;
            let start = place.get(at).copied().unwrap_or_else(|| end(at - 1));
            parts.push((start..start, String::new()));
        }
        match mark {
            Mark::Around => at += letters,
            Mark::Existing => {
                at += letters;
                parts.last_mut().unwrap().0.end = place[at - 1] + 1;
            }
            Mark::Broken => {
                let broken = &mut parts.last_mut().unwrap().1;
                broken.push_str(line);
                broken.push('\n');
            }
        }
        last = *mark;
    }
    parts
}

impl Source {
    /// The text of the copy, with every change.
    fn changed(&self, name: &str) -> String {
        let mut text = String::new();
        let mut at = 0;
        for ((start, end), changes) in &self.changes {
            assert!(*start >= at, "{name}: two rules change parts of the same text");
            text.push_str(&self.text[at..*start]);
            text.push_str(&changes.of(&self.text[*start..*end]));
            at = *end;
        }
        text.push_str(&self.text[at..]);
        text
    }
}

impl Changes {
    /// What the copy has in place of the existing text.
    fn of(&self, existing: &str) -> String {
        let mut text = self.insertions.clone();
        if existing.is_empty() {
            for (switch, broken) in &self.replacements {
                text.push_str(&format!("if {switch} {{ {broken} }}\n"));
            }
            return text;
        }
        let mut choice = String::new();
        for (switch, broken) in &self.replacements {
            choice.push_str(&format!("if {switch} {{ {broken} }} else "));
        }
        choice.push_str(&format!("{{ {existing} }}"));
        text.push_str(&if existing.ends_with(';') { choice } else { format!("({choice})") });
        text
    }
}
