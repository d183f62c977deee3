//! Turns the YAML of `spec/` into Rust, at compile time.
//!
//! Only the entry points are here: they find the files. What the files may say is documented in
//! `spec/README.md`, and what becomes of it is made by the crate `airudder-codegen`.
//!
//! Nothing here is for consumers: the client crate calls these macros, and gives consumers its own `api!`,
//! which brings the client's name along, whatever they call it.

#![forbid(unsafe_code)]

mod find;
mod rebase;

use airudder_codegen::diagnostic::Report;
use airudder_codegen::emit::{self, Options};
use airudder_codegen::load::Loaded;
use airudder_codegen::syntax::span::FileId;
use proc_macro::TokenStream;
use proc_macro2::{Ident, Span, TokenStream as Tokens, TokenTree};
use quote::{format_ident, quote};
use syn::LitStr;
use syn::parse::Parser as _;

/// A section of a consumer's own: `private!(krate, "the client's spec", "my-spec/private.yaml")`, where
/// `krate` is the token `$crate` of the client's `api!`.
#[doc(hidden)]
#[proc_macro]
pub fn private(input: TokenStream) -> TokenStream {
    let mut input = Tokens::from(input).into_iter();
    let krate = input.next();
    let literals =
        |input: syn::parse::ParseStream<'_>| Ok((input.parse::<LitStr>()?, input.parse::<LitStr>()?));
    let (Some(krate), Ok((vendor, path))) = (krate, literals.parse2(input.collect())) else {
        return expected_path(Span::call_site());
    };
    private_section(&krate, &vendor.value(), &path).into()
}

fn private_section(krate: &TokenTree, vendor: &str, path: &LitStr) -> Tokens {
    find::with_private(vendor, path, |loaded, section| {
        let options = Options { in_client: false, unverified: cfg!(feature = "unverified") };
        let diagnostics = errors(loaded, |_| true);
        let shown = path.value();
        let needs = loaded.uses.iter().map(|name| {
            let needs = needs_macro(name);
            quote!(::airudder_client::#needs!(#shown);)
        });
        let code = emit::section(loaded, section, options);
        let tracked = emit::track(loaded.files.ids().filter_map(|file| loaded.files.disk_path(file)));
        rebase::rebase(quote!(#diagnostics #tracked #(#needs)* #code), krate)
    })
}

/// The client's macro that fails to compile where a section is off.
fn needs_macro(section: &str) -> Ident {
    format_ident!("__needs_{section}")
}

/// One section of the client's own spec.
#[doc(hidden)]
#[proc_macro]
pub fn section(input: TokenStream) -> TokenStream {
    with_path(input, |path| {
        find::with_section(&path, |loaded, file, section| {
            let guide = loaded.file(&format!("guides/{section}.md"));
            // The other calls report what is wrong in the shared files.
            let diagnostics =
                errors(loaded, |report| Some(report.file) == file || guide == Some(report.file));
            let code = emit::section(loaded, section, client_options());
            let tracked = emit::track(emit::files_of(loaded, section));
            quote!(#diagnostics #tracked #code)
        })
    })
}

/// All sections of the client's spec, each behind the cargo feature of its name; and the macro `api!` for
/// consumers.
#[doc(hidden)]
#[proc_macro]
pub fn sections(input: TokenStream) -> TokenStream {
    with_path(input, |path| {
        find::with_directory(&path, |loaded| {
            let sections = loaded.spec.sections.iter().map(|section| {
                let (feature, file) = (&section.name, format!("{path}/{}.yaml", section.name));
                let module = Ident::new(&section.name, Span::call_site());
                let needs = needs_macro(&section.name);
                let problem = format!(
                    ": the section `{feature}` of the client is used here, and it is off: add `{feature}` to \
                     the `features` of the client in Cargo.toml"
                );
                quote! {
                    #[cfg(feature = #feature)]
                    ::airudder_macros::section!(#file);
                    // Where the section is off, the compiler says of this item that it is, and names the
                    // feature.
                    #[cfg(not(feature = #feature))]
                    ::airudder_macros::absent!(#module #feature);
                    #[cfg(feature = #feature)]
                    #[doc(hidden)]
                    #[macro_export]
                    macro_rules! #needs { ($shown:literal) => {}; }
                    #[cfg(not(feature = #feature))]
                    #[doc(hidden)]
                    #[macro_export]
                    macro_rules! #needs {
                        ($shown:literal) => { ::core::compile_error!(::core::concat!($shown, #problem)); };
                    }
                }
            });
            let vendor = find::resolve(&path, Span::call_site());
            let vendor = vendor.to_string_lossy();
            quote! {
                #(#sections)*
                /// A section of an API of your own: `api!("my-spec/private.yaml")`.
                ///
                /// The path is relative to your crate's `Cargo.toml`, or to the source file of the call. The
                /// macro makes a module of the file's name with the section's types, its handle and its
                /// entries in the catalogue's terms, and an extension trait `<Section>Api` that gives the
                /// handle to the client. Families, error codes and shared types are AI Rudder's; families and
                /// codes of your own go into the file. Types and endpoints of AI Rudder's sections are named
                /// with their section (`list<collection.CollectionContact>`, `same_as:
                /// collection.create_task`), whose cargo feature must be on. A wrong entry is a compile error
                /// that names the file, line and column.
                #[macro_export]
                macro_rules! api {
                    ($path:literal $(,)?) => { $crate::__private::private! { $crate #vendor $path } };
                    ($($other:tt)*) => { ::core::compile_error!(#EXPECTED_PATH); };
                }
            }
        })
    })
}

/// An item that is always configured out: the compiler tells of the feature that it is behind.
#[doc(hidden)]
#[proc_macro]
pub fn absent(input: TokenStream) -> TokenStream {
    let mut input = Tokens::from(input).into_iter();
    let (module, feature) = (input.next(), input.next());
    quote!(#[cfg(feature = #feature)] pub mod #module {}).into()
}

/// The enums `Family` and `ErrorCode`.
#[doc(hidden)]
#[proc_macro]
pub fn errors_of(input: TokenStream) -> TokenStream {
    shared(input, "errors.yaml", emit::errors)
}

/// The types of `types.yaml`.
#[doc(hidden)]
#[proc_macro]
pub fn types(input: TokenStream) -> TokenStream {
    shared(input, "types.yaml", |loaded| emit::types(loaded, client_options()))
}

/// The markers of required fields.
#[doc(hidden)]
#[proc_macro]
pub fn required_fields(input: TokenStream) -> TokenStream {
    with_path(input, |path| find::with_directory(&path, emit::required_fields))
}

/// The catalogue.
#[doc(hidden)]
#[proc_macro]
pub fn catalogue(input: TokenStream) -> TokenStream {
    with_path(input, |path| {
        find::with_directory(&path, |loaded| {
            // A file that gives no section has its diagnostics reported here: no other call knows of it.
            let orphan = |file: FileId| {
                !loaded.spec.sections.iter().any(|s| s.file == file) && !is_shared(loaded, file)
            };
            let api = loaded.file("api.yaml");
            let diagnostics = errors(loaded, |report| Some(report.file) == api || orphan(report.file));
            let code = emit::catalogue(loaded);
            let tracked = emit::track(loaded.files.ids().filter_map(|file| loaded.files.disk_path(file)));
            quote!(#diagnostics #tracked #code)
        })
    })
}

/// The webhooks' event.
#[doc(hidden)]
#[proc_macro]
pub fn webhooks(input: TokenStream) -> TokenStream {
    with_path(input, |path| find::with_directory(&path, emit::webhooks))
}

fn is_shared(loaded: &Loaded, file: FileId) -> bool {
    ["api.yaml", "errors.yaml", "types.yaml"].iter().any(|name| loaded.file(name) == Some(file))
}

fn shared(input: TokenStream, file: &str, make: impl Fn(&Loaded) -> Tokens) -> TokenStream {
    with_path(input, |path| {
        find::with_directory(&path, |loaded| {
            let file = loaded.file(file);
            let diagnostics = errors(loaded, |report| Some(report.file) == file);
            let code = make(loaded);
            let tracked = emit::track(file.and_then(|file| loaded.files.disk_path(file)));
            quote!(#diagnostics #tracked #code)
        })
    })
}

fn with_path(input: TokenStream, make: impl FnOnce(String) -> Tokens) -> TokenStream {
    match syn::parse::<LitStr>(input) {
        Ok(path) => make(path.value()).into(),
        Err(error) => expected_path(error.span()),
    }
}

const EXPECTED_PATH: &str =
    "expected the path of a spec file in quotes, such as `api!(\"my-spec/private.yaml\")`";

fn expected_path(span: Span) -> TokenStream {
    syn::Error::new(span, EXPECTED_PATH).to_compile_error().into()
}

fn errors(loaded: &Loaded, wanted: impl Fn(&Report) -> bool) -> Tokens {
    let texts = loaded.reports().into_iter().filter(|report| wanted(report)).map(|report| report.text);
    quote!(#(::core::compile_error!(#texts);)*)
}

fn client_options() -> Options {
    Options { in_client: true, unverified: cfg!(feature = "unverified") }
}
