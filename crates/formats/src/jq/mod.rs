//! jq programs through the interpreter `jaq`, with the values and functions of jq 1.6, which
//! Firehose names as its engine (`JsonParsingEngine` JQ-1.6).
//!
//! A program depends on its input alone: no clock, no environment, no modules, no other inputs. It
//! always ends: whoever uses up what the meter allows finds a table of terms in which everything
//! fails, so that whatever the program was doing comes to an end.

mod funs;
mod meter;
mod number;
mod ops;
mod pattern;
mod problem;
mod shape;
mod text;
mod time;
mod value;

use std::cell::Cell;
use std::rc::Rc;

use jaq_core::data::{DataT, HasLut};
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Lut, Vars};

use crate::json::{self, Json};
use crate::wire::Failure;
use value::Val;

/// Outputs of one call.
const OUTPUTS_MAX: usize = 10_000;
/// Programs that are kept compiled.
const KEPT_MAX: usize = 8;
/// Doublings of a failing term: more terms than a program of the greatest length has.
const FAILING_DOUBLINGS: u32 = 15;

/// Functions of jq 1.6 in jq, which hide those of the interpreter that mean something else.
const PRELUDE: &str = include_str!("prelude.jq");

/// What the interpreter is used with.
#[derive(Debug)]
struct Data;

impl DataT for Data {
    type V<'a> = Val;
    type Data<'a> = Run<'a>;
}

/// A running program: its terms, and those it finds once it has used up too much.
struct Run<'a> {
    terms: &'a Lut<Data>,
    failing: &'a Lut<Data>,
}

impl<'a> Run<'a> {
    fn new(terms: &'a Lut<Data>, failing: &'a Lut<Data>) -> Self {
        meter::enter();
        Self { terms, failing }
    }
}

impl Clone for Run<'_> {
    fn clone(&self) -> Self {
        Self::new(self.terms, self.failing)
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        meter::leave();
    }
}

impl<'a> HasLut<'a, Data> for Run<'a> {
    fn lut(&self) -> &'a Lut<Data> {
        if meter::step() { self.terms } else { self.failing }
    }
}

type Program = Rc<Filter<Data>>;

/// A program, and how many filters a function in it hands to itself.
type Compiled = (Program, usize);

thread_local! {
    /// The newest programs, the last one used at the end.
    static KEPT: Cell<Vec<(String, Compiled)>> = const { Cell::new(Vec::new()) };
    static FAILING: Cell<Option<Program>> = const { Cell::new(None) };
}

/// Whether a program compiles.
pub(crate) fn check(program: &str) -> Result<(), Failure> {
    with_room(program, || compiled(program).map(|_| ()))
}

/// Every output of a program over every JSON value of `input`, as compact JSON.
pub(crate) fn run(program: &str, input: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    with_room(program, || run_here(program, input))
}

/// A program with functions of its own, or a long one, may need more stack than a thread of tests
/// has. In a browser there is one thread, whose stack is guarded.
#[cfg(not(target_arch = "wasm32"))]
fn with_room<T: Send>(
    program: &str,
    run: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    const STACK_BYTES: usize = 512 << 20;
    const SHORT_BYTES: usize = 500;
    if program.len() <= SHORT_BYTES && !program.contains("def") {
        return run();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, run);
        let ended = thread.ok().and_then(|thread| thread.join().ok());
        ended.unwrap_or_else(|| Err(Failure::new("The program could not be run")))
    })
}

#[cfg(target_arch = "wasm32")]
fn with_room<T>(_program: &str, run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    run()
}

fn run_here(program: &str, input: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let (filter, handed) = compiled(program)?;
    let failing = failing();
    let values = json::values(input)
        .map_err(|failure| Failure::new(format!("The data is no JSON: {}", failure.message)))?;
    let mut outputs = Vec::new();
    meter::begin(handed);
    for value in &values {
        run_one(&filter, &failing, value, &mut outputs)?;
    }
    Ok(outputs)
}

fn run_one(
    filter: &Filter<Data>,
    failing: &Filter<Data>,
    value: &Json<'_>,
    outputs: &mut Vec<Vec<u8>>,
) -> Result<(), Failure> {
    let ctx = Ctx::<Data>::new(Run::new(&filter.lut, &failing.lut), Vars::new([]));
    for output in filter.id.run((ctx, Val::of(value))) {
        let text = output.map(|value| value.json());
        if let Some(excess) = meter::excess() {
            return Err(Failure::new(excess.words()));
        }
        if outputs.len() >= OUTPUTS_MAX {
            return Err(Failure::new("The program puts out more than 10,000 values"));
        }
        match text.map_err(jaq_core::Exn::get_err) {
            Ok(text) => outputs.push(text.into_bytes()),
            Err(Ok(error)) => return Err(Failure::new(error.to_string())),
            Err(Err(_)) => return Err(Failure::new("The program breaks out of itself")),
        }
    }
    match meter::excess() {
        Some(excess) => Err(Failure::new(excess.words())),
        None => Ok(()),
    }
}

/// A program, compiled now or lately.
fn compiled(program: &str) -> Result<Compiled, Failure> {
    let mut kept = KEPT.take();
    let found = kept.iter().position(|(text, _)| text == program);
    let compiled = match found {
        Some(at) => Ok(kept.remove(at).1),
        None => compile(program),
    };
    if let Ok(compiled) = &compiled {
        kept.push((program.to_owned(), compiled.clone()));
        if kept.len() > KEPT_MAX {
            kept.remove(0);
        }
    }
    KEPT.set(kept);
    compiled
}

fn compile(program: &str) -> Result<Compiled, Failure> {
    let handed = shape::handed_filters(program)?;
    let own = load::parse(PRELUDE, |parser| parser.defs()).unwrap_or_default();
    let arena = Arena::default();
    let file = File { code: program, path: () };
    let loader = Loader::new(jaq_core::defs().chain(own));
    let modules =
        loader.load(&arena, file).map_err(|errors| problem::unreadable(program, errors))?;
    let filter = Compiler::default().with_funs(funs::all()).compile(modules);
    let filter = filter.map_err(|errors| problem::undefined(program, errors))?;
    Ok((Rc::new(filter), handed))
}

/// Terms that all fail, whichever is asked for: a balanced tree, whose first leaf is never far.
fn failing() -> Program {
    let kept = FAILING.take().unwrap_or_else(|| {
        let mut text = "_fail".to_owned();
        for _ in 0..FAILING_DOUBLINGS {
            text = format!("({text}|{text})");
        }
        let file = File { code: text.as_str(), path: () };
        let arena = Arena::default();
        let modules = Loader::new([]).load(&arena, file).ok();
        let failing = Compiler::default().with_funs(funs::all_failing());
        let filter = modules.and_then(|modules| failing.compile(modules).ok());
        Rc::new(filter.expect("failing terms are well formed"))
    });
    FAILING.set(Some(Rc::clone(&kept)));
    kept
}
