//! Turns the YAML of `spec/` into Rust, at compile time.
//!
//! Only the entry points are here: they find the files. What the files may say is documented in `spec/README.md`, and
//! what becomes of it is made by the crate `airudder-codegen`.
//!
//! Consumers need one macro only, [`api!`], for endpoints of their own.

#![forbid(unsafe_code)]

mod find;

use airudder_codegen::diagnostic::Report;
use airudder_codegen::generate::{self, Options};
use airudder_codegen::spec::Loaded;
use airudder_codegen::syntax::span::FileId;
use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::LitStr;

/// One section of an API: `api!("my-spec/private.yaml")`.
///
/// The path is relative to the crate's `Cargo.toml`, or to the source file of the call. The macro makes a module of the
/// file's name with the section's types, its handle and its entries in the catalogue's terms, and an extension trait
/// `<Section>Api` that gives the handle to `airudder_client::Client`. Shared types, families and error codes are those of
/// AI Rudder. A wrong entry is a compile error that names the file, line and column.
#[proc_macro]
pub fn api(input: TokenStream) -> TokenStream {
    with_path(input, |path| {
        find::with_section(&path, |loaded, file, section| {
            let options = options();
            // The client crate's other calls tell what is wrong in the shared files; a consumer has this call only.
            let guide = loaded.file(&format!("guides/{section}.md"));
            let diagnostics = errors(loaded, |report| {
                let beside = is_shared(loaded, report.file) || guide == Some(report.file);
                Some(report.file) == file || (!options.in_client && beside)
            });
            let code = generate::section(loaded, section, options);
            let tracked = generate::track(generate::files_of(loaded, section));
            quote!(#diagnostics #tracked #code)
        })
    })
}

/// All sections of a spec directory, each behind the cargo feature of its name: for the client crate only.
#[doc(hidden)]
#[proc_macro]
pub fn sections(input: TokenStream) -> TokenStream {
    with_path(input, |path| {
        find::with_directory(&path, |loaded| {
            let calls = loaded.spec.sections.iter().map(|section| {
                let (feature, file) = (&section.name, format!("{path}/{}.yaml", section.name));
                quote!(#[cfg(feature = #feature)] ::airudder_macros::api!(#file);)
            });
            quote!(#(#calls)*)
        })
    })
}

/// The enums `Family` and `ErrorCode`: for the client crate only.
#[doc(hidden)]
#[proc_macro]
pub fn errors_of(input: TokenStream) -> TokenStream {
    shared(input, "errors.yaml", generate::errors)
}

/// The types of `types.yaml`: for the client crate only.
#[doc(hidden)]
#[proc_macro]
pub fn types(input: TokenStream) -> TokenStream {
    shared(input, "types.yaml", |loaded| generate::types(loaded, options()))
}

/// The markers of required fields: for the client crate only.
#[doc(hidden)]
#[proc_macro]
pub fn required_fields(input: TokenStream) -> TokenStream {
    with_path(input, |path| find::with_directory(&path, generate::required_fields))
}

/// The catalogue: for the client crate only.
#[doc(hidden)]
#[proc_macro]
pub fn catalogue(input: TokenStream) -> TokenStream {
    with_path(input, |path| {
        find::with_directory(&path, |loaded| {
            // A file that gives no section has its diagnostics told here: no other call knows of it.
            let orphan = |file: FileId| {
                !loaded.spec.sections.iter().any(|s| s.file == file) && !is_shared(loaded, file)
            };
            let api = loaded.file("api.yaml");
            let diagnostics = errors(loaded, |report| Some(report.file) == api || orphan(report.file));
            let code = generate::catalogue(loaded);
            let tracked = generate::track(loaded.files.ids().filter_map(|file| loaded.files.disk_path(file)));
            quote!(#diagnostics #tracked #code)
        })
    })
}

/// The webhooks' event: for the client crate only.
#[doc(hidden)]
#[proc_macro]
pub fn webhooks(input: TokenStream) -> TokenStream {
    with_path(input, |path| find::with_directory(&path, generate::webhooks))
}

fn is_shared(loaded: &Loaded, file: FileId) -> bool {
    ["api.yaml", "errors.yaml", "types.yaml"].iter().any(|name| loaded.file(name) == Some(file))
}

fn shared(input: TokenStream, file: &str, make: impl Fn(&Loaded) -> Tokens) -> TokenStream {
    with_path(input, |path| {
        find::with_directory(&path, |loaded| {
            let number = loaded.file(file);
            let diagnostics = errors(loaded, |report| Some(report.file) == number);
            let code = make(loaded);
            let tracked = generate::track(number.and_then(|n| loaded.files.disk_path(n)));
            quote!(#diagnostics #tracked #code)
        })
    })
}

fn with_path(input: TokenStream, make: impl FnOnce(String) -> Tokens) -> TokenStream {
    match syn::parse::<LitStr>(input) {
        Ok(path) => make(path.value()).into(),
        Err(error) => {
            let error = syn::Error::new(
                error.span(),
                "expected the path of a spec file in quotes, such as `api!(\"my-spec/private.yaml\")`",
            );
            error.to_compile_error().into()
        }
    }
}

fn errors(loaded: &Loaded, wanted: impl Fn(&Report) -> bool) -> Tokens {
    let texts = loaded.reports().into_iter().filter(|report| wanted(report)).map(|report| report.text);
    quote!(#(::core::compile_error!(#texts);)*)
}

fn options() -> Options {
    let in_client = std::env::var("CARGO_CRATE_NAME").is_ok_and(|name| name == "airudder_client");
    Options { in_client, unverified: cfg!(feature = "unverified") }
}
