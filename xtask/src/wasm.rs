//! What `split` and `profile` need to know about the page's module: which function is called how,
//! and what each refers to.

use std::collections::BTreeSet;

use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{
    ElementItems, ExternalKind, FuncType, FunctionBody, KnownCustom, Name, Operator, Parser,
    Payload, TypeRef,
};

use crate::data;
use crate::halves::mark;

/// Titles that are longer are shortened.
const TITLE_LETTERS_MAX: usize = 100;

/// A module as read. Functions are numbered with the imported ones first.
#[derive(Default)]
pub(crate) struct Module<'a> {
    /// The signatures.
    pub(crate) types: Vec<FuncType>,
    /// The signature of every function, as its place among `types`.
    pub(crate) function_types: Vec<u32>,
    /// How many of the functions are imported.
    pub(crate) imported: u32,
    /// What is imported, by name.
    pub(crate) imports: Vec<String>,
    /// The functions with a body, in order.
    pub(crate) bodies: Vec<Body<'a>>,
    /// The name of every function that has one, by its number.
    pub(crate) names: Vec<String>,
    /// The global variables.
    pub(crate) globals: Vec<wasmparser::GlobalType>,
    /// The tables; functions are in the first.
    pub(crate) tables: Vec<wasmparser::Table<'a>>,
    /// Data that is there from the beginning, by address.
    pub(crate) data: Vec<(u32, &'a [u8])>,
    /// The functions that a table, a variable or an export names.
    pub(crate) named: BTreeSet<u32>,
}

/// What one function does that matters when it moves.
pub(crate) struct Body<'a> {
    /// Its instructions.
    pub(crate) code: FunctionBody<'a>,
    /// The functions it calls or takes the address of.
    pub(crate) functions: BTreeSet<u32>,
    /// The global variables it reads or writes.
    pub(crate) globals: BTreeSet<u32>,
    /// The whole numbers in it: any may be an address.
    pub(crate) constants: BTreeSet<u32>,
    /// Whether everything else it refers to is the memory and the first table.
    pub(crate) can_move: bool,
}

/// Reads a module.
pub(crate) fn read(bytes: &[u8]) -> Result<Module<'_>, String> {
    let mut module = Module::default();
    for payload in Parser::new(0).parse_all(bytes) {
        payload
            .and_then(|payload| module.take(payload))
            .map_err(|error| format!("cannot read the module of the page: {error}"))?;
    }
    Ok(module)
}

/// The module without what tools noted in it, but for the names and what it asks of a browser.
pub(crate) fn with_names_only(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoded = wasm_encoder::Module::new();
    Naming
        .parse_core_module(&mut encoded, Parser::new(0), bytes)
        .map_err(|error| format!("cannot copy the module of the page: {error}"))?;
    Ok(encoded.finish())
}

struct Naming;

impl Reencode for Naming {
    type Error = String;

    fn parse_custom_section(
        &mut self,
        module: &mut wasm_encoder::Module,
        section: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), reencode::Error<String>> {
        if matches!(section.name(), "name" | "target_features") {
            reencode::utils::parse_custom_section(self, module, section)?;
        }
        Ok(())
    }
}

impl<'a> Module<'a> {
    /// The functions with a body, by number.
    pub(crate) fn defined(&self) -> impl Iterator<Item = (u32, &Body<'a>)> {
        (self.imported..).zip(&self.bodies)
    }

    /// One of them.
    pub(crate) fn body(&self, function: u32) -> &Body<'a> {
        &self.bodies[(function - self.imported) as usize]
    }

    /// What the linker calls a function; empty for those that tools made.
    pub(crate) fn name(&self, function: u32) -> &str {
        self.names.get(function as usize).map_or("", String::as_str)
    }

    fn take(&mut self, payload: Payload<'a>) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(types) => {
                self.types = types.into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
            }
            Payload::ImportSection(imports) => {
                self.take_imports(imports)?;
            }
            Payload::FunctionSection(functions) => {
                let types: Vec<u32> = functions.into_iter().collect::<Result<_, _>>()?;
                self.function_types.extend(types);
            }
            Payload::TableSection(tables) => {
                self.tables = tables.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let global = global?;
                    self.globals.push(global.ty);
                    self.name_those_in(&global.init_expr)?;
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.named.insert(export.index);
                    }
                }
            }
            Payload::ElementSection(elements) => {
                for element in elements {
                    match element?.items {
                        ElementItems::Functions(functions) => {
                            for function in functions {
                                self.named.insert(function?);
                            }
                        }
                        ElementItems::Expressions(_, items) => {
                            for item in items {
                                self.name_those_in(&item?)?;
                            }
                        }
                    }
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    let segment = segment?;
                    let address = data::address(&segment.kind)?;
                    self.data.extend(address.map(|address| (address, segment.data)));
                }
            }
            Payload::StartSection { func, .. } => {
                self.named.insert(func);
            }
            Payload::CodeSectionEntry(code) => self.bodies.push(body(code)?),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    self.take_names(names)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_imports(
        &mut self,
        imports: wasmparser::ImportSectionReader<'a>,
    ) -> wasmparser::Result<()> {
        for import in imports.into_imports() {
            let import = import?;
            self.imports.push(import.name.to_owned());
            if let TypeRef::Func(index) = import.ty {
                self.function_types.push(index);
                self.imported += 1;
            }
        }
        Ok(())
    }

    fn name_those_in(&mut self, constant: &wasmparser::ConstExpr<'_>) -> wasmparser::Result<()> {
        for operator in constant.get_operators_reader() {
            if let Operator::RefFunc { function_index } = operator? {
                self.named.insert(function_index);
            }
        }
        Ok(())
    }

    fn take_names(&mut self, names: wasmparser::NameSectionReader<'_>) -> wasmparser::Result<()> {
        for part in names {
            let Name::Function(functions) = part? else { continue };
            for naming in functions {
                let naming = naming?;
                let index = naming.index as usize;
                if self.names.len() <= index {
                    self.names.resize(index + 1, String::new());
                }
                naming.name.clone_into(&mut self.names[index]);
            }
        }
        Ok(())
    }
}

/// What the sources call a function of this name: one too long to read is cut, with a mark of the
/// whole. Nothing for adapters of wasm-bindgen, and nothing of the numbers by which the linker
/// tells functions of one name apart: both are others after every change.
pub(crate) fn title(name: &str) -> String {
    let title = format!("{:#}", rustc_demangle::demangle(name));
    if title.starts_with("Closure(") {
        return String::new();
    }
    let is_number = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
    let title = match title.rsplit_once('.') {
        Some((name, number)) if is_number(number) => name.to_owned(),
        _ => title,
    };
    if title.chars().count() <= TITLE_LETTERS_MAX {
        return title;
    }
    let begin: String = title.chars().take(TITLE_LETTERS_MAX - 20).collect();
    format!("{begin}… {:016x}", mark(&[title.as_bytes()]))
}

fn body(code: FunctionBody<'_>) -> wasmparser::Result<Body<'_>> {
    let (mut functions, mut globals, mut constants) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut can_move = true;
    for operator in code.get_operators_reader()? {
        match operator? {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => {
                functions.insert(function_index);
            }
            Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                globals.insert(global_index);
            }
            Operator::I32Const { value } => {
                constants.insert(value.cast_unsigned());
            }
            Operator::CallIndirect { table_index, .. } => can_move &= table_index == 0,
            Operator::ReturnCallIndirect { .. }
            | Operator::TableGet { .. }
            | Operator::TableSet { .. }
            | Operator::TableGrow { .. }
            | Operator::TableSize { .. }
            | Operator::TableFill { .. }
            | Operator::TableCopy { .. }
            | Operator::TableInit { .. }
            | Operator::ElemDrop { .. }
            | Operator::MemoryInit { .. }
            | Operator::DataDrop { .. } => can_move = false,
            _ => {}
        }
    }
    Ok(Body { code, functions, globals, constants, can_move })
}
