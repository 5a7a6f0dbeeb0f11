//! Splits the module of the page in two, so that the first records move before the rest is here.
//!
//! The first half keeps the memory, the table, and every function that a list names
//! (`start.txt`). Of the others that it calls it keeps a stub, which calls through a slot of the
//! table. The second half brings the bodies, fills those slots when it is joined, and reaches the
//! functions of the first half through slots of the same table. It also brings the data that only
//! its functions can reach (`data`). A stub that is called too early
//! has the second half fetched and waits for it (`www/rest.js`), so the list decides what a visitor
//! waits for, never what works.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::{self, Error, Reencode};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction, MemoryType, Module as Encoded, RefType, TableSection, TypeSection, ValType,
};

use crate::data::{Addresses, Linked};
use crate::order::order;
use crate::wasm::{self, Module};

/// The name under which the first half imports from and exports to the glue in `www/rest.js`.
const REST: &str = "rest";
/// The table of functions, as the first half exports it.
const TABLE: &str = "rest_table";
/// Whether the second half is joined, as the first half exports it.
const JOINED: &str = "rest_joined";

type Result<T> = std::result::Result<T, Error<String>>;

/// The two modules.
pub(crate) struct Halves {
    /// What the page starts with.
    pub(crate) first: Vec<u8>,
    /// What it fetches when it runs.
    pub(crate) rest: Vec<u8>,
    /// What the page calls the functions it imports, and what they are called now.
    pub(crate) imports: Vec<(String, String)>,
}

/// Who goes where.
struct Plan<'a> {
    module: &'a Module<'a>,
    /// The functions of the second half in their new order.
    second: Vec<u32>,
    /// The same: their new numbers there.
    moved: BTreeMap<u32, u32>,
    /// The functions of the first half in their new order: stubs come last, by what they take.
    first: Vec<u32>,
    /// The same: their new numbers there.
    kept: BTreeMap<u32, u32>,
    /// The slots of the table that stubs call through, by function.
    stubs: BTreeMap<u32, u32>,
    /// The slots through which the second half finds functions of the first.
    lent: BTreeMap<u32, u32>,
    /// The global variables that the second half uses.
    globals: BTreeSet<u32>,
    /// The addresses of the data of the second half.
    later: Addresses,
    /// How many slots the table has at first.
    slots: u32,
}

/// Splits a module; `first` says by name which functions the page starts with.
pub(crate) fn split(
    bytes: &[u8],
    linked: &Linked,
    first: impl Fn(&str) -> bool,
) -> std::result::Result<Halves, String> {
    let module = wasm::read(bytes)?;
    let plan = Plan::new(&module, linked, first)?;
    let rest = plan.rest().map_err(|error| format!("cannot write the second half: {error}"))?;
    let mut encoded = Encoded::new();
    First { plan: &plan }
        .parse_core_module(&mut encoded, wasmparser::Parser::new(0), bytes)
        .map_err(|error| format!("cannot write the first half: {error}"))?;
    let imports = (0..).zip(&module.imports).map(|(number, name)| (name.clone(), short(number)));
    Ok(Halves { first: encoded.finish(), rest, imports: imports.collect() })
}

impl<'a> Plan<'a> {
    fn new(
        module: &'a Module<'a>,
        linked: &Linked,
        first: impl Fn(&str) -> bool,
    ) -> std::result::Result<Self, String> {
        let table = module.tables.first().ok_or("the module of the page has no table")?;
        let slots = u32::try_from(table.ty.initial).map_err(|error| error.to_string())?;
        let mut plan = Self {
            module,
            second: Vec::new(),
            moved: BTreeMap::new(),
            first: Vec::new(),
            kept: BTreeMap::new(),
            stubs: BTreeMap::new(),
            lent: BTreeMap::new(),
            globals: BTreeSet::new(),
            later: Vec::new(),
            slots,
        };
        let mut called_first = module.named.clone();
        let mut called_later = BTreeSet::new();
        let (mut kept, mut moved) = (Vec::new(), BTreeSet::new());
        for (number, body) in module.defined() {
            if !body.can_move || first(module.name(number)) {
                called_first.extend(&body.functions);
                kept.push(number);
            } else {
                called_later.extend(&body.functions);
                plan.globals.extend(&body.globals);
                moved.insert(number);
            }
        }
        plan.later = plan.later(linked, &kept);
        let mut stubs: Vec<u32> = called_first.intersection(&moved).copied().collect();
        stubs.sort_by_key(|&number| plan.type_of(number));
        plan.stubs = stubs.iter().copied().zip(slots..).collect();
        let lent = called_later.difference(&moved).copied();
        plan.lent = lent.zip(slots + count(stubs.len())..).collect();
        plan.first = plan.compact(&kept);
        plan.first.extend(stubs);
        plan.second = plan.compact(&moved.into_iter().collect::<Vec<u32>>());
        // One more import: what stubs call.
        plan.kept = plan.first.iter().copied().zip(module.imported + 1..).collect();
        plan.moved = plan.second.iter().copied().zip(count(plan.lent.len())..).collect();
        Ok(plan)
    }

    /// The functions in the order in which they compress best.
    fn compact(&self, functions: &[u32]) -> Vec<u32> {
        let code = functions.iter().map(|&it| self.module.body(it).code.as_bytes());
        order(&code.collect::<Vec<&[u8]>>()).into_iter().map(|at| functions[at]).collect()
    }

    /// The data that nothing reaches from the functions that stay.
    fn later(&self, linked: &Linked, kept: &[u32]) -> Addresses {
        let names: BTreeSet<&str> = self.module.names.iter().map(String::as_str).collect();
        let (mut stay, mut constants) = (BTreeSet::new(), BTreeSet::new());
        for &number in kept {
            stay.insert(self.module.name(number));
            constants.extend(&self.module.body(number).constants);
        }
        linked.unreached(&stay, |name| !names.contains(name), &constants)
    }

    fn type_of(&self, function: u32) -> u32 {
        self.module.function_types[function as usize]
    }

    /// The flag that says whether the second half is joined, as a global of the first half.
    fn joined(&self) -> u32 {
        count(self.module.globals.len())
    }

    /// A function that asks for the second half if it is not there, then calls into it.
    fn stub(&self, function: u32, slot: u32) -> Function {
        let type_index = self.type_of(function);
        let mut stub = Function::new([]);
        stub.instruction(&Instruction::GlobalGet(self.joined()))
            .instruction(&Instruction::I32Eqz)
            .instruction(&Instruction::If(BlockType::Empty))
            .instruction(&Instruction::Call(self.module.imported))
            .instruction(&Instruction::End);
        for (local, _) in (0..).zip(self.module.types[type_index as usize].params()) {
            stub.instruction(&Instruction::LocalGet(local));
        }
        stub.instruction(&Instruction::I32Const(slot.cast_signed()))
            .instruction(&Instruction::CallIndirect { type_index, table_index: 0 })
            .instruction(&Instruction::End);
        stub
    }

    /// The data of one half.
    fn data(&self, half: Half) -> DataSection {
        let mut section = DataSection::new();
        for &(start, bytes) in &self.module.data {
            let end = start + count(bytes.len());
            let mut add = |from: u32, to: u32, owner: Half| {
                if owner == half && from < to {
                    let piece = &bytes[(from - start) as usize..(to - start) as usize];
                    section.active(0, &ConstExpr::i32_const(from.cast_signed()), piece.to_vec());
                }
            };
            let mut at = start;
            for range in &self.later {
                let (from, to) = (range.start.max(start), range.end.min(end));
                if from + PIECE_BYTES_MIN <= to {
                    add(at, from, Half::First);
                    add(from, to, Half::Second);
                    at = to;
                }
            }
            add(at, end, Half::First);
        }
        section
    }

    fn rest(&self) -> Result<Vec<u8>> {
        let mut half = Rest { plan: self };
        let mut types = TypeSection::new();
        for one in &self.module.types {
            types.ty().func_type(&half.func_type(one.clone())?);
        }
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        for &function in &self.second {
            functions.function(self.type_of(function));
            half.parse_function_body(&mut code, self.module.body(function).code.clone())?;
        }
        let stubs = &self.first[self.first.len() - self.stubs.len()..];
        let stubbed: Vec<u32> = stubs.iter().map(|number| self.moved[number]).collect();
        let mut elements = ElementSection::new();
        fill(&mut elements, self.slots, stubbed);
        let mut encoded = Encoded::new();
        encoded.section(&types).section(&half.imports()?).section(&functions);
        encoded.section(&elements).section(&code).section(&self.data(Half::Second));
        Ok(encoded.finish())
    }
}

/// A piece shorter than this costs more apart than it saves.
const PIECE_BYTES_MIN: u32 = 12;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

fn count(items: usize) -> u32 {
    u32::try_from(items).expect("a module numbers its items in 32 bits")
}

/// Functions for slots of the first table.
fn fill(elements: &mut ElementSection, slot: u32, functions: Vec<u32>) {
    let at = ConstExpr::i32_const(slot.cast_signed());
    elements.active(None, &at, Elements::Functions(functions.into()));
}

/// Writes the first half: the module as it was, less what moved.
struct First<'p> {
    plan: &'p Plan<'p>,
}

impl Reencode for First<'_> {
    type Error = String;

    fn function_index(&mut self, function: u32) -> Result<u32> {
        if function < self.plan.module.imported {
            return Ok(function);
        }
        let lost = || Error::UserError(format!("function {function} is used and went"));
        self.plan.kept.get(&function).copied().ok_or_else(lost)
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<()> {
        for (number, import) in (0..).zip(section.into_imports()) {
            let import = import?;
            imports.import(import.module, &short(number), self.entity_type(import.ty)?);
        }
        let plain =
            |one: &wasmparser::FuncType| one.params().is_empty() && one.results().is_empty();
        let types = (0_u32..).zip(&self.plan.module.types);
        let found = types.filter(|(_, one)| plain(one)).map(|(index, _)| index).next();
        let none = || Error::UserError("no function without parameters".to_owned());
        imports.import(REST, "load", EntityType::Function(found.ok_or_else(none)?));
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<()> {
        for &function in &self.plan.first {
            functions.function(self.plan.type_of(function));
        }
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        tables: &mut TableSection,
        section: wasmparser::TableSectionReader<'_>,
    ) -> Result<()> {
        let more = u64::from(count(self.plan.stubs.len()) + count(self.plan.lent.len()));
        for (at, table) in section.into_iter().enumerate() {
            let mut ty = self.table_type(table?.ty)?;
            if at == 0 {
                ty.minimum += more;
                ty.maximum = ty.maximum.map(|maximum| maximum + more);
            }
            tables.table(ty);
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> Result<()> {
        reencode::utils::parse_global_section(self, globals, section)?;
        let flag = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(flag, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Result<()> {
        reencode::utils::parse_export_section(self, exports, section)?;
        exports.export(TABLE, ExportKind::Table, 0);
        exports.export(JOINED, ExportKind::Global, self.plan.joined());
        for &global in &self.plan.globals {
            exports.export(&global_name(global), ExportKind::Global, global);
        }
        Ok(())
    }

    fn parse_element_section(
        &mut self,
        elements: &mut ElementSection,
        section: wasmparser::ElementSectionReader<'_>,
    ) -> Result<()> {
        reencode::utils::parse_element_section(self, elements, section)?;
        let lent = self.plan.lent.keys().map(|&number| self.function_index(number));
        let lent = lent.collect::<Result<Vec<u32>>>()?;
        fill(elements, self.plan.slots + count(self.plan.stubs.len()), lent);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        _: wasmparser::CodeSectionReader<'_>,
    ) -> Result<()> {
        let plan = self.plan;
        for &function in &plan.first {
            if let Some(&slot) = plan.stubs.get(&function) {
                code.function(&plan.stub(function, slot));
            } else {
                self.parse_function_body(code, plan.module.body(function).code.clone())?;
            }
        }
        Ok(())
    }

    fn data_count(&mut self, _: u32) -> Result<u32> {
        Ok(self.plan.data(Half::First).len())
    }

    fn parse_data_section(
        &mut self,
        data: &mut DataSection,
        _: wasmparser::DataSectionReader<'_>,
    ) -> Result<()> {
        *data = self.plan.data(Half::First);
        Ok(())
    }

    /// Names are for us; nobody downloads them.
    fn parse_custom_section(
        &mut self,
        _: &mut Encoded,
        _: wasmparser::CustomSectionReader<'_>,
    ) -> Result<()> {
        Ok(())
    }
}

/// Writes the second half: bodies that moved, and imports of all they refer to.
struct Rest<'p> {
    plan: &'p Plan<'p>,
}

impl Rest<'_> {
    fn imports(&mut self) -> Result<ImportSection> {
        let mut imports = ImportSection::new();
        for (&function, slot) in &self.plan.lent {
            let ty = EntityType::Function(self.plan.type_of(function));
            imports.import("slot", &slot.to_string(), ty);
        }
        let memory = MemoryType {
            minimum: 0,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import("first", "memory", memory);
        let table = wasm_encoder::TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 0,
            maximum: None,
            shared: false,
        };
        imports.import("first", TABLE, table);
        for &global in &self.plan.globals {
            let ty = self.global_type(self.plan.module.globals[global as usize])?;
            imports.import("first", &global_name(global), ty);
        }
        Ok(imports)
    }
}

impl Reencode for Rest<'_> {
    type Error = String;

    fn function_index(&mut self, function: u32) -> Result<u32> {
        if let Some(&number) = self.plan.moved.get(&function) {
            return Ok(number);
        }
        let lent = (0..).zip(self.plan.lent.keys()).find(|&(_, &other)| other == function);
        lent.map(|(number, _)| number)
            .ok_or_else(|| Error::UserError(format!("function {function} is not lent")))
    }

    fn global_index(&mut self, global: u32) -> Result<u32> {
        let found = (0..).zip(&self.plan.globals).find(|&(_, &other)| other == global);
        found
            .map(|(number, _)| number)
            .ok_or_else(|| Error::UserError(format!("global {global} is not lent")))
    }
}

/// What an import is called: 255 long names of functions of the browser are 4 KB after gzip.
fn short(number: u32) -> String {
    format!("i{number}")
}

fn global_name(global: u32) -> String {
    format!("rest_global_{global}")
}
