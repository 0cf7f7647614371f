// Files for a modal: chosen on this machine, uploaded at once, listed until the modal is submitted.

import { request } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { state } from "./state.js";
import { t } from "./words.js";

const MOST = 10;
let uploads = Promise.resolve();

// Once everything that was chosen is uploaded: a form that was submitted before would leave files out.
export const uploaded = () => uploads;

export function fileInput(one, change, { value }) {
  const most = one.max_files ?? MOST;
  const types = one.filetypes ?? [];
  let files = [...(value ?? [])];
  const list = h("ul.file-list");
  const note = h("div.file-note.dim", { role: "status" });
  const input = h("input", {
    type: "file",
    multiple: most > 1,
    accept: types.map((type) => `.${type}`).join(",") || undefined,
    data: { action: one.action_id ?? "" },
    onchange: () => (uploads = uploads.then(take.bind(null, [...input.files]))),
  });
  const pick = h("label.button.file-pick", input, icon("plus"), t("add_file"));
  const node = h("div.file-input", list, pick, note);

  function draw(waiting = []) {
    fill(list, files.map((file) => row(file)), waiting.map((file) => row(file, true)));
    list.hidden = !files.length && !waiting.length;
    input.disabled = files.length + waiting.length >= most;
    pick.classList.toggle("off", input.disabled);
  }

  function row(file, waiting = false) {
    const drop = () => {
      files = files.filter((other) => other.id !== file.id);
      change({ files });
      draw();
    };
    return h(
      "li.file-row",
      icon("file"),
      h("span.file-name", file.name),
      h("span.dim", size(file.size)),
      waiting ? h("span.spinner", { "aria-label": t("uploading") }) : h("button.tool", { type: "button", "aria-label": t("remove_file", { name: file.name }), title: t("remove_file", { name: file.name }), onclick: drop }, icon("close")),
    );
  }

  async function take(chosen) {
    input.value = "";
    const fitting = chosen.filter((file) => !types.length || types.includes(file.name.split(".").at(-1).toLowerCase()));
    const strange = chosen.find((file) => !fitting.includes(file));
    const taken = fitting.slice(0, most - files.length);
    note.textContent = strange ? t("file_type", { name: strange.name }) : taken.length < fitting.length ? t("too_many_files", { n: most }) : "";
    draw(taken);
    for (const file of taken) {
      const answer = await request("POST", `/control/users/${state.me.id}/uploads?name=${encodeURIComponent(file.name)}`, file);
      if (answer.file) {
        files = [...files, answer.file];
        change({ files });
      } else note.textContent = answer.detail || answer.error;
      draw(taken.slice(taken.indexOf(file) + 1));
    }
  }

  draw();
  return node;
}

function size(bytes) {
  if (!bytes) return "";
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
