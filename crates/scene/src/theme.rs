//! Values of the inks. The token sheet in `www/style.css` says the same; a test compares them.

use crate::picture::Ink;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Ink on paper.
    #[default]
    Light,
    /// Paper on ink.
    Dark,
}

impl Theme {
    /// The colour as `0xRRGGBB`.
    #[must_use]
    pub fn rgb(self, ink: Ink) -> u32 {
        let (light, dark) = pair(ink);
        match self {
            Self::Light => light,
            Self::Dark => dark,
        }
    }

    /// Width of the outline of marks and dots: it carries the contrast in the light theme.
    #[must_use]
    pub fn mark_outline(self) -> f64 {
        match self {
            Self::Light => 1.0,
            Self::Dark => 0.0,
        }
    }
}

const KEYS: [(u32, u32); 7] = [
    (0x7A_8592, 0x87_93A0),
    (0xE6_9F00, 0xE6_9F00),
    (0x56_B4E9, 0x56_B4E9),
    (0x00_9E73, 0x00_9E73),
    (0xF0_E442, 0xF0_E442),
    (0x00_72B2, 0x00_72B2),
    (0xCC_79A7, 0xCC_79A7),
];

const BEDS: [(u32, u32); 7] = [
    (0xDD_E2E7, 0x2B_343E),
    (0xF5_D899, 0x5A_440F),
    (0xB5_DDF5, 0x2A_4F67),
    (0x99_D8C7, 0x0D_4738),
    (0xF9_F4B3, 0x5E_5C27),
    (0x99_C7E0, 0x0C_3855),
    (0xEB_C9DC, 0x52_394A),
];

fn pair(ink: Ink) -> (u32, u32) {
    match ink {
        Ink::Text | Ink::Ink => (0x1B_1F24, 0xE6_E8EB),
        Ink::Muted => (0x5A_6472, 0x9A_A6B2),
        Ink::Surface => (0xFF_FFFF, 0x16_1C24),
        Ink::Canvas => (0xF6_F7F9, 0x0F_141A),
        Ink::Well => (0xF1_F3F6, 0x10_161D),
        Ink::Hover => (0xED_F0F3, 0x1F_2731),
        Ink::Pressed => (0xE3_E7EB, 0x28_313C),
        Ink::Line => (0xC9_D0D8, 0x2C_3641),
        Ink::LineSoft => (0xE3_E7EB, 0x22_2B35),
        Ink::Grid => (0xE4_E8EC, 0x1A_222B),
        Ink::Control => (0x7A_8592, 0x6B_7785),
        Ink::Edge => (0x82_8C98, 0x6B_7785),
        Ink::Plot => (0x4A_5461, 0xB4_BEC8),
        Ink::OnInk => (0xFF_FFFF, 0x0F_141A),
        Ink::Focus => (0x1F_6FEB, 0x6C_B6FF),
        Ink::Reject => (0xC4_320A, 0xFF_6A3D),
        Ink::RejectSoft => (0xFB_EDE8, 0x2B_1A15),
        Ink::Warn => (0x8C_6D00, 0xF2_C744),
        Ink::WarnSoft => (0xFD_F9EA, 0x27_2210),
        Ink::Ok => (0x00_714F, 0x3F_D0A0),
        Ink::OkSoft => (0xE6_F3EE, 0x11_271F),
        Ink::MarkInk => (0x22_272E, 0x0F_141A),
        Ink::Key(slot) => KEYS[usize::from(slot.min(6))],
        Ink::KeyBed(slot) => BEDS[usize::from(slot.min(6))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(rgb: u32) -> f64 {
        let channel = |shift: u32| {
            let share = f64::from((rgb >> shift) & 0xFF) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    fn contrast(theme: Theme, a: Ink, b: Ink) -> f64 {
        let (a, b) = (luminance(theme.rgb(a)), luminance(theme.rgb(b)));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn check(pairs: &[(Ink, Ink)], least: f64) {
        for theme in [Theme::Light, Theme::Dark] {
            for (ink, on) in pairs {
                let found = contrast(theme, *ink, *on);
                assert!(found >= least, "{theme:?}: {ink:?} on {on:?} is {found:.2} : 1");
            }
        }
    }

    #[test]
    fn texts_have_a_contrast_of_four_and_a_half() {
        let grounds = [Ink::Surface, Ink::Canvas];
        let inks = [Ink::Text, Ink::Muted, Ink::Reject, Ink::Warn, Ink::Ok];
        let mut pairs: Vec<_> = inks.iter().flat_map(|ink| grounds.map(|on| (*ink, on))).collect();
        pairs.extend([
            (Ink::OnInk, Ink::Ink),
            (Ink::Text, Ink::Pressed),
            (Ink::Text, Ink::Well),
            (Ink::Text, Ink::RejectSoft),
            (Ink::Reject, Ink::RejectSoft),
            (Ink::Warn, Ink::WarnSoft),
            (Ink::Ok, Ink::OkSoft),
        ]);
        check(&pairs, 4.5);
    }

    #[test]
    fn graphics_have_a_contrast_of_three() {
        let inks = [Ink::Edge, Ink::Control, Ink::Plot, Ink::Focus, Ink::Reject, Ink::Key(0)];
        let pairs: Vec<_> =
            inks.iter().flat_map(|ink| [(*ink, Ink::Surface), (*ink, Ink::Canvas)]).collect();
        check(&pairs, 3.0);
        // Key colours carry it themselves in the dark, by their outline in the light.
        for slot in 1..=6 {
            assert!(contrast(Theme::Dark, Ink::Key(slot), Ink::Surface) >= 3.0, "slot {slot}");
        }
        assert!(contrast(Theme::Light, Ink::MarkInk, Ink::Surface) >= 3.0);
        assert!(Theme::Light.mark_outline() > 0.0);
    }
}
