// How the editor looks: only colours, sizes and faces of the page's own sheet (style.css), so that
// it follows its theme.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Reads well on the line of the caret, too. */
const BLUE = "color-mix(in srgb, var(--focus) 80%, var(--text))";

const frame = EditorView.theme({
  "&": {
    height: "100%", fontSize: "13px", color: "var(--text)", backgroundColor: "var(--surface)",
    // A layer of its own, so that the ring of the focus goes round the line numbers too.
    zIndex: 1,
  },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "19px", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-placeholder": { color: "var(--muted)" },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--well)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--hover) 60%, transparent)",
  },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--focus) 28%, transparent)",
  },
  ".cm-selectionMatch, .cm-searchMatch": {
    backgroundColor: "color-mix(in srgb, var(--warn) 26%, transparent)",
  },
  ".cm-searchMatch-selected": { outline: "1px solid var(--warn)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--pressed)", outline: "1px solid var(--control)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { color: "var(--reject)", backgroundColor: "transparent" },
  ".cm-lintRange-error, .cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--reject)",
    textDecorationSkipInk: "none",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": { textDecorationColor: "var(--warn)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--reject)" },
  ".cm-lintRange-active": { backgroundColor: "var(--reject-soft)" },
  ".cm-lint-marker": { width: "10px", height: "10px", content: "''", borderRadius: "5px" },
  ".cm-lint-marker-error": { content: "''", backgroundColor: "var(--reject)" },
  ".cm-lint-marker-warning": { content: "''", backgroundColor: "var(--warn)" },
  ".cm-tooltip, .cm-panels": {
    color: "var(--text)", backgroundColor: "var(--surface)", border: "1px solid var(--line)",
    fontFamily: "var(--font-ui)",
  },
  ".cm-tooltip": {
    borderRadius: "4px", boxShadow: "0 6px 20px rgb(0 0 0 / 18%)", maxWidth: "min(560px, 92vw)",
  },
  ".cm-diagnostic": {
    padding: "6px 10px", borderLeft: "3px solid var(--reject)", whiteSpace: "normal",
  },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-diagnosticSource": { color: "var(--muted)", fontSize: "11px", opacity: "1" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)", maxHeight: "14em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--on-ink)", backgroundColor: "var(--ink)",
  },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--muted)" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-tooltip.cm-completionInfo": { padding: "6px 10px", maxWidth: "320px" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-textfield": {
    color: "var(--text)", backgroundColor: "var(--surface)", border: "1px solid var(--control)",
    borderRadius: "4px",
  },
  ".cm-button": {
    color: "var(--text)", backgroundImage: "none", backgroundColor: "var(--well)",
    border: "1px solid var(--control)", borderRadius: "4px",
  },
  ".cm-panel.cm-search [name=close]": { color: "var(--text)" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: BLUE, fontWeight: "600" },
  { tag: tags.typeName, color: BLUE },
  { tag: tags.function(tags.variableName), color: "var(--text)", fontWeight: "600" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: tags.number, color: "var(--warn)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
]);

/** Frame and colours. */
export const look = [frame, syntaxHighlighting(colours)];
