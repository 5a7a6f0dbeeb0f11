//! Memory ahead of its use, in WebAssembly.
//!
//! The allocator asks for memory page by page (64 KiB), and each time the browser makes a new
//! buffer and collects garbage: asked for in large steps, the same run takes a third of the time.
//! What was taken and given back stays with the allocator. Elsewhere there is nothing to do.

/// How much memory there was when it was last looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headroom {
    #[cfg(target_arch = "wasm32")]
    pages: u32,
}

impl Headroom {
    /// Makes room for what comes next, if what there was is used up.
    #[inline]
    pub fn keep(&mut self) {
        #[cfg(target_arch = "wasm32")]
        if pages() > self.pages {
            take_and_give_back(pages() / SHARE * PAGE_BYTES);
            self.pages = pages();
        }
    }
}

#[cfg(target_arch = "wasm32")]
const PAGE_BYTES: u32 = 64 * 1_024;
/// Room is made for an eighth of what there is.
#[cfg(target_arch = "wasm32")]
const SHARE: u32 = 8;

#[cfg(target_arch = "wasm32")]
fn pages() -> u32 {
    u32::try_from(core::arch::wasm32::memory_size::<0>()).unwrap_or(u32::MAX)
}

/// Memory that nobody has is no fault here: whoever needs it will tell.
#[cfg(target_arch = "wasm32")]
#[cold]
fn take_and_give_back(bytes: u32) {
    let mut room: Vec<u8> = Vec::new();
    if room.try_reserve_exact(bytes as usize).is_ok() {
        // Otherwise the compiler sees that nothing is done with it and leaves it out.
        core::hint::black_box(&room);
    }
}
