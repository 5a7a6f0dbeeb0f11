//! One setting as a form control, generated from its specification. A draft is kept while typing
//! and sent on Enter, on blur or by the stepper; values out of range are kept and explained.

use scenario::kind::FieldKind;
use serde_json::Value;
use session::hud::FieldRow;
use yew::prelude::*;

use super::glyph::glyph;
use super::list_field;
use crate::dom;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) row: FieldRow,
    pub(crate) onchange: Callback<(AttrValue, Value)>,
}

/// Label, control, help and what is wrong.
#[component]
pub(crate) fn FieldInput(props: &Props) -> Html {
    let field = props.row.field;
    let draft = use_state(|| None::<String>);
    let shown = draft.as_ref().map_or_else(|| text_of(&props.row), Clone::clone);
    let id = format!("f-{}", field.key);
    let help = format!("{id}-help");
    let control = match field.kind {
        FieldKind::Choice(choices) if choices.len() <= 3 => segments(props, choices),
        FieldKind::Choice(choices) => select(props, &id, choices),
        FieldKind::Bool => check(props, &id),
        FieldKind::Data | FieldKind::Column => options(props, &id),
        FieldKind::Int { .. } => stepper(props, &id, &shown, &draft),
        FieldKind::Text { .. } | FieldKind::Share => line_input(props, &id, &shown, &draft),
        FieldKind::Code { .. } | FieldKind::Weights | FieldKind::Curve => {
            area(props, &id, &shown, &draft)
        }
    };
    let problem = props.row.problem.as_ref().map(|(message, help)| {
        let words = format!("{message}. {help}");
        html! { <p class="wrong">{ glyph("alert") }<span>{ words }</span></p> }
    });
    let grouped = matches!(field.kind, FieldKind::Choice(choices) if choices.len() <= 3);
    let label = if grouped {
        html! { <span class="fl" id={format!("{id}-label")}>{ field.label }</span> }
    } else {
        html! { <label class="fl" for={id.clone()}>{ field.label }</label> }
    };
    let invalid = props.row.problem.is_some().then_some("invalid");
    html! {
        <div class={classes!("setting", invalid)} title={field.help}>
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

type Draft = UseStateHandle<Option<String>>;

fn commit(props: &Props, draft: &Draft) -> impl Fn(&str) + Clone + use<> {
    let (field, onchange) = (props.row.field, props.onchange.clone());
    let (draft, before) = (draft.clone(), text_of(&props.row));
    move |text: &str| {
        if text != before {
            onchange.emit((field.key.into(), value_of(field.kind, text)));
        }
        draft.set(None);
    }
}

fn typing(draft: &Draft) -> Callback<InputEvent> {
    let draft = draft.clone();
    Callback::from(move |event: InputEvent| draft.set(Some(dom::value_of(&event))))
}

fn on_blur(props: &Props, draft: &Draft) -> Callback<FocusEvent> {
    let commit = commit(props, draft);
    Callback::from(move |event: FocusEvent| commit(&dom::value_of(&event)))
}

fn on_enter(props: &Props, draft: &Draft) -> Callback<KeyboardEvent> {
    let commit = commit(props, draft);
    let draft = draft.clone();
    Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => commit(&dom::value_of(&event)),
        "Escape" => draft.set(None),
        _ => {}
    })
}

fn line_input(props: &Props, id: &str, shown: &str, draft: &Draft) -> Html {
    html! {
        <span class="field">
            <input type="text" id={id.to_owned()} value={shown.to_owned()} autocomplete="off"
                spellcheck="false" aria-describedby={format!("{id}-help")}
                oninput={typing(draft)} onblur={on_blur(props, draft)}
                onkeydown={on_enter(props, draft)} />
            <span class="unit">{ props.row.field.unit }</span>
        </span>
    }
}

fn stepper(props: &Props, id: &str, shown: &str, draft: &Draft) -> Html {
    let field = props.row.field;
    let step = |by: i64, name: &'static str, word: &'static str| {
        let (onchange, now) = (props.onchange.clone(), props.row.value.as_i64().unwrap_or(0));
        let onclick = Callback::from(move |_event: MouseEvent| {
            let next = Value::from(now.saturating_add(by).max(0));
            onchange.emit((field.key.into(), next));
        });
        let label = format!("{word} {}", field.label);
        html! { <button type="button" aria-label={label} {onclick}>{ glyph(name) }</button> }
    };
    html! {
        <span class="field num">
            <input type="text" inputmode="numeric" id={id.to_owned()} value={shown.to_owned()}
                autocomplete="off" aria-describedby={format!("{id}-help")}
                oninput={typing(draft)} onblur={on_blur(props, draft)}
                onkeydown={on_enter(props, draft)} />
            <span class="unit">{ field.unit }</span>
            <span class="steps2">
                { step(-1, "minus", "Less") }
                { step(1, "plus", "More") }
            </span>
        </span>
    }
}

fn area(props: &Props, id: &str, shown: &str, draft: &Draft) -> Html {
    html! {
        <textarea id={id.to_owned()} class="code" value={shown.to_owned()} rows="4"
            spellcheck="false" aria-describedby={format!("{id}-help")}
            oninput={typing(draft)} onblur={on_blur(props, draft)} />
    }
}

fn segments(props: &Props, choices: &'static [(&'static str, &'static str)]) -> Html {
    let field = props.row.field;
    let now = props.row.value.as_str().unwrap_or_default();
    html! {
        <div class="seg full" role="group" aria-labelledby={format!("f-{}-label", field.key)}>
            { for choices.iter().map(|(word, label)| {
                let onclick = props.onchange.reform(move |_event: MouseEvent| {
                    (field.key.into(), Value::from(*word))
                });
                let pressed = (now == *word).to_string();
                html! { <button type="button" aria-pressed={pressed} {onclick}>{ label }</button> }
            }) }
        </div>
    }
}

fn select(props: &Props, id: &str, choices: &'static [(&'static str, &'static str)]) -> Html {
    let key = props.row.field.key;
    let now = props.row.value.as_str().unwrap_or_default();
    let onchange =
        props.onchange.reform(move |event: Event| (key.into(), Value::from(dom::value_of(&event))));
    html! {
        <select id={id.to_owned()} class="field" {onchange}
            aria-describedby={format!("{id}-help")}>
            { for choices.iter().map(|(word, label)| html! {
                <option value={*word} selected={now == *word}>{ label }</option>
            }) }
        </select>
    }
}

fn options(props: &Props, id: &str) -> Html {
    let key = props.row.field.key;
    let now = props.row.value.as_str().unwrap_or_default();
    let onchange =
        props.onchange.reform(move |event: Event| (key.into(), Value::from(dom::value_of(&event))));
    let known = now.is_empty() || props.row.options.iter().any(|it| **it == *now);
    html! {
        <select id={id.to_owned()} class="field" {onchange}
            aria-describedby={format!("{id}-help")}>
            if now.is_empty() {
                <option value="" selected=true>{ "Choose…" }</option>
            }
            if !known {
                <option value={now.to_owned()} selected=true>{ format!("{now} (missing)") }</option>
            }
            { for props.row.options.iter().map(|it| html! {
                <option value={it.to_string()} selected={**it == *now}>{ it.to_string() }</option>
            }) }
        </select>
    }
}

fn check(props: &Props, id: &str) -> Html {
    let key = props.row.field.key;
    let now = props.row.value.as_bool().unwrap_or(false);
    let onchange = props.onchange.reform(move |_event: Event| (key.into(), Value::from(!now)));
    html! {
        <input type="checkbox" id={id.to_owned()} class="check-box" checked={now} {onchange}
            aria-describedby={format!("{id}-help")} />
    }
}
