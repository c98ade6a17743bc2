//! Prints tokens as a file that reads well.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use syn::{File, Item, ItemImpl};

use super::wrap::wrap_docs;
use crate::header::generated_from;

/// `tokens` as a file with its header.
pub(super) fn file(tokens: TokenStream) -> syn::Result<String> {
    let File { attrs, items, .. } = syn::parse2(without_suffixes(tokens))?;
    let head = File { shebang: None, attrs, items: Vec::new() };
    let head = prettyplease::unparse(&head);
    let items: Vec<_> = items.into_iter().map(|item| (is_use(&item), self::item(item))).collect();
    let items = separated(&items, |(a_is_use, a), (b_is_use, b)| {
        a_is_use == b_is_use && (*a_is_use || is_one_line(a) && is_one_line(b))
    });
    let code = wrap_docs(&format!("{head}\n{items}"));
    Ok(format!("// {}\n\n{code}", generated_from("schema/")))
}

/// `quote!` writes a `usize` as `1usize`; where it stands no other type is possible.
fn without_suffixes(tokens: TokenStream) -> TokenStream {
    let tree = |tree| match tree {
        TokenTree::Group(group) => {
            Group::new(group.delimiter(), without_suffixes(group.stream())).into()
        }
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            let number = text.strip_suffix("usize").and_then(|digits| digits.parse().ok());
            number.map_or(literal, Literal::usize_unsuffixed).into()
        }
        other => other,
    };
    tokens.into_iter().map(tree).collect()
}

/// `texts` with a blank line between two of them, unless `are_close`.
fn separated<T>(
    texts: &[(T, String)],
    are_close: impl Fn(&(T, String), &(T, String)) -> bool,
) -> String {
    let groups = texts
        .chunk_by(are_close)
        .map(|group| group.iter().map(|(_, text)| text.as_str()).collect::<String>());
    groups.collect::<Vec<_>>().join("\n")
}

fn is_one_line(text: &str) -> bool {
    text.lines().count() == 1
}

fn is_use(item: &Item) -> bool {
    matches!(item, Item::Use(_))
}

fn item(item: Item) -> String {
    match item {
        Item::Impl(item) if !item.items.is_empty() => members(item),
        item => print(item),
    }
}

/// An `impl` with its members printed one by one. All start with the head that is printed alone for an empty one.
fn members(mut item: ItemImpl) -> String {
    let members = std::mem::take(&mut item.items);
    let alone = |items| print(Item::Impl(ItemImpl { items, ..item.clone() }));
    let empty = alone(Vec::new());
    let head = empty.strip_suffix("}\n").unwrap_or(&empty);
    let members = members.into_iter().map(|member| {
        let text = alone(vec![member]);
        let text = text.strip_prefix(head).and_then(|text| text.strip_suffix("}\n"));
        ((), text.unwrap_or_default().trim_start_matches('\n').to_owned())
    });
    let members = members.collect::<Vec<_>>();
    let members = separated(&members, |((), a), ((), b)| is_one_line(a) && is_one_line(b));
    format!("{head}\n{members}}}\n")
}

fn print(item: Item) -> String {
    prettyplease::unparse(&File { shebang: None, attrs: Vec::new(), items: vec![item] })
}
