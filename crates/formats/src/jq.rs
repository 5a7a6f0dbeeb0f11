//! jq programs through `jaq`.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, compile, data, load};
use jaq_json::{Val, read};

use crate::wire::Failure;

/// Bytes all outputs may have together.
const OUTPUT_BYTES_MAX: usize = 6_000_000;
/// Outputs of one input.
const OUTPUTS_MAX: usize = 10_000;

type Data = data::JustLut<Val>;

/// Whether a program compiles.
pub(crate) fn check(program: &str) -> Result<(), Failure> {
    compile(program).map(|_| ())
}

/// Every output of a program over every JSON value of `input`, as compact JSON.
pub(crate) fn run(program: &str, input: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let filter = compile(program)?;
    let (mut outputs, mut bytes) = (Vec::new(), 0);
    for value in read::parse_many(input) {
        let value = value.map_err(|error| Failure::new(format!("The data is no JSON: {error}")))?;
        let ctx = Ctx::<Data>::new(&filter.lut, Vars::new([]));
        for output in filter.id.run((ctx, value)) {
            let output = output.map_err(|cause| match cause.get_err() {
                Ok(error) => Failure::new(format!("jq: {error}")),
                Err(_) => Failure::new("jq: the program halts"),
            })?;
            let text = output.to_string().into_bytes();
            bytes += text.len();
            if outputs.len() >= OUTPUTS_MAX || bytes > OUTPUT_BYTES_MAX {
                return Err(Failure::new("The program puts out too much"));
            }
            outputs.push(text);
        }
    }
    Ok(outputs)
}

fn compile(program: &str) -> Result<Filter<Data>, Failure> {
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let file = File { code: program, path: () };
    let modules =
        Loader::new(defs).load(&arena, file).map_err(|errors| unreadable(program, errors))?;
    Compiler::default()
        .with_funs(funs)
        .compile(modules)
        .map_err(|errors| undefined(program, errors))
}

fn unreadable(program: &str, errors: load::Errors<&str, ()>) -> Failure {
    let place = |part: &str| Some(load::span(program, part).start);
    match errors.into_iter().next().map(|(_file, error)| error) {
        Some(load::Error::Lex(errors)) => match errors.into_iter().next() {
            Some((expected, found)) => Failure {
                message: format!("jq expects {} here", expected.as_str()),
                at: place(found),
            },
            None => Failure::new("jq cannot read the program"),
        },
        Some(load::Error::Parse(errors)) => match errors.into_iter().next() {
            Some((expected, found)) => Failure {
                message: format!("jq expects {} here", expected.as_str()),
                at: place(found),
            },
            None => Failure::new("jq cannot read the program"),
        },
        Some(load::Error::Io(_)) | None => Failure::new("A program here cannot load modules"),
    }
}

fn undefined(program: &str, errors: compile::Errors<&str, ()>) -> Failure {
    match errors.into_iter().flat_map(|(_file, errors)| errors).next() {
        Some((name, what)) => Failure {
            message: format!("jq knows no {} `{name}`", what.as_str()),
            at: Some(load::span(program, name).start),
        },
        None => Failure::new("jq cannot read the program"),
    }
}
