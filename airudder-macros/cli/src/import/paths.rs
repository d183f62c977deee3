//! The path of a call: host and query cut off, base path of the servers before it, parameters in braces.

use airudder_codegen::names;

use super::call::Call;
use super::document::Node;
use super::error::ImportError;
use super::yaml;

/// A path of the language.
pub(super) struct Path {
    pub(super) path: String,
    /// Parameters that are called otherwise in the path, by the page's name.
    pub(super) renamed: Vec<(String, String)>,
    pub(super) notes: Vec<String>,
}

/// The path of a call.
pub(super) fn path(written: &str, call: &Call<'_>, root: &Node) -> Result<Path, ImportError> {
    let mut notes = Vec::new();
    let trimmed = written.trim();
    let mut path = trimmed;
    let mut base = String::new();
    if let Some((_, rest)) = path.split_once("://") {
        notes.push("the page's path names a host: that of the family is used".to_owned());
        path = rest.find('/').map_or("/", |at| &rest[at..]);
    } else if let Some(rest) = without_variable(path) {
        notes.push(format!(
            "the page's path starts with the variable `{}`, taken for the host: that of the family is used",
            yaml::short(&path[..path.len() - rest.len()])
        ));
        path = rest;
    } else {
        base = base_path(call, root, &mut notes);
    }
    for (mark, what) in [('#', "a part after `#`"), ('?', "a query")] {
        if let Some((before, _)) = path.split_once(mark) {
            notes.push(format!(
                "the page's path has {what}: its parameters are fields, check that none is missing"
            ));
            path = before;
        }
    }
    let whole = format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'));
    let shown = yaml::line(written);
    let (path, renamed) = with_parameters(&whole)
        .ok_or_else(|| ImportError::new(format!("the braces of the path `{shown}` do not match")))?;
    if let Some(character) =
        path.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-_.~{}:@!$&'()*+,;=%".contains(*c)))
    {
        return Err(ImportError::new(format!(
            "the path `{shown}` contains `{}`",
            yaml::line(&character.to_string())
        ))
        .help("letters, digits, `/`, `-`, `_`, `.`, `~` and `{name}` are allowed"));
    }
    Ok(Path { path, renamed, notes })
}

/// What follows a variable in place of the host, `{{baseUrl}}/tasks`.
fn without_variable(path: &str) -> Option<&str> {
    let end = ["{{", "{", "${", "<"].into_iter().zip(["}}", "}", "}", ">"]).find_map(|(open, close)| {
        let rest = path.strip_prefix(open)?;
        rest.find(close).map(|at| open.len() + at + close.len())
    })?;
    let rest = &path[end..];
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// Steps with `{name}`, `{{name}}` and `:name` in one form, and names in letters that a path may have.
fn with_parameters(path: &str) -> Option<(String, Vec<(String, String)>)> {
    let (mut out, mut renamed) = (String::new(), Vec::new());
    let mut rest = path;
    while let Some(c) = rest.chars().next() {
        let doubled = rest.starts_with("{{");
        let express = rest.starts_with(':') && out.ends_with('/');
        let (name, after) = match c {
            '{' if doubled => rest[2..].split_once("}}")?,
            '{' => rest[1..].split_once('}')?,
            ':' if express => {
                let end = rest.find(['/', '?']).unwrap_or(rest.len());
                (&rest[1..end], &rest[end..])
            }
            '}' => return None,
            _ => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
                continue;
            }
        };
        if name.trim().is_empty() || name.contains(['{', '/']) {
            return None;
        }
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c));
        let used = if plain {
            name.to_owned()
        } else {
            let snake = names::snake(name);
            let used = if snake.is_empty() { format!("parameter_{}", renamed.len() + 1) } else { snake };
            renamed.push((name.to_owned(), used.clone()));
            used
        };
        out.push_str(&format!("{{{used}}}"));
        rest = after;
    }
    Some((out, renamed))
}

/// The path of the server that counts for a call: the nearest list's first.
fn base_path(call: &Call<'_>, root: &Node, notes: &mut Vec<String>) -> String {
    let lists = [Some(call.operation), call.item, Some(root)].into_iter().flatten();
    let Some(servers) =
        lists.filter_map(|node| node.get("servers")).map(Node::items).find(|servers| !servers.is_empty())
    else {
        return String::new();
    };
    let paths: Vec<String> = servers.iter().map(server_path).collect();
    let first = paths[0].clone();
    if let Some(other) = paths.iter().find(|path| **path != first) {
        notes.push(format!(
            "the page's servers have several base paths: `{}` is taken, `{}` is another",
            yaml::short(&first),
            yaml::short(other)
        ));
    }
    first
}

/// The path of a server, its variables replaced with their defaults.
fn server_path(server: &Node) -> String {
    let mut url = server.text_at("url").unwrap_or_default();
    for (name, variable) in server.get("variables").map(Node::entries).unwrap_or_default() {
        if let Some(default) = variable.text_at("default") {
            url = url.replace(&format!("{{{name}}}"), &default);
        }
    }
    let rest = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None if url.starts_with("//") => url[2..].find('/').map_or("", |at| &url[2 + at..]),
        None => without_variable(&url).unwrap_or(&url),
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    if path.is_empty() { String::new() } else { format!("/{path}") }
}

/// Where the document says that its calls go, for a comment.
pub(super) fn hosts(root: &Node) -> Vec<String> {
    let servers = root.get("servers").map(Node::items).unwrap_or_default();
    servers.iter().filter_map(|server| server.text_at("url")).map(|url| yaml::short(&url)).collect()
}
