//! Families: hosts, credentials, and what else OpenAPI has no word for.

use airudder_codegen::ir::{Auth, CredentialVariables, Family, Section, Spec};
use airudder_model::Category;

use super::codes;
use super::value::{Map, Value};

/// The families of sections, each once.
pub(super) fn used<'a>(spec: &'a Spec, sections: &[&Section]) -> Vec<&'a Family> {
    spec.families
        .iter()
        .filter(|family| sections.iter().any(|section| section.family == family.name))
        .collect()
}

/// The host of all: that of the API, or the one host that all families have.
pub(super) fn host<'a>(spec: &'a Spec, used: &[&'a Family]) -> &'a str {
    let own = used.first().and_then(|family| family.base_url.as_deref());
    own.filter(|own| used.iter().all(|family| family.base_url.as_deref() == Some(*own)))
        .unwrap_or(&spec.base_url)
}

pub(super) fn server(url: &str) -> Map {
    Map::new().with("url", url)
}

/// The names of the headers that a signer makes.
const SIGNATURE: [&str; 2] = ["X-AIRudder-Sign", "X-AIRudder-Sign-Key"];

/// `components.securitySchemes`.
pub(super) fn schemes(used: &[&Family]) -> Map {
    let header = |name: &str, description: String| {
        Map::new()
            .with("type", "apiKey")
            .with("in", "header")
            .with("name", name)
            .with("description", description)
    };
    let mut map = Map::new();
    for family in used {
        match &family.auth {
            Auth::Token { endpoint, key, secret, token_at, lifetime_hours } => map.put(
                &family.name,
                header(
                    "Authorization",
                    format!(
                        "`Token `, then the token that `{endpoint}` gives under `{token_at}` for `{key}` and \
                         `{secret}`. It lives {lifetime_hours} hours."
                    ),
                ),
            ),
            Auth::Signature => SIGNATURE.iter().for_each(|name| {
                let text = "How the signature is made stands in no public page of the vendor.".to_owned();
                map.put(&scheme(&family.name, name), header(name, text));
            }),
            Auth::Bearer => map.put(
                &family.name,
                Map::new().with("type", "http").with("scheme", "bearer").with("description", "The API key."),
            ),
            Auth::None => {}
        }
    }
    map
}

fn scheme(family: &str, header: &str) -> String {
    format!("{family}-{}", header.to_lowercase().replace("x-airudder-", ""))
}

/// What a call of a family needs: an empty requirement where it is nothing.
pub(super) fn requirement(family: Option<&Family>, no_auth: bool) -> Map {
    let Some(family) = family.filter(|_| !no_auth) else { return Map::new() };
    let none = || Value::List(Vec::new());
    match family.auth {
        Auth::Token { .. } | Auth::Bearer => Map::new().with(&family.name, none()),
        Auth::Signature => {
            SIGNATURE.iter().fold(Map::new(), |map, name| map.with(&scheme(&family.name, name), none()))
        }
        Auth::None => Map::new(),
    }
}

/// `x-families`.
pub(super) fn facts(spec: &Spec, used: &[&Family]) -> Map {
    used.iter().fold(Map::new(), |map, family| {
        let envelope = family.envelope.as_ref().map(|envelope| {
            Map::new()
                .with("success", codes::value(envelope.success))
                .with("payload", envelope.payload.iter().collect::<Vec<_>>())
                .with("message", envelope.message.iter().collect::<Vec<_>>())
        });
        let refusal = family.refusal.as_ref().map(|form| {
            Map::new()
                .with("code", &form.code)
                .maybe("message", form.message.as_ref())
                .maybe("reason", form.reason.as_ref())
        });
        let statuses = family.transient_statuses.iter().map(|status| i64::from(*status));
        let credentials = match &family.credentials {
            CredentialVariables::KeyAndSecret { key, secret } => {
                Some(Map::new().with("key", key).with("secret", secret))
            }
            CredentialVariables::ApiKey(key) => Some(Map::new().with("api-key", key)),
            CredentialVariables::None => None,
        };
        let categories = Category::ALL.iter().fold(Map::new(), |map, category| {
            let codes = family.codes_of(*category).iter().map(|code| codes::value(*code)).collect();
            map.list(category.word(), codes)
        });
        let rows =
            spec.errors.iter().filter(|table| table.family == family.name).flat_map(|table| &table.rows);
        let own = spec.sections.iter().filter(|section| section.family == family.name);
        let facts = Map::new()
            .with("title", &family.title)
            .with("auth", family.auth.kind().word())
            .maybe("base-url", family.base_url.as_ref())
            .maybe("base-url-variable", family.base_url_variable.as_ref())
            .maybe("credentials", credentials)
            .maybe("envelope", envelope)
            .maybe("refusal", refusal)
            .list("transient-statuses", statuses.map(Value::from).collect())
            .flag("encrypted", family.encrypted)
            .list("paths", family.paths.iter().map(Value::from).collect())
            .list("token-codes", family.token_codes.iter().map(|code| codes::value(*code)).collect())
            .map("categories", categories)
            .list("notes", family.notes.iter().map(Value::from).collect())
            .map("x-error-codes", codes::table(rows.chain(own.flat_map(|section| &section.errors))))
            .with("x-evidence", family.evidence.word());
        map.with(&family.name, facts)
    })
}
