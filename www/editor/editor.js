// The editor of streaming SQL: CodeMirror with what the page knows about the script. A file of its
// own, which the loader (boot.js) fetches when an editor is opened for the first time.
//
// It knows no SQL: words, findings and completions come from the page, positions are counted in
// UTF-16 units. What is typed is told after a short pause, or at once when something is asked.

import {
  acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, snippet,
} from "@codemirror/autocomplete";
import {
  defaultKeymap, history, historyKeymap, indentWithTab, toggleComment,
} from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, Transaction } from "@codemirror/state";
import {
  EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, keymap, lineNumbers, placeholder,
} from "@codemirror/view";

import { language } from "./language.js";
import { look } from "./look.js";

/** From the last key to what is told, in milliseconds. */
const PAUSE = 120;

/**
 * Opens an editor in an element.
 *
 * `words` is JSON: `label`, `quote`, `keywords`, `types`, `functions`. `typed(text)` takes every
 * change, `run()` is Control+Enter, `complete(at, asked)` answers with JSON: `from` and `options`.
 */
export function open(host, words, text, typed, run, complete) {
  const known = JSON.parse(words);
  let waits;
  const tell = () => {
    if (waits === undefined) return;
    clearTimeout(waits);
    waits = undefined;
    typed(view.state.doc.toString());
  };
  const isTyped = (it) => it.docChanged && !it.annotation(Transaction.remote);
  const follow = EditorView.updateListener.of((update) => {
    if (!update.transactions.some(isTyped)) return;
    clearTimeout(waits);
    waits = setTimeout(tell, PAUSE);
  });
  const offer = (context) => {
    const word = context.matchBefore(/[\p{L}\p{N}_$]+/u);
    if (!word && !context.explicit && !/[.(,]\s?$/.test(before(context))) return null;
    tell();
    const { from, options } = JSON.parse(complete(context.pos, context.explicit));
    if (!options.length) return null;
    return { from, options: options.map(option), validFor: /^[\p{L}\p{N}_$]*$/u };
  };
  const start = () => {
    tell();
    run();
    return true;
  };
  const own = [
    { key: "Mod-Enter", run: start },
    { key: "Tab", run: acceptCompletion },
    { key: "Mod-/", run: toggleComment },
    indentWithTab,
  ];
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: text,
      extensions: [
        lintGutter(), lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(),
        highlightSpecialChars(), highlightSelectionMatches(), drawSelection(), history(),
        bracketMatching(), closeBrackets(), search({ top: true }), indentUnit.of("  "),
        autocompletion({ override: [offer], icons: false }),
        placeholder("Write a query, or take a template"),
        language(known), look, follow, EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": known.label, autocapitalize: "off", autocorrect: "off", spellcheck: "false",
        }),
        Prec.high(keymap.of(own)),
        keymap.of([
          ...closeBracketsKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap,
          ...completionKeymap, ...defaultKeymap,
        ]),
      ],
    }),
  });

  return {
    /** Puts another text in: one step of the editor's own history. */
    write(next) {
      const now = view.state.doc.toString();
      if (now === next) return;
      clearTimeout(waits);
      waits = undefined;
      const changes = { from: 0, to: now.length, insert: next };
      view.dispatch({ changes, annotations: Transaction.remote.of(true) });
    },
    /** Underlines: JSON, a list of `from`, `to`, `severity`, `message`, `help`, `code`. */
    mark(problems) {
      // What was typed since is told soon, and then the marks come anew.
      if (waits !== undefined) return;
      const length = view.state.doc.length;
      const marks = JSON.parse(problems).map(({ from, to, severity, message, help, code }) => ({
        from: Math.min(from, length),
        to: Math.min(to, length),
        severity,
        message: `${message}. ${help}`,
        source: code,
      }));
      view.dispatch(setDiagnostics(view.state, marks));
    },
    /** Goes to a place. */
    go(at) {
      const anchor = Math.min(at, view.state.doc.length);
      const effects = EditorView.scrollIntoView(anchor, { y: "center" });
      view.dispatch({ selection: { anchor }, effects });
      view.focus();
    },
    /** Tells at once what was typed in the last moment. */
    tell,
    /** Puts the caret into it. */
    focus: () => view.focus(),
    /** Tells what is left to tell, and goes. */
    close() {
      tell();
      view.destroy();
    },
  };
}

/** The line up to the caret. */
const before = ({ state, pos }) => state.sliceDoc(state.doc.lineAt(pos).from, pos);

/** What stands above others that fit as well. */
const FIRST = { column: 2, stream: 1, keyword: -1, type: -1 };

/** What is offered; `${…}` in its text are stops. */
function option({ label, detail, kind, text }) {
  const apply = text.includes("${") ? snippet(text) : text;
  return { label, detail, type: kind, apply, boost: FIRST[kind] ?? 0 };
}
