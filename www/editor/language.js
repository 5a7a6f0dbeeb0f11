// Colours of a script: words by their lists, the rest by what it begins with.

import { StreamLanguage } from "@codemirror/language";

/** The language of a dialect whose words these are. */
export function language({ quote, keywords, types, functions }) {
  const kinds = new Map();
  const lists = { keyword: keywords, typeName: types, function: functions };
  for (const [kind, words] of Object.entries(lists)) {
    for (const word of words) if (!kinds.has(word)) kinds.set(word, kind);
  }
  const inside = { string: "'", name: quote };
  return StreamLanguage.define({
    name: "sql",
    startState: () => ({ within: undefined }),
    token(stream, state) {
      if (state.within === "comment") {
        if (stream.skipTo("*/")) {
          stream.match("*/");
          state.within = undefined;
        } else {
          stream.skipToEnd();
        }
        return "comment";
      }
      if (state.within) return quoted(stream, state, inside[state.within]);
      if (stream.eatSpace()) return null;
      if (stream.match("--")) {
        stream.skipToEnd();
        return "comment";
      }
      if (stream.match("/*")) {
        state.within = "comment";
        return "comment";
      }
      for (const [within, sign] of Object.entries(inside)) {
        if (stream.eat(sign)) {
          state.within = within;
          return quoted(stream, state, sign);
        }
      }
      if (stream.match(/^\d+(\.\d*)?([eE][+-]?\d+)?/)) return "number";
      const word = stream.match(/^[\p{L}_][\p{L}\p{N}_$]*/u);
      if (!word) {
        stream.next();
        return null;
      }
      const kind = kinds.get(word[0].toUpperCase()) ?? "variableName";
      if (kind !== "function") return kind;
      return stream.match(/^\s*\(/, false) ? "variableName.function" : "variableName";
    },
    languageData: {
      commentTokens: { line: "--", block: { open: "/*", close: "*/" } },
      closeBrackets: { brackets: ["(", "[", "'", quote] },
    },
  });
}

/** Up to the sign that closes; two of it stand for one. */
function quoted(stream, state, sign) {
  const kind = state.within === "string" ? "string" : "labelName";
  while (!stream.eol()) {
    if (stream.next() !== sign) continue;
    if (stream.eat(sign)) continue;
    state.within = undefined;
    break;
  }
  return kind;
}
