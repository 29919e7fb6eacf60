//! Fenced blocks of documents, and the snippets among them: blocks whose opening line names a file, as in
//! `js buy.mjs`.

use std::collections::BTreeMap;

use tempfile::TempDir;

pub(crate) const README: &str = include_str!("../../README.md");
pub(crate) const DOCUMENT: &str = include_str!("../../docs/integrate.md");

#[derive(Debug)]
pub(crate) struct Snippets(BTreeMap<String, String>);

/// The text after the opening backticks and the text between the fences, for every block.
pub(crate) fn blocks(document: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        let Some(opening) = line.strip_prefix("```") else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        found.push((opening.to_owned(), text.join("\n") + "\n"));
    }
    found
}

pub(crate) fn snippets() -> Snippets {
    let named =
        |(opening, text): (String, String)| Some((opening.split_once(' ')?.1.to_owned(), text));
    Snippets(blocks(DOCUMENT).into_iter().filter_map(named).collect())
}

impl Snippets {
    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.0[name].clone()
    }

    /// The snippets with a mistake put in.
    #[track_caller]
    pub(crate) fn altered(mut self, name: &str, right: &str, wrong: &str) -> Self {
        let text = self.0.get_mut(name).unwrap();
        assert!(text.contains(right), "{name} has no `{right}`");
        *text = text.replace(right, wrong);
        self
    }

    /// Writes each snippet to a file of its name.
    pub(crate) fn written_out(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in &self.0 {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }
}
