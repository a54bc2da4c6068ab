// Keys, initials, and what went wrong.

import { SHORTCUTS } from "./shortcuts.js";
import { useRoom } from "./room.js";

const { computed, nextTick, ref, watch } = window.Vue;

/** A native modal dialog that is open while room.local.dialog has its name. */
const Modal = {
  props: { name: { type: String, required: true }, title: { type: String, required: true } },
  setup(props) {
    const room = useRoom();
    const element = ref(null);
    const open = computed(() => room.local.dialog === props.name);
    watch(
      open,
      async () => {
        await nextTick();
        if (open.value && !element.value.open) element.value.showModal();
        if (!open.value && element.value.open) element.value.close();
      },
      { immediate: true },
    );
    return { element, open, closed: () => room.local.dialog === props.name && (room.local.dialog = null) };
  },
  template: `<dialog ref="element" :aria-label="title" @close="closed"><template v-if="open"><h2>{{ title }}</h2><slot /></template></dialog>`,
};

export const KeysDialog = {
  components: { Modal },
  setup: () => ({ room: useRoom(), shortcuts: SHORTCUTS.filter((shortcut) => shortcut.words) }),
  template: `
    <modal name="keys" title="Keys and mouse">
      <dl class="keys">
        <template v-for="shortcut in shortcuts" :key="shortcut.words"><dt><kbd v-for="key in shortcut.shown" :key="key">{{ key }}</kbd></dt><dd>{{ shortcut.words }}</dd></template>
        <dt><kbd>arrow keys</kbd></dt><dd>move the selected point by a pixel (Shift: ten, Alt: a fifth)</dd>
        <dt>left drag</dt><dd>on a point: move it; elsewhere: brightness and contrast</dd>
        <dt>right drag, wheel</dt><dd>zoom</dd>
        <dt>middle drag, Shift + left drag</dt><dd>pan</dd>
        <dt>double click</dt><dd>fit the image</dd>
      </dl>
      <form method="dialog"><button class="button primary" autofocus>Close</button></form>
    </modal>`,
};

export const ReaderDialog = {
  components: { Modal },
  setup() {
    const room = useRoom();
    const initials = ref("");
    watch(() => room.shown.reader, (reader) => (initials.value = reader ?? ""), { immediate: true });
    watch(() => room.shown.asks_reader, (asks) => asks && (room.local.dialog = "reader"), { immediate: true });
    const save = () => {
      room.act("reader", initials.value.trim());
      room.local.dialog = null;
    };
    return { room, initials, save };
  },
  template: `
    <modal name="reader" title="Who is reading?">
      <form @submit.prevent="save">
        <p>Your initials are kept with every point that you change, so that others can see who placed it.</p>
        <label>Initials<input v-model="initials" maxlength="8" pattern="[A-Za-z0-9]{1,8}" title="1 to 8 letters or digits" autofocus
          autocomplete="off" /></label>
        <p class="buttons"><button type="button" class="button" @click="room.local.dialog = null">Not now</button>
          <button class="button primary">Save</button></p>
      </form>
    </modal>`,
};

export const Notices = {
  setup: () => ({ room: useRoom() }),
  template: `
    <div class="notices" aria-live="assertive">
      <div v-for="notice in room.shown.notices" :key="notice.number" class="notice" :class="notice.kind" role="alert">
        <p>{{ notice.text }}</p>
        <button type="button" class="tool" aria-label="Dismiss" @click="room.act('dismiss', notice.number)">×</button>
      </div>
    </div>`,
};
