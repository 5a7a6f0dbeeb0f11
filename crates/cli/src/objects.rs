//! Delivered objects as files, byte for byte.

use std::fs;
use std::path::{Path, PathBuf};

use base::limits;
use base::units::bytes_text;
use engine::Engine;

use crate::{Outcome, Stop};

/// Makes the folder for the objects: what is wrong with it is told before a long run.
pub(crate) fn make(folder: &Path) -> Outcome {
    fs::create_dir_all(folder).map_err(|error| {
        Stop::Input(format!("cannot write objects to {}: {error}", folder.display()))
    })
}

/// Writes every object of every target below `folder`. A long run keeps the content of its newest
/// objects only; that is said instead of writing empty files.
pub(crate) fn write(engine: &Engine, folder: &Path) -> Outcome {
    let mut gone = 0_u32;
    for node in &engine.document().nodes {
        for object in engine.objects(node.id) {
            if !object.is_kept() {
                gone += 1;
                continue;
            }
            let path = place(folder, &node.name, &object.key);
            let made = path.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| fs::write(&path, &object.bytes)).map_err(|error| {
                Stop::Input(format!("cannot write the object {}: {error}", path.display()))
            })?;
        }
    }
    if gone == 0 {
        return Ok(());
    }
    let kept = bytes_text(limits::OBJECT_BYTES_MAX);
    Err(Stop::Input(format!(
        "{gone} objects were not written: a bucket keeps the content of its newest {kept}. Run a \
         shorter time or lower the rate"
    )))
}

/// `folder/<target>/<key>`. Names and keys come from links, so no step may leave the folder:
/// whatever a file system would read as more than a name is percent-encoded.
fn place(folder: &Path, target: &str, key: &str) -> PathBuf {
    let mut path = folder.join(step(&target.replace('/', "%2F")));
    path.extend(key.split('/').map(step));
    path
}

fn step(name: &str) -> String {
    if name.is_empty() {
        return "%".to_owned();
    }
    if name.chars().all(|it| it == '.') {
        return name.replace('.', "%2E");
    }
    name.replace('\\', "%5C").replace(':', "%3A").replace('\0', "%00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_leaves_the_folder() {
        let check = |target: &str, key: &str, expected: &str| {
            assert_eq!(place(Path::new("out"), target, key), Path::new(expected));
        };
        check("lake", "2026/11/21/a.gz", "out/lake/2026/11/21/a.gz");
        check("lake", "../../etc/passwd", "out/lake/%2E%2E/%2E%2E/etc/passwd");
        check("..", "/etc", "out/%2E%2E/%/etc");
        check("a/b", "c:\\d", "out/a%2Fb/c%3A%5Cd");
    }
}
