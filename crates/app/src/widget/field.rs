//! One setting as a form control, generated from its specification. Values out of range are kept
//! and explained.

use base::NodeId;
use scenario::kind::FieldKind;
use serde_json::Value;
use session::Message;
use session::hud::FieldRow;
use yew::prelude::*;

use super::draft::{Draft, draft};
use super::glyph::glyph;
use super::list_field;
use crate::app::Page;
use crate::store::Store;

const SQL: &str = "sql_application";

type Choices = &'static [(&'static str, &'static str)];

/// A setting of a part.
struct Setting<'a> {
    page: &'a Page,
    node: NodeId,
    row: &'a FieldRow,
    id: AttrValue,
    help: AttrValue,
}

/// Label, control, help and what is wrong.
pub(crate) fn field(page: &Page, node: NodeId, row: &FieldRow) -> Html {
    let field = row.field;
    let id = AttrValue::from(format!("f-{}", field.key));
    let help = AttrValue::from(format!("{id}-help"));
    let setting = Setting { page, node, row, id: id.clone(), help: help.clone() };
    let grouped = matches!(field.kind, FieldKind::Choice(choices) if choices.len() <= 3);
    let control = match field.kind {
        FieldKind::Choice(choices) if grouped => setting.segments(choices),
        FieldKind::Choice(choices) => setting.select(choices),
        FieldKind::Bool => setting.check(),
        FieldKind::Data | FieldKind::Column => setting.options(),
        FieldKind::Int { .. } => setting.line(true),
        FieldKind::Text { .. } | FieldKind::Share => setting.line(false),
        FieldKind::Sql { .. } => return setting.script(),
        FieldKind::Code { .. } | FieldKind::Weights | FieldKind::Curve => setting.area(),
    };
    let problem = setting.problem();
    let label = if grouped {
        html! { <span class="fl" id={format!("{id}-label")}>{ field.label }</span> }
    } else {
        html! { <label class="fl" for={id}>{ field.label }</label> }
    };
    // Numbers with a unit stand beside each other where several follow.
    let measured = matches!(field.kind, FieldKind::Int { .. }) && !field.unit.is_empty();
    let class = match (problem.is_some(), measured) {
        (false, false) => "setting",
        (false, true) => "setting measured",
        (true, false) => "setting invalid",
        (true, true) => "setting measured invalid",
    };
    html! {
        <div {class} title={field.help}>
            { label }
            { control }
            <span class="vh" id={help}>{ field.help }</span>
            { problem }
        </div>
    }
}

/// The value as a person types it.
fn text_of(row: &FieldRow) -> String {
    match (&row.value, row.field.kind) {
        (value, FieldKind::Weights | FieldKind::Curve) => list_field::text(value),
        (Value::String(text), _) => text.clone(),
        (value, _) => value.to_string(),
    }
}

/// What was typed, as a value; text that does not fit is kept as text, to be marked.
fn value_of(kind: FieldKind, text: &str) -> Value {
    match kind {
        FieldKind::Int { .. } => {
            let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '_')).collect();
            digits.parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
        }
        FieldKind::Weights => list_field::weights(text),
        FieldKind::Curve => list_field::curve(text),
        _ => Value::from(text),
    }
}

impl Setting<'_> {
    /// Sets the field when it is given a text.
    fn set(&self) -> impl Fn(&Store, &str) + use<> {
        let (node, field) = (self.node, self.row.field);
        move |store: &Store, text: &str| {
            let (key, value) = (field.key.to_owned(), value_of(field.kind, text));
            store.send(Message::SetField { node, key, value });
        }
    }

    /// A click that sets the field.
    fn sets(&self, value: Value) -> Callback<MouseEvent> {
        let (node, key) = (self.node, self.row.field.key.to_owned());
        self.page.store.sends(Message::SetField { node, key, value })
    }

    /// What is wrong with it.
    fn problem(&self) -> Option<Html> {
        let (message, help) = self.row.problem.as_ref()?;
        Some(html! {
            <p class="wrong">{ glyph("alert") }<span>{ message }{ ". " }{ help }</span></p>
        })
    }

    fn word(&self) -> &str {
        self.row.value.as_str().unwrap_or_default()
    }

    fn draft(&self) -> Draft {
        let field = format!("{}.{}", self.node.0, self.row.field.key);
        draft(self.page, field, text_of(self.row), self.set())
    }

    fn line(&self, number: bool) -> Html {
        let Draft { value, oninput, onblur, onkeydown } = self.draft();
        html! {
            <span class={if number { "field num" } else { "field" }}>
                <input type="text" inputmode={number.then_some("numeric")} id={&self.id} {value}
                    autocomplete="off" spellcheck="false" aria-describedby={&self.help}
                    {oninput} {onblur} {onkeydown} />
                <span class="unit">{ self.row.field.unit }</span>
                if number {
                    <span class="steps2">
                        { self.step(-1, "minus", "Less ") }
                        { self.step(1, "plus", "More ") }
                    </span>
                }
            </span>
        }
    }

    fn step(&self, by: i64, name: &str, word: &str) -> Html {
        let now = self.row.value.as_i64().unwrap_or(0);
        let onclick = self.sets(Value::from(now.saturating_add(by).max(0)));
        let label = word.to_owned() + self.row.field.label;
        html! { <button type="button" aria-label={label} {onclick}>{ glyph(name) }</button> }
    }

    /// To be read here, and edited where there is room.
    #[inline(never)]
    fn script(&self) -> Html {
        let (page, field) = (self.page, self.row.field);
        html! {
            <div class="setting" title={field.help}>
                { crate::panel::preview(page, self.node, field.label, self.word()) }
                { self.problem() }
            </div>
        }
    }

    #[inline(never)]
    fn area(&self) -> Html {
        let Draft { value, oninput, onblur, .. } = self.draft();
        html! {
            <>
                <textarea id={&self.id} class="code" {value} rows="4" spellcheck="false"
                    aria-describedby={&self.help} {oninput} {onblur} />
                if self.is_of_input() {
                    { super::button(
                        "btn line",
                        "Discover from the stream",
                        self.page.store.sends(Message::Discover(self.node)),
                    ) }
                }
            </>
        }
    }

    /// Whether records of a stream can tell it: the columns of a SQL application.
    fn is_of_input(&self) -> bool {
        let inspector = self.page.hud.inspector.as_ref();
        self.row.field.key == "schema" && inspector.is_some_and(|it| &*it.kind == SQL)
    }

    fn segments(&self, choices: Choices) -> Html {
        html! {
            <div class="seg full" role="group" aria-labelledby={format!("{}-label", self.id)}>
                { for choices.iter().map(|(word, label)| {
                    super::segment(self.word() == *word, label, self.sets(Value::from(*word)))
                }) }
            </div>
        }
    }

    fn select(&self, choices: Choices) -> Html {
        let options = choices.iter().map(|(word, label)| (*word, *label));
        self.picker(&mut options.map(|(word, label)| (word.to_owned(), label.to_owned())))
    }

    #[inline(never)]
    fn options(&self) -> Html {
        let now = self.word();
        let missing = match now {
            "" => Some((String::new(), "Choose…".to_owned())),
            _ if self.row.options.iter().any(|it| **it == *now) => None,
            _ => Some((now.to_owned(), format!("{now} (missing)"))),
        };
        let known = self.row.options.iter().map(|it| (it.to_string(), it.to_string()));
        self.picker(&mut missing.into_iter().chain(known))
    }

    fn picker(&self, options: &mut dyn Iterator<Item = (String, String)>) -> Html {
        let set = self.set();
        let onchange = self.page.store.takes(move |store, word| set(store, &word));
        html! {
            <select id={&self.id} class="field" {onchange} aria-describedby={&self.help}>
                { for options.map(|(word, label)| {
                    super::choice(word == self.word(), word, label)
                }) }
            </select>
        }
    }

    #[inline(never)]
    fn check(&self) -> Html {
        let now = self.row.value.as_bool().unwrap_or(false);
        let onclick = self.sets(Value::from(!now));
        html! {
            <input type="checkbox" id={&self.id} class="check-box" checked={now} {onclick}
                aria-describedby={&self.help} />
        }
    }
}
