//! Which data the first half of the page needs (`split`).
//!
//! The linker knows who refers to what: it leaves its relocations in the module (`--emit-relocs`,
//! crates/app/build.rs). From the functions that stay, this follows them through functions and data
//! to everything that can be reached before the second half is there. The rest can come with it.
//! Tools between the linker and here change functions but never addresses or names; a function
//! whose name is gone was put into its callers, so it counts as part of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasmparser::{
    DataKind, KnownCustom, Linking, Operator, Parser, Payload, RelocationType, SymbolInfo,
};

use crate::wasm::{self, Module};

/// What the linker wrote down.
#[derive(Default)]
pub(crate) struct Linked {
    /// The functions by name.
    functions: BTreeMap<String, Vec<u32>>,
    /// Where each function's instructions lie in the file.
    bodies: Vec<(Range<u64>, u32)>,
    /// Addresses of every data segment, and where its bytes lie in the file.
    segments: Vec<(u32, Range<u64>)>,
    /// By number: a function, or the addresses of an object.
    symbols: Vec<Symbol>,
    /// Who refers to whom.
    references: BTreeMap<Symbol, BTreeSet<Symbol>>,
    /// Numbers in code that are no addresses, though some look like one: `0x110000` ends the
    /// letters of Unicode.
    numbers: BTreeSet<u32>,
}

/// Something that can be referred to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Symbol {
    Function(u32),
    /// From this address up to that.
    Object(u32, u32),
    /// Nothing that could move.
    Other,
}

/// The addresses of data.
pub(crate) type Addresses = Vec<Range<u32>>;

impl Linked {
    /// Reads what the linker wrote.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let module = wasm::read(bytes)?;
        let mut linked = Self::default();
        for (number, body) in module.defined() {
            linked.bodies.push((body.code.range(), number));
            linked.functions.entry(module.name(number).to_owned()).or_default().push(number);
        }
        let unreadable = |error| format!("cannot read relocations: {error}");
        let places = linked.take_sections(bytes).map_err(unreadable)?;
        linked.take_numbers(&module, &places).map_err(unreadable)?;
        if linked.references.is_empty() {
            return Err("the linker left no relocations: see crates/app/build.rs".to_owned());
        }
        Ok(linked)
    }

    /// The data that nothing can reach from the functions that stay. `is_gone` tells of a name
    /// that no function has any more; `constants` are numbers in the code that stays: those that
    /// the linker does not know as numbers may be addresses.
    pub(crate) fn unreached(
        &self,
        stay: &BTreeSet<&str>,
        is_gone: impl Fn(&str) -> bool,
        constants: &BTreeSet<u32>,
    ) -> Addresses {
        let gone = self.functions.iter().filter(|(name, _)| is_gone(name));
        let gone: BTreeSet<u32> = gone.flat_map(|(_, numbers)| numbers).copied().collect();
        let staying = stay.iter().filter_map(|name| self.functions.get(*name)).flatten();
        let mut open = vec![Symbol::Other];
        open.extend(staying.map(|&number| Symbol::Function(number)));
        open.extend(self.symbols.iter().filter(|symbol| match symbol {
            Symbol::Object(from, to) => {
                constants.range(from..to).any(|constant| !self.numbers.contains(constant))
            }
            Symbol::Function(_) | Symbol::Other => false,
        }));
        let mut reached = BTreeSet::new();
        while let Some(symbol) = open.pop() {
            if reached.insert(symbol) {
                let next = self.references.get(&symbol).into_iter().flatten();
                open.extend(next.filter(|next| match next {
                    Symbol::Function(number) => gone.contains(number),
                    Symbol::Object(..) => true,
                    Symbol::Other => false,
                }));
            }
        }
        let objects: BTreeSet<Symbol> = self.symbols.iter().copied().collect();
        let (stays, goes): (Vec<Symbol>, Vec<Symbol>) =
            objects.into_iter().partition(|object| reached.contains(object));
        without(ranges(&goes), &ranges(&stays))
    }

    /// Also says where in the file the linker put something that depends on addresses.
    fn take_sections(&mut self, bytes: &[u8]) -> wasmparser::Result<BTreeSet<u64>> {
        let (mut code, mut data) = (0, 0);
        let mut places = BTreeSet::new();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::CodeSectionStart { unchecked_range, .. } => code = unchecked_range.start,
                Payload::DataSection(section) => {
                    data = section.range().start;
                    self.take_segments(section)?;
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Linking(linking) => {
                        for part in linking.subsections() {
                            if let Linking::SymbolTable(symbols) = part? {
                                self.take_symbols(symbols)?;
                            }
                        }
                    }
                    KnownCustom::Reloc(reloc) if section.name() == "reloc.CODE" => {
                        for entry in reloc.entries() {
                            places.insert(code + u64::from(entry?.offset));
                        }
                        self.take_references(code, &reloc)?;
                    }
                    KnownCustom::Reloc(reloc) if section.name() == "reloc.DATA" => {
                        self.take_references(data, &reloc)?;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(places)
    }

    /// A constant that the linker did not write is a number.
    fn take_numbers(
        &mut self,
        module: &Module<'_>,
        places: &BTreeSet<u64>,
    ) -> wasmparser::Result<()> {
        for body in &module.bodies {
            let mut operators = body.code.get_operators_reader()?;
            while !operators.eof() {
                // The value stands behind the one byte of the instruction.
                let place = operators.original_position() + 1;
                if let Operator::I32Const { value } = operators.read()?
                    && !places.contains(&place)
                {
                    self.numbers.insert(value.cast_unsigned());
                }
            }
        }
        Ok(())
    }

    fn take_segments(
        &mut self,
        section: wasmparser::DataSectionReader<'_>,
    ) -> wasmparser::Result<()> {
        for segment in section {
            let segment = segment?;
            let length = segment.data.len() as u64;
            let place = segment.range.end - length..segment.range.end;
            self.segments.push((address(&segment.kind)?.unwrap_or(0), place));
        }
        Ok(())
    }

    fn take_symbols(&mut self, symbols: wasmparser::SymbolInfoMap<'_>) -> wasmparser::Result<()> {
        for symbol in symbols {
            self.symbols.push(match symbol? {
                SymbolInfo::Func { index, .. } => Symbol::Function(index),
                SymbolInfo::Data { symbol: Some(found), .. } => {
                    let start = self.segments[found.index as usize].0 + found.offset;
                    Symbol::Object(start, start + found.size)
                }
                _ => Symbol::Other,
            });
        }
        Ok(())
    }

    fn take_references(
        &mut self,
        start: u64,
        section: &wasmparser::RelocSectionReader<'_>,
    ) -> wasmparser::Result<()> {
        let mut objects: Vec<Symbol> = self.symbols.clone();
        objects.sort_unstable();
        for entry in section.entries() {
            let entry = entry?;
            if matches!(entry.ty, RelocationType::TypeIndexLeb) {
                continue;
            }
            let to = self.symbols[entry.index as usize];
            let holders = self.holders(start + u64::from(entry.offset), &objects);
            for from in holders {
                self.references.entry(from).or_default().insert(to);
            }
        }
        Ok(())
    }

    /// The function or the objects whose bytes lie at a place of the file; what lies between them
    /// is `Other`, which always stays.
    fn holders(&self, place: u64, objects: &[Symbol]) -> Vec<Symbol> {
        let after = self.bodies.partition_point(|(range, _)| range.end <= place);
        if let Some((range, number)) = self.bodies.get(after)
            && range.contains(&place)
        {
            return vec![Symbol::Function(*number)];
        }
        let Some((base, range)) = self.segments.iter().find(|(_, range)| range.contains(&place))
        else {
            return vec![Symbol::Other];
        };
        let offset = u32::try_from(place - range.start).expect("memory has 32 bits of addresses");
        let at = base + offset;
        let before = objects.partition_point(|object| *object <= Symbol::Object(at, u32::MAX));
        let near = objects[..before].iter().rev().take(OVERLAPPING_MAX);
        let holds = |it: &&Symbol| matches!(it, Symbol::Object(_, end) if *end > at);
        let found: Vec<Symbol> = near.filter(holds).copied().collect();
        if found.is_empty() { vec![Symbol::Other] } else { found }
    }
}

/// Objects at one place: the linker lets equal data and ends of equal data be one.
const OVERLAPPING_MAX: usize = 64;

/// Where an active segment goes.
pub(crate) fn address(kind: &DataKind<'_>) -> wasmparser::Result<Option<u32>> {
    let DataKind::Active { offset_expr, .. } = kind else { return Ok(None) };
    match offset_expr.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(Some(value.cast_unsigned())),
        _ => Ok(None),
    }
}

/// The addresses of objects, joined where they touch.
fn ranges(objects: &[Symbol]) -> Addresses {
    let mut ranges: Addresses = Vec::new();
    for object in objects {
        let &Symbol::Object(start, end) = object else { continue };
        match ranges.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => ranges.push(start..end),
        }
    }
    ranges
}

/// What of `all` is not in `less`; both are in order.
fn without(all: Addresses, less: &Addresses) -> Addresses {
    let mut left = Vec::new();
    for Range { mut start, end } in all {
        let first = less.partition_point(|it| it.end <= start);
        for cut in less[first..].iter().take_while(|it| it.start < end) {
            if start < cut.start {
                left.push(start..cut.start);
            }
            start = start.max(cut.end);
        }
        if start < end {
            left.push(start..end);
        }
    }
    left
}
