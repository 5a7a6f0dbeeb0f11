//! Has the linker keep what it knows about who uses which data: `cargo xtask dist` splits the
//! module of the page by it, and leaves it behind.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo:rustc-link-arg-bins=--emit-relocs");
    }
}
