//! Outlines of record marks: the second channel beside colour.

use crate::picture::Segment;

/// The outline of a slot's mark around the origin, `radius` being half its size: 1 ● 2 ■ 3 ▲ 4 ◆
/// 5 ⬟ 6 ✚, all others ○.
pub fn outline(slot: u8, radius: f64, out: &mut Vec<Segment>) {
    let r = radius - if slot == 0 { 0.0 } else { 0.4 };
    match slot {
        2 => polygon(&[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)], r, out),
        3 => polygon(&[(0.0, -1.08), (1.08, 0.886), (-1.08, 0.886)], r, out),
        4 => polygon(&[(0.0, -1.16), (1.16, 0.0), (0.0, 1.16), (-1.16, 0.0)], r, out),
        5 => polygon(&PENTAGON, r, out),
        6 => polygon(&PLUS, r, out),
        _ => {
            let r = if slot == 0 { r * 0.82 } else { r };
            out.push(Segment::Move(r, 0.0));
            out.push(Segment::Arc(0.0, 0.0, r, 0.0, std::f64::consts::TAU));
            out.push(Segment::Close);
        }
    }
}

const PENTAGON: [(f64, f64); 5] =
    [(0.0, -1.1), (1.046, -0.34), (0.647, 0.89), (-0.647, 0.89), (-1.046, -0.34)];

const PLUS: [(f64, f64); 12] = [
    (-0.42, -1.05),
    (0.42, -1.05),
    (0.42, -0.42),
    (1.05, -0.42),
    (1.05, 0.42),
    (0.42, 0.42),
    (0.42, 1.05),
    (-0.42, 1.05),
    (-0.42, 0.42),
    (-1.05, 0.42),
    (-1.05, -0.42),
    (-0.42, -0.42),
];

fn polygon(points: &[(f64, f64)], r: f64, out: &mut Vec<Segment>) {
    for (idx, (x, y)) in points.iter().enumerate() {
        let (x, y) = (x * r, y * r);
        out.push(if idx == 0 { Segment::Move(x, y) } else { Segment::Line(x, y) });
    }
    out.push(Segment::Close);
}
