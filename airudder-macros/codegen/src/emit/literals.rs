//! Values of the catalogue, as expressions. They stand where the names of the client's `catalogue` are
//! imported.

use airudder_model::{Code, Evidence, FieldPlace};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Scope, ident};
use crate::ir::{Constraint, Field, NextCursor, Page, SchemaProfile};
use crate::names;
use crate::syntax::node::Node;

use super::paths::{auth_constant, family_constant, struct_constant};

/// A word of the vocabulary, as the path of its variant.
macro_rules! word_path {
    ($ty:ident, $word:expr) => {{
        let variant = ident($word.variant());
        quote!($ty::#variant)
    }};
}

pub(super) use word_path;

pub(crate) fn evidence(evidence: Evidence) -> TokenStream {
    word_path!(Evidence, evidence)
}

pub(crate) fn maybe<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}

impl Scope<'_> {
    /// The family of a name: a variant of the client's, or one of a consumer's own.
    pub(crate) fn family(&self, name: &str) -> TokenStream {
        match self.own_family(name) {
            Some(module) => {
                let constant = family_constant(name);
                quote!(Family::Private(&#module __spec::#constant))
            }
            None => {
                let variant = ident(&names::pascal(name));
                quote!(Family::#variant)
            }
        }
    }

    /// How a family authenticates.
    pub(crate) fn family_auth(&self, name: &str) -> TokenStream {
        let constant = auth_constant(name);
        match self.own_family(name) {
            Some(module) => quote!(#module __spec::#constant),
            None => quote!(__families::#constant),
        }
    }

    /// The module of a family that a section of the consumer's defines.
    fn own_family(&self, name: &str) -> Option<TokenStream> {
        let section = self.spec.family(name)?.section.as_deref()?;
        Some(self.module(Some(section)))
    }
}

/// An error code, as a constant expression.
pub(crate) fn code(code: Code) -> TokenStream {
    match code {
        Code::Number(number) => {
            let number = Literal::i64_unsuffixed(number);
            quote!(Code::Number(#number))
        }
        Code::Word(word) => {
            let word = word.as_str();
            quote!(Code::word(#word))
        }
    }
}

pub(super) fn codes(codes: &[Code]) -> TokenStream {
    let codes = codes.iter().map(|code| self::code(*code));
    quote!(&[#(#codes),*])
}

/// A table of fields.
pub(crate) fn field_table(scope: Scope<'_>, fields: &[Field]) -> TokenStream {
    let fields = fields.iter().map(|field| self::field(scope, field));
    quote!(&[#(#fields),*])
}

/// A field, without what it does not say.
pub(super) fn field(scope: Scope<'_>, field: &Field) -> TokenStream {
    let (name, wire) = (&field.name, &field.wire);
    let (kind, evidence) = (scope.kind(&field.ty), evidence(field.evidence));
    let mut said = vec![];
    if !field.aliases.is_empty() {
        let aliases = &field.aliases;
        said.push(quote!(aliases(&[#(#aliases),*])));
    }
    if field.required {
        said.push(quote!(required()));
    }
    if field.sensitive {
        said.push(quote!(sensitive()));
    }
    if field.place != FieldPlace::Body {
        let place = word_path!(FieldPlace, field.place);
        said.push(quote!(place(#place)));
    }
    if field.typed {
        said.push(quote!(typed()));
    }
    if let Some(fixed) = &field.fixed {
        said.push(quote!(fixed(#fixed)));
    }
    if let Some(unique) = scope.spec.unique_field(field).map(|f| &f.wire) {
        said.push(quote!(unique(#unique)));
    }
    if let Some(mirror) = &field.mirror {
        said.push(quote!(mirror(#mirror)));
    }
    if !field.constraints.is_empty() {
        let constraints = field.constraints.iter().map(constraint);
        said.push(quote!(constraints(&[#(#constraints),*])));
    }
    if !field.codes.is_empty() {
        let codes = field.codes.iter().map(|(problem, code)| {
            let (problem, code) = (word_path!(Problem, problem), self::code(*code));
            quote!((#problem, #code))
        });
        said.push(quote!(codes(&[#(#codes),*])));
    }
    if !field.doc.is_empty() {
        let doc = &field.doc;
        said.push(quote!(doc(#doc)));
    }
    quote!(Field::new(#name, #wire, #kind, #evidence) #(.#said)*)
}

pub(super) fn constraint(constraint: &Constraint) -> TokenStream {
    let inner = match constraint {
        Constraint::Limit(limit, n) => {
            let (limit, n) = (word_path!(Limit, limit), Literal::i64_unsuffixed(*n));
            quote!(Limit(#limit, #n))
        }
        Constraint::OneOf(values) => quote!(OneOf(&[#(#values),*])),
        Constraint::Before(wire) => quote!(Before(#wire)),
        Constraint::SameDay(wire) => quote!(SameDay(#wire)),
        Constraint::NotPast => quote!(NotPast),
        Constraint::Schema(SchemaProfile { types, max_properties, closed, without }) => {
            let most = match max_properties {
                Some(most) => {
                    let most = Literal::u32_unsuffixed(*most);
                    quote!(::core::option::Option::Some(#most))
                }
                None => quote!(::core::option::Option::None),
            };
            quote!(Schema(&::airudder_client::catalogue::SchemaProfile {
                types: &[#(#types),*], max_properties: #most, closed: #closed, without: &[#(#without),*],
            }))
        }
    };
    quote!(Constraint::#inner)
}

/// The description of an object, as a static.
pub(crate) fn struct_info(scope: Scope<'_>, name: &str, fields: &[Field], open: bool) -> TokenStream {
    let (constant, fields) = (struct_constant(name), field_table(scope, fields));
    quote! {
        pub static #constant: StructInfo =
            StructInfo { name: #name, fields: #fields, open: #open };
    }
}

pub(super) fn sample(request: Option<&Node>, response: Option<&Node>) -> TokenStream {
    let (request, response) = (maybe(request.map(json_text)), maybe(response.map(json_text)));
    quote!(Sample { request: #request, response: #response })
}

pub(crate) fn json_text(node: &Node) -> String {
    node.to_json().to_string()
}

pub(super) fn paging(page: &Page) -> TokenStream {
    let items = maybe(page.items());
    let inner = match page {
        Page::Number { page, size, first, .. } => {
            quote!(Number { page: #page, size: #size, first: #first, items: #items })
        }
        Page::Offset { offset, limit, total, max_rows, .. } => {
            let total = maybe(total.as_ref());
            let max_rows = maybe(max_rows.map(Literal::i64_unsuffixed));
            quote!(Offset {
                offset: #offset, limit: #limit, items: #items, total: #total, max_rows: #max_rows
            })
        }
        Page::Cursor { cursor, size, next, .. } => {
            let size = maybe(size.as_ref());
            let next = match next {
                NextCursor::ItemId(key) => quote!(ItemId(#key)),
                NextCursor::Key(key) => quote!(Key(#key)),
            };
            let next = quote!(NextCursor::#next);
            quote!(Cursor { cursor: #cursor, size: #size, items: #items, next: #next })
        }
    };
    quote!(Paging::#inner)
}
