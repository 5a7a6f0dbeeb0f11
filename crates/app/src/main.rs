//! The page: yew panels around a canvas, one store between them and the session.

mod app;
mod boot;
mod code;
mod dom;
mod effects;
mod embed;
mod examples;
mod files;
mod formats;
mod frame_loop;
mod link;
mod local;
mod panel;
mod panic;
mod stage;
mod store;
mod strips;
mod ui;
mod widget;

fn main() {
    panic::install();
    if let Some(root) = dom::document().get_element_by_id("app") {
        root.set_inner_html("");
        yew::Renderer::<app::Page>::with_root(root).render();
    }
}
