//! The syntax of Rust sources, without their tests.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, File, ImplItem, Item, Meta};

/// A file without the items that exist in tests alone. `None`: the text is no Rust.
pub fn without_tests(text: &str) -> Option<File> {
    split(text).map(|(file, _)| file)
}

/// [`without_tests`], and the modules that the file declares for tests alone.
pub fn split(text: &str) -> Option<(File, Vec<String>)> {
    let mut file = syn::parse_file(text).ok()?;
    let tests = test_modules(&file);
    keep(&mut file.items);
    Some((file, tests))
}

/// Whether a file of a crate has tests alone, by its name.
pub fn is_file_of_tests(path: &str) -> bool {
    path.split(['/', '.']).any(|part| part == "tests")
}

/// Calls `leaf` with every token of a macro that is no group.
pub fn each_token(tokens: TokenStream, leaf: &mut dyn FnMut(TokenTree)) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => each_token(group.stream(), leaf),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => leaf(token),
        }
    }
}

fn test_modules(file: &File) -> Vec<String> {
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(module) if is_for_tests(&module.attrs) => Some(module.ident.to_string()),
        _ => None,
    });
    modules.collect()
}

fn keep(items: &mut Vec<Item>) {
    items.retain(|item| !is_for_tests(attributes(item)));
    for item in items {
        match item {
            Item::Mod(module) => {
                if let Some((_, inside)) = &mut module.content {
                    keep(inside);
                }
            }
            Item::Impl(block) => block.items.retain(|item| match item {
                ImplItem::Fn(function) => !is_for_tests(&function.attrs),
                _ => true,
            }),
            _ => {}
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string() == "test",
        Meta::Path(_) | Meta::List(_) | Meta::NameValue(_) => attribute.path().is_ident("test"),
    })
}
