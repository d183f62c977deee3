//! Names: from the spec's to Rust's.

/// Words that Rust keeps for itself (2024 edition, reserved ones included).
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Names of methods that every builder has.
const BUILDER_METHODS: &[&str] = &[
    "build",
    "builder",
    "send",
    "send_full",
    "stream",
    "wait",
    "poll",
    "extra",
    "timeout",
    "download_to",
    "idempotency_key",
    "send_and_wait",
];

/// Methods of the client: a section's handle is one of them.
pub const CLIENT_METHODS: &[&str] = &[
    "builder",
    "check",
    "clone",
    "close",
    "execute",
    "execute_full",
    "find_or_create",
    "find_task",
    "fmt",
    "from_env",
    "raw",
    "recording",
    "send_and_wait",
    "stream",
    "stream_windows",
    "wait",
    "wait_until",
];

/// Modules of the client: a section of the client's own spec is one of them.
pub const CLIENT_MODULES: &[&str] = &[
    "authentication",
    "bits",
    "blocking",
    "builder_macro",
    "call",
    "catalogue",
    "check",
    "client",
    "encryption",
    "envelope",
    "error",
    "field",
    "find",
    "guides",
    "http",
    "json",
    "observe",
    "page",
    "poll",
    "receive",
    "recording",
    "request",
    "response",
    "retry",
    "settings",
    "signer",
    "test_server",
    "token",
    "types",
    "webhook",
    "wire",
];

/// Crates that the client names: a module of such a name would hide them.
pub const CLIENT_CRATES: &[&str] = &[
    "aes",
    "airudder_client",
    "airudder_macros",
    "airudder_model",
    "alloc",
    "arrayvec",
    "axum",
    "base64",
    "bytes",
    "core",
    "fastrand",
    "flate2",
    "futures",
    "futures_core",
    "futures_util",
    "getrandom",
    "governor",
    "http_body",
    "httpdate",
    "hyper",
    "hyper_util",
    "ipnet",
    "jiff",
    "percent_encoding",
    "redis",
    "reqwest",
    "rust_decimal",
    "rustls_platform_verifier",
    "schemars",
    "secrecy",
    "serde",
    "serde_json",
    "sha2",
    "std",
    "subtle",
    "thiserror",
    "tokio",
    "tokio_io_timeout",
    "tokio_rustls",
    "tower_service",
    "tracing",
    "url",
];

/// Why a name cannot be that of a section; `in_client`: of the client's own spec.
pub fn problem_with_section(name: &str, in_client: bool) -> Option<String> {
    if let Some(problem) = problem_with_field_name(name) {
        return Some(problem);
    }
    if CLIENT_METHODS.contains(&name) {
        return Some("the client has a method of this name".to_owned());
    }
    if in_client && CLIENT_MODULES.contains(&name) {
        return Some("the client has a module of this name".to_owned());
    }
    (in_client && CLIENT_CRATES.contains(&name)).then(|| "the client uses a crate of this name".to_owned())
}

/// `create_task` -> `CreateTask`.
pub fn pascal(name: &str) -> String {
    name.split('_').map(capitalise).collect()
}

/// `create_task` -> `CREATE_TASK`.
pub fn screaming(name: &str) -> String {
    name.to_uppercase()
}

/// The variant that a wire value gives: `Not Started` -> `NotStarted`, `QUICK_REPLY` -> `QuickReply`.
pub fn variant(wire: &str) -> String {
    wire.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let shouted =
                word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
            if shouted { capitalise(&word.to_lowercase()) } else { capitalise(word) }
        })
        .collect()
}

fn capitalise(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Why a name cannot be that of a field, method or module.
pub fn problem_with_field_name(name: &str) -> Option<String> {
    if KEYWORDS.contains(&name) {
        return Some("it is a word of the Rust language".to_owned());
    }
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_lowercase());
    if !starts || !chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Some("Rust names here are snake_case: lower-case letters, digits and underscores".to_owned());
    }
    None
}

/// Why a field's name cannot be that of a setter.
pub fn problem_with_setter(name: &str) -> Option<String> {
    problem_with_field_name(name).or_else(|| {
        BUILDER_METHODS.contains(&name).then(|| "every builder has a method of this name".to_owned())
    })
}

/// What to call a field instead.
pub fn other_name(name: &str) -> String {
    match name {
        "type" => "kind".to_owned(),
        _ if problem_with_setter(&format!("{name}_value")).is_none() => format!("{name}_value"),
        _ => snake(name),
    }
}

/// The wire name in snake_case, acronyms as one word: `RobotID` -> `robot_id`, `SIPLine` -> `sip_line`.
pub fn snake(wire: &str) -> String {
    let chars: Vec<char> = wire.chars().collect();
    let mut snake = String::new();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            continue;
        }
        let after_lower = at > 0 && (chars[at - 1].is_ascii_lowercase() || chars[at - 1].is_ascii_digit());
        let acronym_ends = at > 0
            && chars[at - 1].is_ascii_uppercase()
            && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (after_lower || acronym_ends) && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake.trim_end_matches('_').to_owned()
}

/// Why a name cannot be that of a type.
pub fn problem_with_type_name(name: &str) -> Option<String> {
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_uppercase());
    if !starts || !chars.all(|c| c.is_ascii_alphanumeric()) {
        return Some("it is not PascalCase".to_owned());
    }
    (name == "Self").then(|| "it is a word of the Rust language".to_owned())
}

/// Why a name cannot be that of an enum's variant.
pub fn problem_with_variant(name: &str) -> Option<String> {
    if name == "Other" {
        return Some("`Other` is kept for values that nobody knows".to_owned());
    }
    if name == "Self" {
        return Some("`Self` is a word of the Rust language".to_owned());
    }
    problem_with_type_name(name).map(|_| {
        "it does not start with a letter, or has characters other than letters and digits".to_owned()
    })
}

/// Headers that the client or HTTP itself sets.
const OWN_HEADERS: &[&str] = &[
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "is-encrypted",
    "signed",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-airudder-sign",
    "x-airudder-sign-key",
];

/// Why a text cannot be the name of a header of the spec's, with a remedy.
pub fn problem_with_header(name: &str) -> Option<(String, &'static str)> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_token) {
        return Some((
            format!("`{name}` cannot name an HTTP header"),
            "names of headers are letters, digits and hyphens, such as `Idempotency-Key`",
        ));
    }
    OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()).then(|| {
        (format!("the client sets the header `{name}` itself"), "leave it out: `auth` and `body` decide it")
    })
}
