// Every key of the reading room; the help dialog lists them from here.

import { chooseFiles } from "./opening.js";

const onPoint = (name) => (room) => {
  const chosen = room.shown.selection;
  if (chosen) room.act(name, chosen.view, chosen.id);
};
const act = (name, ...args) => (room) => room.act(name, ...args);
const only = (view) => (room) => (room.local.only = view);

export const SHORTCUTS = [
  { shown: ["N"], keys: ["n"], words: "next point to check", run: act("next") },
  { shown: ["B"], keys: ["b"], words: "previous point to check", run: act("previous") },
  { shown: ["Space"], keys: [" ", "Enter"], words: "confirm the point and go to the next", run: onPoint("confirm_next") },
  { shown: ["Shift", "Space"], keys: ["Shift+ "], words: "confirm all points", run: act("confirm_all") },
  { shown: ["U"], keys: ["u"], words: "mark the point as uncertain", run: onPoint("uncertain") },
  { shown: ["Delete"], keys: ["Delete", "x"], words: "the point is not visible", run: onPoint("remove") },
  { shown: ["R"], keys: ["r"], words: "reset the point to where the AI placed it", run: onPoint("reset") },
  { shown: ["Shift", "R"], keys: ["Shift+R"], words: "reset all points", run: act("reset_all") },
  { shown: ["Ctrl", "Z"], keys: ["Ctrl+z"], words: "undo", run: act("undo") },
  { shown: ["Ctrl", "Y"], keys: ["Ctrl+y", "Ctrl+Shift+Z", "Ctrl+Shift+z"], words: "redo", run: act("redo") },
  { shown: ["S"], keys: ["s", "Ctrl+s", "Ctrl+Enter"], words: "worklist: save and go to the next image", run: act("save_and_next") },
  { shown: ["D"], keys: ["d"], words: "detect the landmarks", run: act("detect") },
  { shown: ["Esc"], keys: ["Escape"], words: "cancel a detection, or let go of the point", run: act("escape") },
  { shown: ["F"], keys: ["f"], words: "fit the images", run: act("fit") },
  { shown: ["I"], keys: ["i"], words: "invert grey values", run: act("invert") },
  { shown: ["A"], keys: ["a"], words: "show or hide axes and angles", run: act("axes") },
  { shown: ["1"], keys: ["1"], words: "AP view alone", run: only("AP") },
  { shown: ["2"], keys: ["2"], words: "lateral view alone", run: only("lateral") },
  { shown: ["3"], keys: ["3"], words: "both views", run: only(null) },
  { shown: ["T"], keys: ["t"], words: "the other foot", run: act("other_foot") },
  { shown: ["L"], keys: ["l"], words: "landmarks or measurements", run: (room) => {
    room.local.tab = room.local.tab === "landmarks" ? "measurements" : "landmarks";
  } },
  { shown: ["O"], keys: ["o", "Ctrl+o"], words: "open radiographs", run: (room) => chooseFiles(room) },
  { shown: ["?"], keys: ["?", "Shift+?"], words: "this list", run: (room) => (room.local.dialog = "keys") },
];

const BY_KEY = new Map(SHORTCUTS.flatMap((shortcut) => shortcut.keys.map((key) => [key, shortcut])));

/** Name of a pressed key as SHORTCUTS has it, e.g. "Ctrl+z". */
function keyName(event) {
  const control = event.ctrlKey || event.metaKey;
  return `${control ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.key}`;
}

/** Listen for keys, except while somebody types or a dialog is open; returns how to stop. */
export function listenForKeys(room) {
  const listener = (event) => {
    if (event.altKey || event.target.closest?.("input, select, textarea, dialog")) return;
    // a focused button keeps its own Space and Enter; a landmark has none
    const onButton = event.target.closest?.("button, a, summary");
    if (onButton && (event.key === " " || event.key === "Enter")) return;
    const shortcut = BY_KEY.get(keyName(event));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run(room);
  };
  window.addEventListener("keydown", listener);
  return () => window.removeEventListener("keydown", listener);
}
