//! A folder of private sections, read while the program runs: their entries as tables of the catalogue.
//!
//! The catalogue's tables are made for programs that hold them as constants, so what is read here is leaked,
//! once.

use std::collections::HashMap;
use std::path::Path;

use airudder_client::Family;
use airudder_client::catalogue::{
    self, Auth, Categories, Category, Constraint, CredentialVariables, Discriminator, Endpoint, EnumInfo,
    Envelope, ErrorRow, FamilyInfo, Field, FindBy, Idempotency, Kind, NextCursor, Paging, PollUntil,
    RefusalForm, ResponseKind, Sample, SchemaProfile, StructInfo, ThenPoll, TokenAuth, Webhook,
    WebhookHeader,
};
use airudder_codegen::ir;
use airudder_codegen::load::Loaded;
use airudder_codegen::syntax::node::Node;

/// The endpoints and webhooks of a folder.
#[derive(Debug)]
pub(crate) struct Private {
    pub(crate) endpoints: &'static [&'static Endpoint],
    pub(crate) webhooks: &'static [&'static Webhook],
}

impl Private {
    /// Reads a folder of private sections, or one file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let located = airudder_spec::location::Located::find(Some(path))?;
        let diagnostics = located.diagnostics();
        if !diagnostics.is_empty() {
            let texts: Vec<String> = diagnostics.into_iter().map(|report| report.text).collect();
            return Err(format!("the spec has errors:\n\n{}", texts.join("\n")));
        }
        if !located.is_private {
            return Err(format!(
                "{} is not a folder of private sections: it has an api.yaml",
                path.display()
            ));
        }
        Ok(Tables::new(&located.loaded).all())
    }
}

struct Tables<'a> {
    loaded: &'a Loaded,
    families: HashMap<&'a str, Family>,
    structs: HashMap<ir::TypeRef, &'static StructInfo>,
}

fn text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn maybe(text: Option<&String>) -> Option<&'static str> {
    text.map(|text| self::text(text))
}

fn texts(texts: &[String]) -> &'static [&'static str] {
    list(texts.iter().map(|text| self::text(text)))
}

fn list<T>(items: impl IntoIterator<Item = T>) -> &'static [T] {
    Vec::leak(items.into_iter().collect())
}

fn value<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn json(node: &Node) -> &'static str {
    text(&node.to_json().to_string())
}

fn error_row(row: &ir::ErrorRow, family: Family) -> ErrorRow {
    ErrorRow {
        family,
        code: row.code,
        name: text(&row.name),
        meaning: text(&row.meaning),
        meanings: texts(&row.meanings),
        field: maybe(row.field.as_ref()),
        status: row.status,
        limit: maybe(row.limit.as_ref()),
        group: maybe(row.group.as_ref()),
        note: maybe(row.note.as_ref()),
        evidence: row.evidence,
    }
}

impl<'a> Tables<'a> {
    fn new(loaded: &'a Loaded) -> Self {
        Self { loaded, families: HashMap::new(), structs: HashMap::new() }
    }

    /// The entries of the sections that are not the vendor's.
    fn all(mut self) -> Private {
        let own = |section: &&ir::Section| !section.is_vendors;
        let sections: Vec<&'a ir::Section> = self.loaded.spec.sections.iter().filter(own).collect();
        let (mut endpoints, mut webhooks) = (Vec::new(), Vec::new());
        for section in sections {
            let family = self.family(&section.family);
            for endpoint in &section.endpoints {
                endpoints.push(value(self.endpoint(endpoint, family)));
            }
            for webhook in &section.webhooks {
                webhooks.push(value(self.webhook(webhook, family)));
            }
        }
        Private { endpoints: list(endpoints), webhooks: list(webhooks) }
    }

    /// A family: the client's, or one of the private sections.
    fn family(&mut self, name: &'a str) -> Family {
        if let Some(known) = Family::ALL.iter().find(|family| family.as_str() == name) {
            return *known;
        }
        if let Some(family) = self.families.get(name) {
            return *family;
        }
        let Some(family) = self.loaded.spec.family(name) else { return Family::ALL[0] };
        let made = Family::Private(value(self.family_info(family)));
        self.families.insert(name, made);
        made
    }

    fn family_info(&mut self, family: &'a ir::Family) -> FamilyInfo {
        let codes = |category: Category| list(family.codes_of(category).iter().copied());
        FamilyInfo {
            name: text(&family.name),
            title: text(&family.title),
            base_url: family.base_url.as_deref().map_or("", text),
            shares_host: family.shares_host(),
            base_url_variable: maybe(family.base_url_variable.as_ref()),
            credentials: match &family.credentials {
                ir::CredentialVariables::KeyAndSecret { key, secret } => {
                    CredentialVariables::KeyAndSecret { key: text(key), secret: text(secret) }
                }
                ir::CredentialVariables::ApiKey(key) => CredentialVariables::ApiKey(text(key)),
                ir::CredentialVariables::None => CredentialVariables::None,
            },
            auth: self.auth(family),
            envelope: family.envelope.as_ref().map(|envelope| Envelope {
                success: envelope.success,
                payload: texts(&envelope.payload),
                message: texts(&envelope.message),
            }),
            refusal: family.refusal.as_ref().map(|form| RefusalForm {
                code: text(&form.code),
                message: maybe(form.message.as_ref()),
                reason: maybe(form.reason.as_ref()),
            }),
            transient_statuses: list(family.transient_statuses.iter().copied()),
            encrypted: family.encrypted,
            paths: texts(&family.paths),
            code_form: family.code_form,
            missing_code: family.missing_code,
            invalid_code: family.invalid_code,
            token_codes: list(family.token_codes.iter().copied()),
            categories: Categories {
                already_done: codes(Category::AlreadyDone),
                not_found: codes(Category::NotFound),
                transient: codes(Category::Transient),
                idempotency_conflict: codes(Category::IdempotencyConflict),
            },
        }
    }

    fn auth(&mut self, family: &'a ir::Family) -> Auth {
        match &family.auth {
            ir::Auth::Token { endpoint, key, secret, token_at, lifetime_hours } => {
                let known = catalogue::ENDPOINTS.iter().find(|known| known.key == endpoint).copied();
                let endpoint = match (known, self.loaded.spec.endpoint(endpoint)) {
                    (Some(known), _) => known,
                    // The token endpoint of a family goes without that family's token.
                    (None, Some(own)) => value(self.endpoint_with(own, Family::ALL[0], Auth::None)),
                    (None, None) => return Auth::None,
                };
                Auth::Token(TokenAuth {
                    endpoint,
                    key_field: text(key),
                    secret_field: text(secret),
                    token_at: text(token_at),
                    lifetime_secs: lifetime_hours.saturating_mul(3600),
                })
            }
            ir::Auth::Signature => Auth::Signature,
            ir::Auth::Bearer => Auth::Bearer,
            ir::Auth::None => Auth::None,
        }
    }

    fn endpoint(&mut self, endpoint: &ir::Endpoint, family: Family) -> Endpoint {
        let auth = if endpoint.no_auth { Auth::None } else { family.info().auth };
        self.endpoint_with(endpoint, family, auth)
    }

    fn endpoint_with(&mut self, endpoint: &ir::Endpoint, family: Family, auth: Auth) -> Endpoint {
        let entry = &endpoint.entry;
        let loaded = self.loaded;
        let own_codes = loaded.spec.section(&entry.section).map_or(&[][..], |section| &section.errors);
        let find_by = endpoint.find_by.as_ref().and_then(|find_by| {
            let list = loaded.spec.endpoint(&format!("{}.{}", entry.section, find_by.list))?;
            let list = value(self.endpoint_with(list, family, auth));
            Some(FindBy { name: text(&find_by.name), list })
        });
        let then_poll = endpoint.then_poll.as_ref().and_then(|then| {
            let polled = loaded.spec.endpoint(&format!("{}.{}", entry.section, then.endpoint))?;
            let fields = then.fields.iter().map(|(wire, key)| (text(wire), text(key)));
            let fields = list(fields);
            Some(ThenPoll { endpoint: value(self.endpoint_with(polled, family, auth)), fields })
        });
        Endpoint {
            key: text(&entry.key),
            title: text(&entry.title),
            title_zh: maybe(entry.title_zh.as_ref()),
            title_is_ours: entry.title_is_ours,
            section: text(&entry.section),
            family,
            method: entry.method,
            path: maybe(endpoint.path.as_ref()),
            effect: endpoint.effect,
            evidence: entry.evidence,
            method_evidence: entry.method_evidence,
            fields_evidence: entry.fields_evidence,
            pages: texts(&entry.pages),
            pages_maybe: texts(&entry.pages_maybe),
            summary: text(&entry.summary),
            body: endpoint.body,
            request: self.fields(&endpoint.request),
            open: entry.open,
            response: match &endpoint.response {
                ir::Response::File => ResponseKind::File,
                ir::Response::Type(ty) => ResponseKind::Value(self.kind(ty)),
                ir::Response::Fields(fields) => ResponseKind::Value(Kind::Struct(value(StructInfo {
                    name: text(&entry.key),
                    fields: self.fields(fields),
                    open: endpoint.open_response,
                }))),
            },
            errors: list(endpoint.errors.iter().copied()),
            own_codes: list(own_codes.iter().map(|row| error_row(row, family))),
            payload_required: endpoint.payload_required,
            success: endpoint.success,
            find_by,
            poll_until: endpoint.poll_until.as_ref().map(|until| PollUntil {
                field: text(&until.field),
                values: list(until.values.iter().map(|value| text(value))),
            }),
            then_poll,
            idempotency: endpoint.idempotency.as_ref().map(|key| Idempotency {
                header: text(&key.header),
                required: key.required,
                max_chars: key.max_chars,
            }),
            sample: Sample {
                request: endpoint.sample_request.as_ref().map(json),
                response: endpoint.sample_response.as_ref().map(json),
            },
            paging: endpoint.page.as_ref().map(paging),
            timeout_secs: endpoint.timeout_secs,
            auth,
            root: text(entry.root()),
            deprecated: maybe(endpoint.deprecated.as_ref()),
        }
    }

    fn webhook(&mut self, webhook: &ir::Webhook, family: Family) -> Webhook {
        let entry = &webhook.entry;
        Webhook {
            key: text(&entry.key),
            title: text(&entry.title),
            title_zh: maybe(entry.title_zh.as_ref()),
            title_is_ours: entry.title_is_ours,
            section: text(&entry.section),
            family,
            method: entry.method,
            method_evidence: entry.method_evidence,
            evidence: entry.evidence,
            pages: texts(&entry.pages),
            pages_maybe: texts(&entry.pages_maybe),
            summary: text(&entry.summary),
            signed: webhook.signed,
            identity: texts(&webhook.identity),
            happened: maybe(webhook.happened.as_ref()),
            discriminator: webhook
                .discriminator
                .as_ref()
                .map(|(field, value)| Discriminator { field: text(field), value: text(value) }),
            header: webhook
                .header
                .as_ref()
                .map(|(name, key)| WebhookHeader { name: text(name), key: text(key) }),
            payload: match &webhook.payload {
                ir::Payload::Fields(fields) => self.fields(fields),
                ir::Payload::Struct(at) => self.structure(at).fields,
            },
            sample: webhook.sample.as_ref().map(json),
            root: text(entry.root()),
        }
    }

    fn fields(&mut self, fields: &[ir::Field]) -> &'static [Field] {
        let fields: Vec<Field> = fields.iter().map(|field| self.field(field)).collect();
        list(fields)
    }

    fn field(&mut self, field: &ir::Field) -> Field {
        Field {
            name: text(&field.name),
            wire: text(&field.wire),
            aliases: texts(&field.aliases),
            kind: self.kind(&field.ty),
            required: field.required,
            sensitive: field.sensitive,
            fixed: maybe(field.fixed.as_ref()),
            place: field.place,
            typed: field.typed,
            unique: maybe(field.unique.as_ref()),
            mirror: maybe(field.mirror.as_ref()),
            evidence: field.evidence,
            constraints: list(field.constraints.iter().map(constraint)),
            codes: list(field.codes.iter().copied()),
            doc: text(&field.doc),
        }
    }

    fn kind(&mut self, ty: &ir::Type) -> Kind {
        match ty {
            ir::Type::Scalar(scalar) => Kind::Scalar(*scalar),
            ir::Type::Id(at) => Kind::Id(text(&at.name)),
            ir::Type::Enum(at) => match self.loaded.spec.find_enum(at) {
                Some(found) => Kind::Enum(value(EnumInfo {
                    name: text(&found.name),
                    values: list(found.values.iter().map(|value| text(&value.wire))),
                    form: found.form,
                })),
                None => Kind::Id(text(&at.name)),
            },
            ir::Type::Struct(at) => Kind::Struct(self.structure(at)),
            ir::Type::List(inner) => Kind::List(value(self.kind(inner))),
            ir::Type::Map(inner) => Kind::Map(value(self.kind(inner))),
        }
    }

    fn structure(&mut self, at: &ir::TypeRef) -> &'static StructInfo {
        if let Some(known) = self.structs.get(at) {
            return known;
        }
        let Some(found) = self.loaded.spec.find_struct(at) else {
            return value(StructInfo { name: text(&at.name), fields: &[], open: true });
        };
        // A struct may hold lists of itself: inside them, whatever comes is taken.
        let inside = value(StructInfo { name: text(&at.name), fields: &[], open: true });
        self.structs.insert(at.clone(), inside);
        let made = value(StructInfo {
            name: text(&found.name),
            fields: self.fields(&found.fields),
            open: found.open.is_some(),
        });
        self.structs.insert(at.clone(), made);
        made
    }
}

fn constraint(constraint: &ir::Constraint) -> Constraint {
    match constraint {
        ir::Constraint::Limit(limit, bound) => Constraint::Limit(*limit, *bound),
        ir::Constraint::OneOf(values) => Constraint::OneOf(texts(values)),
        ir::Constraint::Before(wire) => Constraint::Before(text(wire)),
        ir::Constraint::SameDay(wire) => Constraint::SameDay(text(wire)),
        ir::Constraint::NotPast => Constraint::NotPast,
        ir::Constraint::Schema(profile) => Constraint::Schema(value(SchemaProfile {
            types: texts(&profile.types),
            max_properties: profile.max_properties,
            closed: profile.closed,
            without: texts(&profile.without),
        })),
    }
}

fn paging(page: &ir::Page) -> Paging {
    let items = page.items().map(text);
    match page {
        ir::Page::Number { page, size, first, .. } => {
            Paging::Number { page: text(page), size: text(size), first: *first, items }
        }
        ir::Page::Offset { offset, limit, total, max_rows, .. } => Paging::Offset {
            offset: text(offset),
            limit: text(limit),
            items,
            total: maybe(total.as_ref()),
            max_rows: *max_rows,
        },
        ir::Page::Cursor { cursor, size, next, .. } => {
            let next = match next {
                ir::NextCursor::ItemId(key) => NextCursor::ItemId(text(key)),
                ir::NextCursor::Key(key) => NextCursor::Key(text(key)),
            };
            Paging::Cursor { cursor: text(cursor), size: maybe(size.as_ref()), items, next }
        }
    }
}
