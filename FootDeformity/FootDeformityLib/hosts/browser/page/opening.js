// Radiographs from the reader's disk to the server: by dialog or by dropping them on the page.

import { useRoom } from "./room.js";

const { onBeforeUnmount, onMounted, ref } = window.Vue;
const ACCEPT = ".dcm,.dicom,.png,.jpg,.jpeg,.tif,.tiff,.nrrd,.nhdr,application/dicom,image/*";

/** Send files to be opened; `view` says where, else the server tells by tags and by looking. A .json is an earlier exam. */
export async function openFiles(room, files, view = "") {
  const list = [...files];
  if (!list.length) return;
  if (list.every((file) => file.name.toLowerCase().endsWith(".json"))) return openEarlier(room, list);
  const limit = room.shown.upload.bytes;
  const size = list.reduce((sum, file) => sum + file.size, 0);
  if (size > limit) {
    room.act("too_large", list[0].name, size);
    return;
  }
  const form = new FormData();
  form.append("view", view);
  await send(room, "room/open", form, list);
}

/** Send an earlier exam to be compared with. */
async function openEarlier(room, files) {
  room.local.tab = "earlier";
  await send(room, "room/earlier", new FormData(), files);
}

async function send(room, address, form, list) {
  list.forEach((file) => form.append("file", file, file.name));
  room.local.uploading = true;
  try {
    const answer = await fetch(address, { method: "POST", body: form });
    if (!answer.ok) room.act("upload_failed", (await answer.text()).slice(0, 400));
  } catch {
    room.announce("The file did not reach the server.");
  } finally {
    room.local.uploading = false;
  }
}

/** Ask for files with the browser's own dialog. */
export function chooseFiles(room, view = "") {
  choose({ multiple: true, accept: ACCEPT }, (files) => openFiles(room, files, view));
}

/** Ask for the case.json of an earlier exam. */
export function chooseEarlier(room) {
  choose({ multiple: false, accept: ".json,application/json" }, (files) => openEarlier(room, [...files]));
}

function choose(kind, use) {
  const input = Object.assign(document.createElement("input"), { type: "file", ...kind });
  input.addEventListener("change", () => use(input.files));
  input.click();
}

export const DropTarget = {
  setup() {
    const room = useRoom();
    const over = ref(false);
    let depth = 0;
    const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const listeners = {
      dragenter: (event) => {
        if (hasFiles(event)) over.value = ++depth > 0;
      },
      dragleave: () => {
        depth = Math.max(0, depth - 1);
        over.value = depth > 0;
      },
      dragover: (event) => event.preventDefault(),
      drop: (event) => {
        event.preventDefault();
        depth = 0;
        over.value = false;
        const view = event.target.closest?.(".slice")?.querySelector("[data-view]")?.dataset.view;
        openFiles(room, event.dataTransfer?.files ?? [], view);
      },
    };
    onMounted(() => Object.entries(listeners).forEach(([name, listener]) => window.addEventListener(name, listener)));
    onBeforeUnmount(() => Object.entries(listeners).forEach(([name, listener]) => window.removeEventListener(name, listener)));
    return { over, room };
  },
  template: `
    <div v-if="over || room.local.uploading" class="drop" aria-hidden="true">
      <p>{{ over ? 'Drop the radiographs of one foot here' : 'Opening ...' }}</p></div>`,
};
