//! What other people's programs say: `output.json` was written by jmespath.py 1.1.0 (results and
//! refusals of expressions) and by the formatters of awscli 1.45.11 (how answers are shown).

use serde_json::Value;

use super::Output;
use super::query::Query;

fn oracle() -> Value {
    include_str!("output.json").parse().expect("the file is JSON")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().expect("a text")
}

fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().expect("a list")
}

#[test]
fn expressions_find_what_jmespath_finds() {
    let oracle = oracle();
    for case in items(&oracle, "cases") {
        let query = text(case, "query");
        let found = Query::read(query).and_then(|it| it.find(&oracle["document"]));
        assert_eq!(found.as_ref(), Ok(&case["found"]), "{query}");
    }
}

#[test]
fn expressions_are_refused_that_jmespath_refuses() {
    let oracle = oracle();
    for query in items(&oracle, "rejected").iter().filter_map(Value::as_str) {
        let found = Query::read(query).and_then(|it| it.find(&oracle["document"]));
        assert!(found.is_err(), "{query}: {found:?}");
    }
    let told = |query: &str| Query::read(query).and_then(|it| it.find(&Value::Null)).unwrap_err();
    assert_eq!(told("nope(@)"), "Unknown function: nope()");
    assert_eq!(told("length()"), "Expected 1 argument for function length(), received 0");
    assert_eq!(
        told("length(`3`)"),
        "In function length(), invalid type for value: 3, expected one of: ['string', 'array', \
         'object'], received: \"number\""
    );
    assert_eq!(told("ceil(`1.5`)"), "`ceil()` is not simulated");
    let deep = "[".repeat(1_000);
    assert!(told(&deep).ends_with("An expression nests 100 times at most"));
}

/// Chains nest when they are asked, and lists of lists grow: neither may take the page down.
#[test]
fn expressions_are_bounded() {
    let told = |query: &str| Query::read(query).and_then(|it| it.find(&Value::from("x")));
    for step in ["a.", "a|", "a||", "@[0]|", "@[]|", "!@==", "a[*]."] {
        let chain = |count: usize| step.repeat(count) + "@";
        let why = told(&chain(10_000)).unwrap_err();
        assert!(why.ends_with("An expression nests 100 times at most"), "{step}");
    }
    assert_eq!(told(&("[0]".repeat(100))), Ok(Value::Null));
    let flat = "@".to_owned() + &"[]".repeat(99);
    assert_eq!(told(&flat), Ok(Value::Null));
    for (step, count) in [("[@,@]|", 40), ("join(@,[@,@])|", 20), ("[@,@,@][*].[@,@]|", 14)] {
        let why = told(&(step.repeat(count) + "@")).unwrap_err();
        assert!(why.starts_with("The expression makes more than 128 MiB"), "{why}");
    }
}

#[test]
fn answers_are_shown_as_the_command_line_shows_them() {
    let oracle = oracle();
    for case in items(&oracle, "shown") {
        let mut words = vec!["--output", text(case, "output")];
        words.extend(case["query"].as_str().into_iter().flat_map(|query| ["--query", query]));
        let (rest, output) = Output::split(&words).expect("legal options");
        assert_eq!(rest, [""; 0]);
        let at = usize::try_from(case["answer"].as_u64().expect("a place")).expect("a few");
        let shown = output.show(text(case, "operation"), &items(&oracle, "answers")[at]);
        let expected = text(case, "shown").trim_end_matches('\n');
        assert_eq!(shown.as_deref().map(|it| it.trim_end_matches('\n')), Ok(expected), "{words:?}");
    }
}

#[test]
fn a_format_that_is_none_is_told() {
    let told = Output::split(&["--output", "yaml"]).unwrap_err();
    assert!(told.contains("argument --output: Invalid choice"), "{told}");
    let told = Output::split(&["--query"]).unwrap_err();
    assert!(told.ends_with("argument --query: expected one argument"), "{told}");
}
