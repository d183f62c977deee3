//! The section that an entry is for: what it has already.

use airudder_codegen::load::Vendor;
use airudder_codegen::names;

use crate::vendor::VENDOR;

use super::document::Node;
use super::draft::Entry;
use super::error::ImportError;
use super::free_names::TypeNames;
use super::reading;
use super::request::Request;
use super::yaml;

pub(super) fn parse_section(text: &str, request: &Request) -> Result<Node, ImportError> {
    let name = format!("{}.yaml", request.section);
    let node = reading::read_yaml(text).map_err(|problem| {
        ImportError::new(format!("{name} cannot be read: {}", yaml::line(&problem))).help("fix it first")
    })?;
    match node.text_at("section") {
        Some(section) if section == request.section => Ok(node),
        Some(section) => Err(ImportError::new(format!("{name} says `section: {}`", yaml::line(&section)))),
        None => Err(ImportError::new(format!("{name} is not a section: it lacks the key `section`"))),
    }
}

fn below<'a>(section: &'a Node, path: &[&str]) -> &'a [(String, Node)] {
    path.iter().try_fold(section, |node, key| node.get(key)).map(Node::entries).unwrap_or_default()
}

/// The type names that a section has, and those that the new entry will have.
pub(super) fn taken_names(section: Option<&Node>, request: &Request) -> Result<TypeNames, ImportError> {
    let mut taken = TypeNames::new(shared_names(), &request.section);
    let own = names::pascal(&request.key);
    if let Some(section) = section {
        for group in ["endpoints", "webhooks"] {
            for (name, _) in below(section, &[group]) {
                if *name == request.key && !request.again {
                    let error = ImportError::new(format!(
                        "{} has `{name}` already, under `{group}`",
                        request.section
                    ));
                    return Err(error.help(
                        "choose another key, or print it again (`--again`) and compare: nothing is \
                         overwritten",
                    ));
                }
                if *name != request.key {
                    of_entry(&names::pascal(name)).iter().for_each(|name| {
                        taken.take(name);
                    });
                }
            }
        }
        for group in ["enums", "structs"] {
            // An earlier import made types of these names: those that are printed again replace them.
            let names = below(section, &["types", group]).iter().map(|(name, _)| name);
            for name in names.filter(|name| !request.again || !name.starts_with(&own)) {
                taken.take(name);
                taken.take(&format!("{name}Builder"));
            }
        }
    }
    for name in of_entry(&own) {
        if !taken.take(&name) {
            return Err(ImportError::new(format!(
                "`{}` would need the Rust name `{name}`, which its section has already",
                request.key
            ))
            .help("choose another key"));
        }
    }
    Ok(taken)
}

/// The Rust names that an entry has.
pub(super) fn of_entry(name: &str) -> [String; 3] {
    [name.to_owned(), format!("{name}Builder"), format!("{name}Response")]
}

/// The types that all sections see.
pub(super) fn shared_names() -> Vec<String> {
    let Vendor::Texts(files) = VENDOR else { return Vec::new() };
    let text =
        files.iter().find(|(name, _)| *name == "types.yaml").map(|(_, text)| *text).unwrap_or_default();
    let types = reading::read_yaml(text).ok();
    let groups = ["ids", "enums", "structs"].into_iter().filter_map(|group| types.as_ref()?.get(group));
    groups.flat_map(Node::entries).map(|(name, _)| name.clone()).collect()
}

/// The family whose own host is one of several.
pub(super) fn family_of(hosts: &[String]) -> Option<String> {
    let Vendor::Texts(files) = VENDOR else { return None };
    let text = files.iter().find(|(name, _)| *name == "api.yaml")?.1;
    let api = reading::read_yaml(text).ok()?;
    let families = api.get("families").map(Node::entries).unwrap_or_default().iter();
    let of = families.filter(|(_, family)| {
        let own = family.text_at("base_url");
        own.is_some_and(|own| {
            hosts.iter().any(|host| host.trim_end_matches('/') == own.trim_end_matches('/'))
        })
    });
    of.map(|(name, _)| name.clone()).next()
}

/// An entry of the section with the same method and path.
pub(super) fn same_call<'a>(section: &'a Node, entry: &Entry, request: &Request) -> Option<&'a str> {
    let path = entry.path.as_ref()?;
    let same = |node: &Node| {
        node.text_at("path").as_ref() == Some(path) && node.text_at("method").as_ref() == Some(&entry.method)
    };
    below(section, &["endpoints"])
        .iter()
        .find(|(name, node)| *name != request.key && same(node))
        .map(|(name, _)| name.as_str())
}
