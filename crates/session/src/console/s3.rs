//! `aws s3 ls` and `aws s3 cp` over the buckets of the account, those without a card as well. `ls`
//! prints as the real one does: prefixes with `PRE`, objects with time, size and name.

use base::NodeId;
use base::calendar::Civil;
use engine::Object;

use super::Printed;
use crate::driver::Query;
use crate::effect::Effect;
use crate::folder::LISTED_MAX;
use crate::session::Session;

pub(super) const COMMANDS: [&str; 3] = ["cp", "help", "ls"];
const USAGE: &str = "aws s3 ls [s3://bucket[/prefix]] [--recursive]\n\
    aws s3 cp s3://bucket/key FILE\n\
    aws s3 cp s3://bucket/key -      prints the object";

const RECURSIVE: &str = "--recursive";

impl Session {
    pub(super) fn s3(&mut self, words: &[&str]) -> Printed {
        match words {
            ["help"] => Ok(USAGE.to_owned()),
            ["ls"] => Ok(self.list_buckets()),
            ["ls", place] => self.ls(place),
            ["ls", RECURSIVE, place] | ["ls", place, RECURSIVE] => self.ls_all(place),
            ["cp", from, to] => self.cp(from, to),
            _ => Err(format!("usage:\n{USAGE}")),
        }
    }

    fn list_buckets(&mut self) -> String {
        let created = self.stamp(0);
        let buckets = self.run.buckets();
        let lines: Vec<String> =
            buckets.iter().map(|(_, name)| format!("{created} {name}")).collect();
        lines.join("\n")
    }

    fn ls(&mut self, place: &str) -> Printed {
        let (node, path) = self.bucket(place, "ListObjectsV2")?;
        let prefix = path.to_owned();
        self.run.ask_also(Query::Listing { node, prefix, skip: 0 });
        let Some(folder) = self.run.folder(node, path, 0) else { return Ok(String::new()) };
        // Keys are printed from their last slash on.
        let begun = path.rsplit('/').next().unwrap_or_default();
        let mut lines: Vec<String> =
            folder.folders.iter().map(|it| format!("{:>30} {begun}{}", "PRE", it.name)).collect();
        for (_, object) in folder.objects.iter().rev() {
            let name = object.key.rsplit('/').next().unwrap_or_default();
            let stamp = self.stamp(object.delivered_at.0 / 1_000);
            lines.push(format!("{stamp} {:>10} {name}", object.stored_bytes));
        }
        if folder.here > LISTED_MAX {
            lines.push(format!("(the newest {LISTED_MAX} objects)"));
        }
        // As the real command: nothing found is a failure without words.
        if lines.is_empty() { Err(String::new()) } else { Ok(lines.join("\n")) }
    }

    /// Whole keys of all folders, in the order of keys.
    fn ls_all(&mut self, place: &str) -> Printed {
        let (node, path) = self.bucket(place, "ListObjectsV2")?;
        let (mut open, mut lines) = (vec![path.to_owned()], Vec::new());
        while let Some(prefix) = open.pop() {
            self.run.ask_also(Query::Listing { node, prefix: prefix.clone(), skip: 0 });
            let Some(folder) = self.run.folder(node, &prefix, 0) else { continue };
            open.extend(folder.folders.iter().rev().map(|it| format!("{prefix}{}", it.name)));
            for (_, object) in folder.objects.iter().rev() {
                let stamp = self.stamp(object.delivered_at.0 / 1_000);
                lines.push(format!("{stamp} {:>10} {}", object.stored_bytes, object.key));
            }
            if lines.len() >= LISTED_MAX as usize {
                lines.truncate(LISTED_MAX as usize);
                lines.push(format!("(the first {LISTED_MAX} objects: name a longer prefix)"));
                break;
            }
        }
        if lines.is_empty() { Err(String::new()) } else { Ok(lines.join("\n")) }
    }

    fn cp(&mut self, from: &str, to: &str) -> Printed {
        let (node, key) = self.bucket(from, "HeadObject")?;
        let folder = key.rsplit_once('/').map_or("", |(folder, _)| &key[..=folder.len()]);
        self.run.ask_also(Query::Listing { node, prefix: folder.to_owned(), skip: 0 });
        let listed = self.run.folder(node, folder, 0);
        let found = listed.and_then(|it| it.objects.iter().find(|(_, it)| &*it.key == key));
        let Some((_, object)) = found else {
            return Err(format!(
                "fatal error: An error occurred (404) when calling the HeadObject operation: Key \
                 \"{key}\" does not exist"
            ));
        };
        if to == "-" {
            return print(object);
        }
        let name = key.rsplit('/').next().unwrap_or(key);
        let name = if to.ends_with('/') || to == "." { name } else { to };
        let bytes = object.bytes.clone();
        self.effects.push(Effect::Download { name: name.to_owned(), bytes });
        Ok(format!("download: {from} to {name}"))
    }

    /// The bucket a place names, and the rest of the place.
    fn bucket<'a>(&mut self, place: &'a str, operation: &str) -> Result<(NodeId, &'a str), String> {
        let rest = place
            .strip_prefix("s3://")
            .ok_or_else(|| "Error: Invalid argument type: a place begins with s3://".to_owned())?;
        let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
        let found = self.run.buckets().into_iter().find(|(_, bucket)| bucket == name);
        found.map(|(node, _)| (node, path)).ok_or_else(|| {
            format!(
                "An error occurred (NoSuchBucket) when calling the {operation} operation: The \
                 specified bucket does not exist"
            )
        })
    }

    /// `2026-11-21 10:04:31`, so many milliseconds into the run.
    fn stamp(&self, millis: u64) -> String {
        let millis = self.document.epoch_millis.saturating_add(millis);
        let micros = i64::try_from(millis.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let text = Civil::at(micros, 0).text().replace('T', " ");
        text.get(..19).unwrap_or(&text).to_owned()
    }
}

/// The first kilobytes of an object that is text.
fn print(object: &Object) -> Printed {
    const BYTES_MAX: usize = 4 * 1_024;
    let Ok(text) = core::str::from_utf8(&object.bytes) else {
        return Err(
            "The object is no text (GZIP?): copy it to a file, or click it to read it".into()
        );
    };
    let end = (0..=BYTES_MAX.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    let shown = &text[..end.unwrap_or(0)];
    let rest = text.len() - shown.len();
    Ok(if rest > 0 { format!("{shown}\n({rest} more bytes)") } else { shown.to_owned() })
}
