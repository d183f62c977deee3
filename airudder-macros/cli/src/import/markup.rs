//! Markup in descriptions: tags of HTML and stars of Markdown. What only looks like it, `<token>` or `2**8`,
//! is text.

/// Tags that stand alone, or whose end may be left out.
const ALONE: [&str; 6] = ["br", "hr", "p", "li", "img", "wbr"];
/// Tags that come in pairs.
const PAIRS: [&str; 37] = [
    "a",
    "b",
    "blockquote",
    "center",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "i",
    "ins",
    "kbd",
    "mark",
    "ol",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "td",
    "tr",
    "u",
    "ul",
];
/// Pairs whose names could be placeholders no less: parts of tables.
const TABLES: [&str; 4] = ["th", "thead", "tbody", "tfoot"];

/// The text without its markup.
pub(super) fn removed(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut bare = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        bare.push_str(before);
        match tag.find('>').filter(|end| is_tag(&tag[1..*end], &lower)) {
            Some(end) => {
                bare.push(' ');
                rest = &tag[end + 1..];
            }
            None => {
                bare.push('<');
                rest = &tag[1..];
            }
        }
    }
    bare.push_str(rest);
    without_stars(&bare)
}

/// Whether what stands between angle brackets is a tag of HTML, in a text where it has its partner.
fn is_tag(inside: &str, text: &str) -> bool {
    let closes = inside.starts_with('/');
    let inner = inside.strip_prefix('/').unwrap_or(inside);
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let (name, attributes) = (inner[..end].to_ascii_lowercase(), inner[end..].trim());
    let plain = attributes.is_empty() || attributes == "/" || attributes.contains('=');
    if !plain || inside.contains('<') {
        return false;
    }
    let known = PAIRS.contains(&name.as_str()) || TABLES.contains(&name.as_str());
    let partner = if closes { opens(text, &name) } else { text.contains(&format!("</{name}>")) };
    ALONE.contains(&name.as_str()) || (known && (partner || attributes == "/"))
}

fn opens(text: &str, name: &str) -> bool {
    text.contains(&format!("<{name}>")) || text.contains(&format!("<{name} "))
}

/// `**bold**` without its stars.
fn without_stars(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("**") {
        let after = &rest[start + 2..];
        let before_is_word = rest[..start].chars().next_back().is_some_and(char::is_alphanumeric);
        let opens = !before_is_word && after.chars().next().is_some_and(|c| !c.is_whitespace() && c != '*');
        let end = after.find("**").filter(|end| {
            opens
                && *end > 0
                && !after[..*end].ends_with(char::is_whitespace)
                && !after[..*end].contains("\n\n")
        });
        match end {
            Some(end) => {
                out.push_str(&rest[..start]);
                out.push_str(&after[..end]);
                rest = &after[end + 2..];
            }
            None => {
                out.push_str(&rest[..start + 2]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::removed;

    #[test]
    fn only_markup_goes() {
        for (text, bare) in [
            ("Needs Bearer <token>; room:<id>.", "Needs Bearer <token>; room:<id>."),
            ("List<Order> or Map<String, Order>", "List<Order> or Map<String, Order>"),
            ("start<now and end>now", "start<now and end>now"),
            ("<country><area><number>", "<country><area><number>"),
            ("Path <a href=\"/x\">link</a> and <br/> break", "Path  link  and   break"),
            ("<b>not bold", "<b>not bold"),
            ("<b>bold</b>, <i>x<j", " bold , <i>x<j"),
            ("One<p>Two", "One Two"),
            ("a < b", "a < b"),
            ("2**8 and **bold** or **", "2**8 and bold or **"),
            ("**a** 2**3**4", "a 2**3**4"),
        ] {
            assert_eq!(removed(text), bare, "{text}");
        }
    }
}
