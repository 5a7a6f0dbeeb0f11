//! `docs/fidelity.md` says what the engine's register says.

use std::fs;

use engine::fidelity;
use tests::source;

#[test]
fn the_page_is_the_register() {
    let path = source::top().join("docs/fidelity.md");
    let page = fidelity::page();
    if std::env::var("UPDATE_EXPECT").is_ok_and(|it| it == "1") {
        fs::write(&path, &page).expect("the page can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/fidelity.md is old: run this test with UPDATE_EXPECT=1");
}
