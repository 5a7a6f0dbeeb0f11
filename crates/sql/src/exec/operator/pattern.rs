//! `MATCH_RECOGNIZE`: rows in the order of their time that follow each other as a pattern says.
//!
//! All beginnings are followed at once. A greedy variable takes what it can: a row goes on to the
//! next variable only when the one before would not take it, which is how Flink's own matcher has
//! it. The first match of a beginning counts, and waits for those that began before; where the next
//! may begin follows from `SKIP`.

use std::sync::Arc;

use base::VecMap;

use super::Operator;
use crate::eval::eval;
use crate::exec::calls::{Calls, SortKey, key_of, moment_of, said, sort_order, sort_values};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// A variable of a pattern.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Fewest rows.
    pub least: u32,
    /// Most rows.
    pub most: u32,
    /// As few as will do.
    pub reluctant: bool,
    /// What a row must be, over what is looked up.
    pub condition: Option<Expr>,
}

/// Something a condition or a measure looks up in the rows so far.
#[derive(Clone, Debug)]
pub struct Look {
    /// Of which variable; of all when none.
    pub variable: Option<usize>,
    /// What it takes of its rows.
    pub what: What,
}

/// What is taken of the rows of a variable.
#[derive(Clone, Debug)]
pub enum What {
    /// A value of the row so many behind the first.
    First(Expr, usize),
    /// A value of the row so many before the last.
    Last(Expr, usize),
    /// What they come to.
    All(Calls),
}

/// Where the next match may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Behind the last row.
    PastLast,
    /// At the row behind the first.
    ToNext,
    /// At the first row of a variable.
    ToFirst(usize),
    /// At the last row of a variable.
    ToLast(usize),
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The time of a row.
    pub time: u32,
    /// What rows of one moment are ordered by.
    pub then: Vec<SortKey>,
    /// Matches are of rows with the same values here.
    pub partition: Vec<Expr>,
    /// The variables, in the order their rows come.
    pub variables: Vec<Variable>,
    /// What conditions and measures look up, by its place in what they are computed over.
    pub looks: Vec<Look>,
    /// What a match gives behind the partition, over what is looked up.
    pub measures: Vec<Expr>,
    /// Where the next match may begin.
    pub skip: Skip,
    /// How long a match takes less than, in microseconds.
    pub within: Option<i64>,
    /// Where the query stands.
    pub span: Span,
}

/// Rows of one moment, with what they are ordered by.
type Sorted = Vec<(Vec<Value>, Row)>;

/// Finds patterns.
#[derive(Clone, Debug)]
pub struct Pattern {
    plan: Arc<Plan>,
    waiting: VecMap<i64, KeyMap<Sorted>>,
    partitions: KeyMap<Partition>,
    clock: i64,
    count: usize,
}

/// The matches of a partition that may still become whole.
#[derive(Clone, Debug, Default)]
struct Partition {
    rows: u64,
    partial: Vec<Partial>,
    /// Matches that are whole, in the order of their beginnings.
    whole: Vec<Partial>,
}

/// A match so far.
#[derive(Clone, Debug)]
struct Partial {
    start: u64,
    start_time: i64,
    /// The variable of the last row, and how many rows that has.
    at: usize,
    times: u32,
    /// Variable, running number and row.
    rows: Vec<(usize, u64, Row)>,
}

impl Pattern {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let (waiting, partitions) = (VecMap::default(), KeyMap::default());
        Self { plan: plan.into(), waiting, partitions, clock: i64::MIN, count: 0 }
    }

    fn take(&mut self, row: Row, out: &mut Output) -> Result<(), String> {
        let Some(time) = moment_of(&row, self.plan.time).filter(|it| *it >= self.clock) else {
            return Ok(());
        };
        let key = key_of(&self.plan.partition, &row)?;
        let sort = sort_values(&self.plan.then, &row)?;
        let rows = self.waiting.get_or_insert_with(time, KeyMap::default);
        let rows = rows.entry(key).or_default();
        let at = rows.partition_point(|it| sort_order(&self.plan.then, &it.0, &sort).is_le());
        rows.insert(at, (sort, row));
        self.count += 1;
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.plan.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }

    /// A row in the order of time.
    fn follow(&mut self, key: &Key, time: i64, row: &Row, out: &mut Output) -> Result<(), String> {
        let plan = Arc::clone(&self.plan);
        let partition = self.partitions.entry(key.clone()).or_default();
        let number = partition.rows;
        partition.rows += 1;
        let before = held(&partition.partial) + held(&partition.whole);
        let mut alive = Vec::new();
        let in_time = |it: &Partial| plan.within.is_none_or(|most| time - it.start_time < most);
        for partial in partition.partial.drain(..).filter(in_time) {
            plan.step(&partial, (number, row), &mut alive)?;
        }
        plan.begin((number, time, row), &mut alive)?;
        for partial in alive.iter().filter(|it| plan.is_whole(it)) {
            // Of one beginning the first whole match counts.
            if partition.whole.iter().all(|it| it.start != partial.start) {
                partition.whole.push(partial.clone());
            }
        }
        base::order::sort_by_key(&mut partition.whole, |it| it.start);
        alive.retain(|it| plan.may_go_on(it));
        // A match waits for those that began before it.
        while let Some(found) = partition.whole.first().cloned() {
            if alive.iter().any(|it| it.start < found.start) {
                break;
            }
            out.row(plan.measured(key, &found.rows)?);
            let next = plan.next_start(&found);
            let stays = |it: &Partial| it.start != found.start && it.start >= next;
            partition.whole.retain(stays);
            alive.retain(stays);
        }
        let now = held(&alive) + held(&partition.whole);
        self.count = (self.count + now).saturating_sub(before);
        partition.partial = alive;
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(plan.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }
}

fn held(partial: &[Partial]) -> usize {
    partial.iter().map(|it| it.rows.len()).sum()
}

impl Plan {
    /// Whether a row can be of a variable after these rows.
    fn takes(&self, variable: usize, rows: &[(usize, u64, Row)], it: &Row) -> Result<bool, String> {
        let Some(condition) = &self.variables[variable].condition else { return Ok(true) };
        let mut with: Vec<(usize, u64, Row)> = rows.to_vec();
        with.push((variable, 0, it.clone()));
        let looked = Row::flink(it.time, self.looked(&with)?);
        Ok(eval(condition, &looked).map_err(said)? == Value::Boolean(true))
    }

    /// Everything that is looked up in some rows.
    fn looked(&self, rows: &[(usize, u64, Row)]) -> Result<Vec<Value>, String> {
        let mut values = Vec::new();
        for look in &self.looks {
            let of = |it: &&(usize, u64, Row)| look.variable.is_none_or(|at| at == it.0);
            let mine = rows.iter().filter(of);
            let value = |expr: &Expr, row: Option<&(usize, u64, Row)>| match row {
                Some((_, _, row)) => eval(expr, row).map_err(said),
                None => Ok(Value::Null),
            };
            match &look.what {
                What::First(expr, behind) => values.push(value(expr, {
                    let mut mine = mine;
                    mine.nth(*behind)
                })?),
                What::Last(expr, before) => values.push(value(expr, mine.rev().nth(*before))?),
                What::All(calls) => {
                    let mut state = calls.start();
                    for (_, _, row) in mine {
                        calls.add(&mut state, row)?;
                    }
                    calls.values(&state, &mut values)?;
                }
            }
        }
        Ok(values)
    }

    /// The ways a match goes on with a row.
    fn step(
        &self,
        partial: &Partial,
        (number, row): (u64, &Row),
        out: &mut Vec<Partial>,
    ) -> Result<(), String> {
        let mut go = |at: usize, times: u32| {
            let mut next = Partial { at, times, ..partial.clone() };
            next.rows.push((at, number, row.clone()));
            out.push(next);
        };
        let current = &self.variables[partial.at];
        let again = partial.times < current.most && self.takes(partial.at, &partial.rows, row)?;
        let reluctant = current.reluctant;
        if again && !reluctant {
            go(partial.at, partial.times + 1);
        }
        if partial.times >= current.least {
            for at in self.reached(partial.at, &partial.rows, row)? {
                go(at, 1);
            }
        }
        if again && reluctant {
            go(partial.at, partial.times + 1);
        }
        Ok(())
    }

    /// The variables behind one that a row can go on to.
    fn reached(
        &self,
        from: usize,
        rows: &[(usize, u64, Row)],
        row: &Row,
    ) -> Result<Vec<usize>, String> {
        let mut reached = Vec::new();
        if self.holds_back(from, rows, row)? {
            return Ok(reached);
        }
        for at in from + 1..self.variables.len() {
            if self.takes(at, rows, row)? {
                reached.push(at);
            }
            if self.variables[at].least > 0 || self.holds_back(at, rows, row)? {
                break;
            }
        }
        Ok(reached)
    }

    /// Whether a greedy variable wants a row for itself. One that comes once or never does not:
    /// the shortest match comes first there.
    fn holds_back(&self, at: usize, rows: &[(usize, u64, Row)], row: &Row) -> Result<bool, String> {
        let variable = &self.variables[at];
        let is_fixed = variable.least == variable.most || variable.most == 1;
        let is_greedy = !variable.reluctant && !is_fixed;
        Ok(is_greedy && self.takes(at, rows, row)?)
    }

    /// The matches that begin with a row.
    fn begin(
        &self,
        (number, start_time, row): (u64, i64, &Row),
        out: &mut Vec<Partial>,
    ) -> Result<(), String> {
        for at in 0..self.variables.len() {
            if self.takes(at, &[], row)? {
                let rows = vec![(at, number, row.clone())];
                out.push(Partial { start: number, start_time, at, times: 1, rows });
            }
            if self.variables[at].least > 0 || self.holds_back(at, &[], row)? {
                break;
            }
        }
        Ok(())
    }

    fn is_whole(&self, partial: &Partial) -> bool {
        partial.times >= self.variables[partial.at].least
            && self.variables[partial.at + 1..].iter().all(|it| it.least == 0)
    }

    fn may_go_on(&self, partial: &Partial) -> bool {
        partial.times < self.variables[partial.at].most || partial.at + 1 < self.variables.len()
    }

    fn measured(&self, key: &Key, rows: &[(usize, u64, Row)]) -> Result<Row, String> {
        let time = rows.last().map_or(0, |it| it.2.time);
        let looked = Row::flink(time, self.looked(rows)?);
        let mut values = key.0.to_vec();
        for measure in &self.measures {
            values.push(eval(measure, &looked).map_err(said)?);
        }
        Ok(Row::flink(time, values))
    }

    /// The first row another match may begin with.
    fn next_start(&self, found: &Partial) -> u64 {
        let of = |variable: usize| found.rows.iter().filter(move |it| it.0 == variable);
        let next = match self.skip {
            Skip::PastLast => found.rows.last().map(|it| it.1 + 1),
            Skip::ToNext => None,
            Skip::ToFirst(variable) => of(variable).next().map(|it| it.1),
            Skip::ToLast(variable) => of(variable).next_back().map(|it| it.1),
        };
        next.unwrap_or(0)
    }
}

impl Operator for Pattern {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(row.clone(), out) {
            out.fail(row, "Row cannot be matched", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        self.clock = self.clock.max(clock);
        // One partition after the other, as Flink has it: that of the earliest row first.
        let mut due: KeyMap<Vec<(i64, Row)>> = KeyMap::default();
        while let Some(&(time, _)) = self.waiting.first().filter(|it| it.0 < clock) {
            for (key, rows) in self.waiting.remove(&time).unwrap_or_default() {
                self.count -= rows.len();
                due.entry(key).or_default().extend(rows.into_iter().map(|(_, row)| (time, row)));
            }
        }
        for (key, rows) in due {
            for (time, row) in rows {
                if let Err(message) = self.follow(&key, time, &row, out) {
                    out.fail(row, "Pattern cannot be computed", message);
                }
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.keep(self.count, 1);
    }
}
