// Short notices: what failed, what was refused, that the line is down.

import { h, icon } from "./dom.js";
import { on, state } from "./state.js";
import { known, t } from "./words.js";

const STAYS_MS = 6000;

export function notices() {
  const node = h("div.notices", { role: "status", "aria-live": "polite" });
  const line = h("div.offline", { hidden: true });

  function say(words, kind = "bad") {
    const close = () => note.remove();
    const note = h(`div.notice.${kind}`, h("span", words), h("button.tool", { type: "button", "aria-label": t("close"), onclick: close }, icon("close")));
    (document.querySelector("dialog[open]") ?? document.body).append(node);
    node.append(note);
    setTimeout(close, STAYS_MS);
  }

  on("failure", (frame) => say(known(frame.what) ? t(frame.what) : frame.text || frame.what));
  on("refused", (answer) => {
    const reason = `e_${answer.error}`;
    say(known(reason) ? t(reason, answer) : t("refused", { why: answer.detail || answer.error }));
  });
  on("say", ({ words, kind }) => say(words, kind));
  on("connected", () => {
    line.hidden = state.connected;
    line.textContent = t("offline");
  });
  return [node, line];
}
