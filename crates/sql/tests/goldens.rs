//! Every file of `tests/sql/kinesis` is run: what the facts say, written by hand, is compared with
//! what comes out. `UPDATE_EXPECT=1` rewrites the part below `--- output`, which is for readers.
//!
//! A fact is a row, `STREAM 10:01:00 on 3: AAA, 2, 40`, with the time and the input row (or
//! `bound`) that makes it come out; `*` leaves one open. A file with facts about a stream names all
//! its rows; those of one moment come in any order. `…` leaves the values open. Of a wrong script
//! each fact is a code and its place: `SQL-045 at 3:20`.

mod golden;

use std::fs;
use std::path::Path;

use base::calendar::Civil;
use golden::{Golden, paths, read};
use sql::exec::On;
use sql::feed::{Line, Refusal, run_kinesis};
use sql::print::text_of;
use sql::problem::line_and_column;

/// A row in the words of facts.
fn told(line: &Line<'_>) -> String {
    let at = Civil::at(line.emitted.row.time, 0).text();
    let time = at.split('T').nth(1).unwrap_or_default().trim_end_matches(".000").to_owned();
    let on = match line.emitted.on {
        On::Row(index) => index.to_string(),
        On::Bound => "bound".to_owned(),
        On::End => "end".to_owned(),
    };
    let values: Vec<String> = line.emitted.row.values.iter().map(text_of).collect();
    format!("{} {time} on {on}: {}", line.stream, values.join(", "))
}

/// Whether a row is what a fact says.
fn fits(fact: &str, row: &str) -> bool {
    let (Some((place, values)), Some((told_place, told))) =
        (fact.split_once(": "), row.split_once(": "))
    else {
        return fact == row;
    };
    let words = place.split(' ').zip(told_place.split(' '));
    let same = words.into_iter().all(|(fact, told)| fact == "*" || fact == told);
    same && (values == "…" || values == told)
}

fn check(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a golden can be read");
    let golden = read(&text);
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let outcome = run_kinesis(&golden.script, &golden.feed, &mut |line| {
        rows.push(told(&line));
        lines.push(line.json());
    });
    match outcome {
        Ok(()) => {}
        Err(Refusal::Input(why)) => rows.push(why),
        Err(Refusal::Script(problems)) => rows.extend(problems.iter().map(|it| {
            let (line, column) = line_and_column(&golden.script, it.span);
            lines.push(format!("{} {} / {}", it.code, it.message, it.help));
            format!("{} at {line}:{column}", it.code)
        })),
    }
    let mut faults = compare(&golden, &rows);
    let head = text.split("--- output\n").next().unwrap_or_default();
    let written = format!("{head}--- output\n{}\n", lines.join("\n"));
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|it| it == "1") {
        fs::write(path, &written).expect("goldens can be written");
    } else if written != text {
        faults.push("comes to something else than before: look at it with UPDATE_EXPECT=1".into());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
}

/// Rows of streams that facts are about, against the facts: what makes them come out in order,
/// the rows of one cause and moment in any order.
fn compare(golden: &Golden, rows: &[String]) -> Vec<String> {
    let facts = &golden.facts;
    let stream = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let cause = |line: &str| line.split_once(": ").map_or(String::new(), |it| it.0.to_owned());
    let about: Vec<String> = facts.iter().map(|it| stream(it)).collect();
    let is_code = |line: &str| line.starts_with("SQL-");
    let mut left: Vec<&String> =
        rows.iter().filter(|it| about.contains(&stream(it)) || is_code(it)).collect();
    let mut faults = Vec::new();
    for fact in facts {
        let first = left.iter().position(|row| stream(row) == stream(fact));
        let found = first.and_then(|first| {
            let same = |row: &str| cause(row) == cause(left[first]) || !row.contains(": ");
            let mine = |(_, row): &(usize, &&String)| stream(row) == stream(fact) && same(row);
            let most = if golden.in_order { 1 } else { left.len() };
            left.iter()
                .enumerate()
                .filter(mine)
                .take(most)
                .find(|(_, row)| fits(fact, row))
                .map(|it| it.0)
        });
        match found {
            Some(place) => {
                left.remove(place);
            }
            None => faults.push(format!("nothing like `{fact}` comes next")),
        }
    }
    faults.extend(left.iter().map(|row| format!("no fact says `{row}`")));
    faults
}

#[test]
fn every_script_comes_to_what_the_facts_say() {
    let all = paths();
    assert!(!all.is_empty());
    let faults: Vec<String> = all.iter().flat_map(|path| check(path)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
