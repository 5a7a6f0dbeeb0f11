//! What is in sight: on screens of every size, and while they change.

use session::{Message, Session};

use crate::support::HOT_KEY;

/// The landing scenario on a canvas of this size.
fn on(width: f64, height: f64) -> Session {
    let mut session = Session::new();
    session.update(Message::Resize(width, height));
    session.update(Message::OpenFile(HOT_KEY.to_vec()));
    session
}

#[test]
fn after_a_fit_no_card_lies_under_key_bar_or_zoom_controls() {
    for width in (480..1_300_u16).step_by(60) {
        for height in (240..900_u16).step_by(30) {
            let hud = on(width.into(), height.into()).hud();
            for row in hud.outline.iter() {
                let (x, y, w, h) = row.rect;
                let (right, bottom) = (x + w, y + h);
                assert!(y >= 44, "{} lies under the key bar at {width} × {height}", row.name);
                // A desktop shows the left of it readably rather than all of it.
                if width >= 800 && height >= 440 && hud.zoom_percent == 70 {
                    assert!(x >= 0, "{} is out of sight at {width} × {height}", row.name);
                    continue;
                }
                // The controls are 160 × 34, 16 pixels from the corner.
                let is_free = x > 176 || bottom < i32::from(height) - 50;
                assert!(is_free, "{} lies under the controls at {width} × {height}", row.name);
                let is_inside = x >= 0 && right <= i32::from(width) && bottom <= i32::from(height);
                assert!(is_inside, "{} is out of sight at {width} × {height}", row.name);
            }
        }
    }
}

/// Text of 11 pixels is 8 pixels high at 70 %, and cannot be read below.
#[test]
fn a_desktop_is_never_fitted_below_seventy_percent() {
    for (width, height) in [(800.0, 440.0), (860.0, 520.0), (1_020.0, 640.0)] {
        assert!(on(width, height).hud().zoom_percent >= 70, "{width} × {height}");
    }
}

#[test]
fn what_was_fitted_stays_fitted_until_somebody_pans() {
    let mut session = on(1_200.0, 800.0);
    session.update(Message::Resize(640.0, 480.0));
    assert_eq!(session.view().camera, on(640.0, 480.0).view().camera);
    session.update(Message::Pan(40.0, 0.0));
    let panned = session.view().camera;
    session.update(Message::Resize(1_200.0, 800.0));
    assert_eq!(session.view().camera, panned);
    session.update(Message::Fit);
    assert_eq!(session.view().camera, on(1_200.0, 800.0).view().camera);
}

/// A phone of 390 × 844 with its sheet half open leaves 390 × 374 (the design's phone).
#[test]
fn a_phone_shows_texts_in_their_size() {
    let mut session = Session::new();
    session.update(Message::Narrow(true));
    session.update(Message::Resize(390.0, 374.0));
    session.update(Message::OpenFile(HOT_KEY.to_vec()));
    let hud = session.hud();
    assert_eq!(hud.zoom_percent, 100);
    let (x, y, w, _) = hud.outline[2].rect;
    assert!(x >= 0 && x + w <= 390 && (0..374).contains(&y), "the stream is in sight");
}
