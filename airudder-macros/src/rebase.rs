//! The client's name in generated code. The generator writes `::airudder_client`; in a consumer's crate the
//! client may have another name, and only the token `$crate` of its `api!` is sure to mean it.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::ToTokens as _;

const CLIENT: &str = "airudder_client";
/// The name that the generated module gives to the client: for links in its documentation, where no `$crate`
/// can stand.
const IN_DOCS: &str = "__client";

/// The same tokens with another name for the client.
pub(crate) fn rebase(tokens: TokenStream, krate: &TokenTree) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == CLIENT && ends_with_colons(&out) => {
                out.truncate(out.len() - 2);
                out.push(krate.clone());
            }
            TokenTree::Group(group) => {
                let mut rebased = Group::new(group.delimiter(), rebase(group.stream(), krate));
                rebased.set_span(group.span());
                out.push(rebased.into());
            }
            TokenTree::Literal(literal) => out.push(in_docs(literal)),
            other => out.push(other),
        }
    }
    out.into_iter().collect()
}

fn ends_with_colons(tokens: &[TokenTree]) -> bool {
    let colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    matches!(tokens, [.., a, b] if colon(a) && colon(b))
}

/// Links in documentation.
fn in_docs(literal: Literal) -> TokenTree {
    let path = format!("::{CLIENT}::");
    match literal.to_string().contains(&path) {
        true => match syn::parse2::<syn::LitStr>(literal.to_token_stream()) {
            Ok(text) => Literal::string(&text.value().replace(&path, &format!("{IN_DOCS}::"))).into(),
            Err(_) => literal.into(),
        },
        false => literal.into(),
    }
}
