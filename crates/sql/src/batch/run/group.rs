//! Groups: the rows of each, in the order the groups came, one set of keys after the other.

use super::key::key_of;
use super::{Made, Run};
use crate::batch::Line;
use crate::batch::plan::Group;
use crate::exec::key::KeyMap;
use crate::limits::GROUPS_MAX;
use crate::problem::Problem;
use crate::value::Value;

impl Run<'_> {
    pub(super) fn group(&self, group: &Group, arguments: &[Value]) -> Made<Vec<Line>> {
        let rows = self.rows(&group.from, arguments)?;
        let mut keys = Vec::with_capacity(rows.len());
        for row in &rows {
            keys.push(self.values(&group.keys, row, arguments)?);
        }
        let mut out = Vec::new();
        for set in &group.sets {
            self.spend(rows.len(), group.span)?;
            self.one_set(group, (&rows, &keys), set, arguments, &mut out)?;
        }
        Ok(out)
    }

    fn one_set(
        &self,
        group: &Group,
        (rows, keys): (&[Line], &[Line]),
        set: &[usize],
        arguments: &[Value],
        out: &mut Vec<Line>,
    ) -> Made<()> {
        let mut groups: KeyMap<Vec<usize>> = KeyMap::default();
        for (place, key) in keys.iter().enumerate() {
            let own: Vec<Value> = set.iter().map(|it| key[*it].clone()).collect();
            groups.entry(key_of(&own)).or_default().push(place);
            if groups.len() > GROUPS_MAX {
                let message = format!("There are more than {GROUPS_MAX} groups");
                let help = "Group by fewer columns";
                return Err(Problem::new("SQL-178", group.span, message, help));
            }
        }
        // Without keys there is a group of nothing too.
        if set.is_empty() && groups.is_empty() {
            groups.insert(key_of(&[]), Vec::new());
        }
        for places in groups.values() {
            let own: Vec<&Line> = places.iter().map(|it| &rows[*it]).collect();
            let mut values = Vec::with_capacity(group.keys.len() + group.calls.len());
            let first = places.first().map_or(&[][..], |it| &keys[*it]);
            for index in 0..group.keys.len() {
                let key = first.get(index).filter(|_| set.contains(&index));
                values.push(key.cloned().unwrap_or(Value::Null));
            }
            for call in &group.calls {
                let value = self.fold(call, &own, set, arguments)?;
                self.written(&value, call.span)?;
                values.push(value);
            }
            out.push(values.into());
        }
        self.bound(out.len(), group.keys.len() + group.calls.len(), group.span)
    }
}
