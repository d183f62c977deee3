//! Keys that say nothing: their absence means the same.

use airudder_codegen::diagnostic::{Diagnostic, at_key};
use airudder_codegen::names;
use airudder_codegen::syntax::node::Node;

use super::entries::Entries;
use super::tree::{Document, is, is_empty, same};

/// Finds all of them.
pub(super) fn find(documents: &[Document]) -> Vec<Diagnostic> {
    let entries = Entries::of(documents);
    let mut findings = Vec::new();
    for document in documents {
        let mut file = File { document, entries: &entries, findings: &mut findings };
        match document.name.as_str() {
            "api" => file.api(),
            "errors" => file.errors(),
            "types" => file.types(&document.root),
            _ => file.section(),
        }
    }
    findings
}

const FLAGS: [&str; 8] =
    ["required", "sensitive", "open", "open_response", "title_is_ours", "complete", "success", "deprecated"];
const LISTS: [&str; 7] = ["pages", "pages_maybe", "notes", "errors", "aliases", "include", "meanings"];
/// What a twin takes over from its base as a whole. Evidence is not among it: each entry stands by its own.
const TAKEN_OVER: [&str; 14] = [
    "title",
    "title_zh",
    "title_is_ours",
    "method",
    "path",
    "body",
    "effect",
    "summary",
    "notes",
    "timeout",
    "auth",
    "open",
    "open_response",
    "deprecated",
];

struct File<'a> {
    document: &'a Document,
    entries: &'a Entries<'a>,
    findings: &'a mut Vec<Diagnostic>,
}

impl File<'_> {
    fn report(&mut self, node: &Node, key: &str, why: impl Into<String>) {
        let text = format!("`{key}` says nothing here: {}", why.into());
        self.findings.push(at_key(node, text).help("remove the key"));
    }

    /// Reports a key whose value is its default.
    fn default(&mut self, object: &Node, key: &str, default: &str, why: &str) {
        if let Some(node) = object.get(key).filter(|node| is(node, default)) {
            self.report(node, key, why);
        }
    }

    /// Reports flags that are off and lists that are empty.
    fn empty(&mut self, object: &Node) {
        for (key, node) in object.entries() {
            if FLAGS.contains(&key.as_str()) && is(node, "false") {
                self.report(node, key, "that is the default");
            } else if LISTS.contains(&key.as_str()) && node.is_list() && is_empty(node) {
                self.report(node, key, "an empty list is the default");
            }
        }
    }

    fn api(&mut self) {
        let root = &self.document.root;
        let host = root.text_at("base_url").unwrap_or_default();
        for (_, family) in root.get("families").map(Node::entries).unwrap_or_default() {
            self.default(family, "base_url", &host, "it is that of the whole API");
            self.empty(family);
        }
    }

    fn errors(&mut self) {
        for (_, table) in self.document.root.entries() {
            self.empty(table);
            self.rows(table.get("codes"), table.text_at("evidence").as_deref());
        }
    }

    fn rows(&mut self, rows: Option<&Node>, evidence: Option<&str>) {
        for (_, row) in rows.map(Node::entries).unwrap_or_default() {
            self.empty(row);
            self.default(row, "evidence", evidence.unwrap_or("assumed"), "it is that of the whole table");
        }
    }

    fn types(&mut self, types: &Node) {
        for (_, list) in types.get("enums").map(Node::entries).unwrap_or_default() {
            self.default(list, "kind", "string", "that is the default");
            let evidence = list.text_at("evidence").unwrap_or_default();
            for (wire, value) in list.get("values").map(Node::entries).unwrap_or_default() {
                self.default(value, "evidence", &evidence, "it is that of the enum");
                self.default(value, "rust", &names::variant(wire), "the wire value gives this name");
            }
        }
        for (_, object) in types.get("structs").map(Node::entries).unwrap_or_default() {
            self.empty(object);
            let evidence = object.text_at("evidence").unwrap_or("assumed".to_owned());
            self.fields(object.get("fields"), Some(&evidence));
        }
    }

    fn fields(&mut self, fields: Option<&Node>, evidence: Option<&str>) {
        for (name, field) in fields.map(Node::entries).unwrap_or_default() {
            self.empty(field);
            self.default(field, "wire", name, "it is the key itself");
            if let Some(evidence) = evidence {
                self.default(field, "evidence", evidence, "it is that of the fields around it");
            }
            if let Some(codes) = field.get("codes").filter(|codes| is_empty(codes)) {
                self.report(codes, "codes", "there are none");
            }
            if let Some(doc) =
                field.get("doc").filter(|doc| doc.scalar().is_some_and(|doc| repeats(&doc, name)))
            {
                let text = "`doc` says nothing here: it repeats the name";
                self.findings.push(at_key(doc, text).help("say what the value is, or remove the key"));
            }
        }
    }

    fn section(&mut self) {
        let root = &self.document.root;
        self.empty(root);
        self.default(root, "title_zh", &root.text_at("title").unwrap_or_default(), "it is the title");
        self.rows(root.get("errors"), None);
        if let Some(types) = root.get("types") {
            self.types(types);
        }
        for group in ["endpoints", "webhooks"] {
            for (_, entry) in root.get(group).map(Node::entries).unwrap_or_default() {
                match entry.text_at("same_as") {
                    Some(base) => self.derived(entry, &base),
                    None => self.plain(entry, group == "webhooks"),
                }
            }
        }
    }

    fn plain(&mut self, entry: &Node, is_webhook: bool) {
        self.empty(entry);
        let evidence = entry.text_at("evidence").unwrap_or_default();
        for key in ["method_evidence", "fields_evidence"] {
            self.default(entry, key, &evidence, "it is `evidence`");
        }
        self.default(entry, "title_zh", &entry.text_at("title").unwrap_or_default(), "it is the title");
        self.default(entry, "timeout", "normal", "that is the default");
        self.default(entry, "response", "json", "that is the default");
        if is_webhook {
            self.default(entry, "method", "POST", "that is the default");
        }
        let body = if entry.text_at("method").as_deref() == Some("GET") { "query" } else { "json" };
        self.default(entry, "body", body, "that is the default of the method");
        if let Some(page) = entry.get("page") {
            self.default(page, "first", "1", "that is the default");
        }
        for key in ["request", "payload"] {
            if let Some(node) = entry.get(key).filter(|node| is_empty(node)) {
                self.report(node, key, "there are no fields");
            }
        }
        let fields_evidence = entry.text_at("fields_evidence").unwrap_or(evidence);
        for key in ["request", "response", "payload"] {
            self.fields(entry.get(key), Some(&fields_evidence));
        }
    }

    /// An entry that is like another says what differs, and nothing else.
    fn derived(&mut self, entry: &Node, base: &str) {
        // Pages are never taken over.
        for key in ["pages", "pages_maybe"] {
            if let Some(node) = entry.get(key).filter(|node| is_empty(node)) {
                self.report(node, key, "an empty list is the default");
            }
        }
        for key in TAKEN_OVER {
            let Some(node) = entry.get(key) else { continue };
            let ours = |entry: Option<&Node>| entry.is_some_and(|node| is(node, "true"));
            let is_needed = match key {
                // A title of its own is the vendor's unless it says otherwise.
                "title" => {
                    ours(self.entries.taken_over(base, "title_is_ours")) != ours(entry.get("title_is_ours"))
                }
                "title_is_ours" if entry.get("title").is_some() => ours(Some(node)),
                // What a call does must be said again where it goes somewhere else.
                "effect" => entry.get("path").is_some() || entry.get("method").is_some(),
                _ => false,
            };
            let inherited = self.entries.taken_over(base, key);
            let is_same = match (key, inherited) {
                ("title_is_ours", inherited) if entry.get("title").is_none() => {
                    ours(Some(node)) == ours(inherited)
                }
                ("title_is_ours", _) => true,
                (_, Some(inherited)) => same(node, inherited),
                (_, None) => FLAGS.contains(&key) && is(node, "false"),
            };
            if is_same && !is_needed {
                self.report(node, key, format!("`{base}` says the same"));
            }
        }
        for (part, changes) in entry.get("change").map(Node::entries).unwrap_or_default() {
            for (field, change) in changes.entries() {
                for (key, node) in change.entries().iter().filter(|(key, _)| key != "evidence") {
                    let inherited = self.entries.field_key(base, part, field, key);
                    if inherited.is_some_and(|inherited| same(inherited, node)) {
                        self.report(node, key, format!("the field `{field}` of `{base}` says the same"));
                    }
                }
            }
        }
        for (_, fields) in entry.get("add").map(Node::entries).unwrap_or_default() {
            self.fields(Some(fields), None);
        }
    }
}

/// Whether a line of documentation has no other words than a name.
pub(crate) fn repeats(doc: &str, name: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .map(str::to_lowercase)
            .filter(|word| !["", "a", "an", "the", "its"].contains(&word.as_str()))
            .collect()
    };
    words(doc) == words(name)
}

#[cfg(test)]
mod tests {
    use airudder_codegen::syntax::files::Files;

    use super::super::documents;
    use super::find;

    /// What is found in a section's file, by the texts that it points at.
    #[track_caller]
    fn finds(text: &str, wanted: &[&str]) {
        let text = format!("section: s\ntitle: t\n{text}");
        let mut files = Files::default();
        files.add("spec/s.yaml", None, &text);
        let found = find(&documents(&files));
        let pointed: Vec<&str> = found
            .iter()
            .map(|found| text[found.span.start as usize..].split([',', '}', '\n']).next().unwrap_or_default())
            .collect();
        assert_eq!(pointed, wanted, "{text}");
    }

    const BASE: &str = "endpoints:\n  a: {title: A, evidence: observed, method: POST, path: /a, \
        effect: read, summary: x, request: {f: {type: string, max_chars: 3}}}\n";

    #[test]
    fn defaults_of_plain_entries() {
        finds(BASE, &[]);
        finds(
            "endpoints:\n  a: {evidence: observed, method_evidence: observed, fields_evidence: assumed, \
             method: GET, body: query, timeout: normal, pages: [], open: false, response: json, \
             request: {}}\n",
            &[
                "pages: []",
                "open: false",
                "method_evidence: observed",
                "timeout: normal",
                "response: json",
                "body: query",
                "request: {",
            ],
        );
        finds("webhooks:\n  a: {evidence: assumed, method: POST}\n", &["method: POST"]);
    }

    #[test]
    fn defaults_of_fields_and_types() {
        finds(
            "endpoints:\n  a: {evidence: observed, request: {task_name: {wire: task_name, type: string, \
             required: false, aliases: [], evidence: observed, doc: The task name.}, b: {wire: B, \
             evidence: assumed, doc: The name.}}}\n",
            &[
                "required: false",
                "aliases: []",
                "wire: task_name",
                "evidence: observed",
                "doc: The task name.",
            ],
        );
        finds(
            "types:\n  enums:\n    E: {evidence: assumed, kind: string, values: {red: {rust: Red, \
             evidence: assumed}, blue: {rust: Sky}}}\n  structs:\n    \
             S: {evidence: assumed, fields: {x: {type: string}}}\n",
            &["kind: string", "evidence: assumed", "rust: Red"],
        );
    }

    #[test]
    fn twins_say_only_what_differs() {
        finds(
            &format!(
                "{BASE}  b: {{same_as: s.a, evidence: observed, fields_evidence: observed, title: A, \
                 method: GET, pages: [], change: {{request: {{f: {{max_chars: 3, min_chars: 1}}}}}}}}\n"
            ),
            &["pages: []", "title: A", "max_chars: 3"],
        );
        // Its own claim of evidence, and what a call to another path does.
        finds(&format!("{BASE}  b: {{same_as: s.a, evidence: observed, path: /b, effect: read}}\n"), &[]);
        finds(&format!("{BASE}  b: {{same_as: s.a, effect: read}}\n"), &["effect: read"]);
        finds(&format!("{BASE}  b: {{same_as: s.a, title: A, title_is_ours: true}}\n"), &[]);
    }
}
