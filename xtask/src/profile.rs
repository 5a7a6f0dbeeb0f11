//! `cargo xtask profile`: which functions a page needs until records move, for `halves`.
//!
//! Builds the page so that every function leaves a mark when it is entered, opens it in Chromium
//! in light and dark, and writes the list of those that were. Where most of a Rust module is
//! entered, the list names the module, so that small changes leave it true.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Instruction, MemArg, MemArgTarget, MemorySection,
    MemoryType, Module as Encoded,
};

use crate::halves::{START, group, optimised, stem, write};
use crate::shell::{command, run, run_keeping};
use crate::wasm::{self, Module, title};
use crate::{Outcome, browser, tools};

/// Where the marking page is built.
const FOLDER: &str = "target/profile";

/// A module is named as a whole when at least this share of its bytes is entered, in percent.
const WHOLE_PERCENT: usize = 95;

/// Writes the list.
pub(crate) fn profile() -> Outcome {
    tools::for_page()?;
    let browser = browser::find_or_install()?;
    run("trunk", &["build", "--release", "--dist", FOLDER])?;
    let folder = Path::new(FOLDER);
    let path = folder.join(format!("{}_bg.wasm", stem(folder)?));
    let bytes = optimised(&path)?;
    let module = wasm::read(&bytes)?;
    write(&path, &marking(&bytes, &module)?)?;
    let mut watch = command("node", &["tests/browser/profile.mjs", FOLDER]);
    watch.env("CHROMIUM", browser);
    let mut lines = Vec::new();
    run_keeping(watch, |line| line.starts_with("entered "), &mut lines)?;
    let numbers = lines.iter().flat_map(|line| line.split(' ').skip(1));
    let entered: BTreeSet<u32> = numbers.filter_map(|number| number.parse().ok()).collect();
    let list = list(&module, &entered);
    println!("{} functions were entered; {} lines are written", entered.len(), list.len());
    let text: String = list.iter().map(|line| format!("{line}\n")).collect();
    fs::write(START, text).map_err(|error| format!("cannot write {START}: {error}"))
}

/// The titles of the functions that were entered, or their modules.
fn list(module: &Module<'_>, entered: &BTreeSet<u32>) -> BTreeSet<String> {
    let mut bytes: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (number, body) in module.defined() {
        let title = title(module.name(number));
        let (all, hot) = bytes.entry(group(&title).unwrap_or("").to_owned()).or_default();
        let size = body.code.as_bytes().len();
        *all += size;
        *hot += if entered.contains(&number) { size } else { 0 };
    }
    let line = |&number: &u32| {
        let title = title(module.name(number));
        match group(&title) {
            Some(group) if bytes[group].1 * 100 >= bytes[group].0 * WHOLE_PERCENT => {
                format!("{group}::*")
            }
            _ => title,
        }
    };
    entered.iter().map(line).filter(|line| !line.is_empty()).collect()
}

/// The module with a memory of marks, one byte for every function.
fn marking(bytes: &[u8], module: &Module<'_>) -> Result<Vec<u8>, String> {
    let mut encoded = Encoded::new();
    Marking { next: module.imported }
        .parse_core_module(&mut encoded, wasmparser::Parser::new(0), bytes)
        .map_err(|error| format!("cannot write the marking module: {error}"))?;
    Ok(encoded.finish())
}

struct Marking {
    next: u32,
}

impl Reencode for Marking {
    type Error = String;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: wasmparser::MemorySectionReader<'_>,
    ) -> Result<(), Error<String>> {
        utils::parse_memory_section(self, memories, section)?;
        memories.memory(MemoryType {
            minimum: 1,
            maximum: Some(1),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        utils::parse_export_section(self, exports, section)?;
        exports.export("marks", ExportKind::Memory, 1);
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: wasmparser::FunctionBody<'_>,
    ) -> Result<(), Error<String>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let target = MemArgTarget::Memory(1);
        let mark = MemArg { offset: u64::from(self.next), align: 0, target, ordering: None };
        function
            .instruction(&Instruction::I32Const(0))
            .instruction(&Instruction::I32Const(1))
            .instruction(&Instruction::I32Store8(mark));
        self.next += 1;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            function.instruction(&self.parse_instruction(&mut reader)?);
        }
        code.function(&function);
        Ok(())
    }
}
