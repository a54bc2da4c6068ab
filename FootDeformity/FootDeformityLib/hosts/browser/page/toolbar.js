// The row of tools, and the progress of a detection.

import { Icon } from "./icons.js";
import { chooseFiles } from "./opening.js";
import { useRoom } from "./room.js";

const { computed, onBeforeUnmount, onMounted, ref } = window.Vue;

const DownloadMenu = {
  components: { Icon },
  setup() {
    const room = useRoom();
    const open = ref(false);
    const root = ref(null);
    const close = (event) => {
      if (event.type === "keydown" ? event.key === "Escape" : !root.value?.contains(event.target)) open.value = false;
    };
    onMounted(() => ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, close)));
    onBeforeUnmount(() => ["pointerdown", "keydown"].forEach((name) => document.removeEventListener(name, close)));
    const items = computed(() => room.shown.downloads ?? []);
    return { room, open, root, items };
  },
  template: `
    <div ref="root" class="menu">
      <button type="button" class="button" :disabled="!items.length" aria-haspopup="true" :aria-expanded="open" @click="open = !open">
        <icon name="save" />Download</button>
      <ul v-if="open" role="menu">
        <li v-for="item in items" :key="item.href" role="none"><a role="menuitem" :href="item.href" :download="item.name"
          @click="open = false">{{ item.label }}<small>{{ item.name }}</small></a></li>
      </ul>
    </div>`,
};

const DetectButton = {
  components: { Icon },
  setup: () => ({ room: useRoom() }),
  template: `
    <div v-if="room.shown.detection?.state === 'running'" class="progress">
      <progress :value="room.shown.detection.part" max="1" aria-label="Detection"></progress>
      <span class="clip" role="status">{{ room.shown.detection.word }}</span>
      <button type="button" class="button" @click="room.act('cancel')"><icon name="cancel" />Cancel</button>
    </div>
    <button v-if="room.shown.detection?.state !== 'running'" type="button" class="button" :class="{ primary: room.shown.wants_detection }" :disabled="!room.shown.has_images || room.shown.blinded"
      :title="room.shown.blinded ? 'Blinded reading: the network is not asked' : 'Let the network find the landmarks (D)'" @click="room.act('detect')"><icon name="detect" />Detect</button>
    <button v-if="room.shown.detection?.refused?.length" type="button" class="button" :disabled="room.shown.blinded"
      title="Place points although the image does not look like an AP or lateral foot" @click="room.act('detect_anyway')"><icon name="detect" />Detect anyway</button>`,
};

export const Toolbar = {
  components: { DetectButton, DownloadMenu, Icon },
  setup() {
    const room = useRoom();
    const copy = async () => {
      const text = await room.act("report");
      await navigator.clipboard.writeText(text);
      room.announce("Report text copied.");
    };
    return {
      room, copy,
      choose: () => chooseFiles(room),
      reviewed: computed(() => room.shown.has_points && !room.shown.unreviewed),
    };
  },
  template: `
    <div class="toolbar" role="toolbar" aria-label="Tools">
      <h1>Foot<span>Deformity</span></h1>
      <button type="button" class="button" title="Open radiographs (O)" @click="choose"><icon name="open" />Open</button>
      <detect-button />
      <button type="button" class="button" :disabled="!room.shown.unreviewed" title="Agree with all points (Shift+Space)"
        @click="room.act('confirm_all')"><icon name="confirmAll" />Confirm all</button>
      <span class="group">
        <button type="button" class="tool" :disabled="!room.shown.history?.undo" title="Undo (Ctrl+Z)" aria-label="Undo"
          @click="room.act('undo')"><icon name="undo" /></button>
        <button type="button" class="tool" :disabled="!room.shown.history?.redo" title="Redo (Ctrl+Y)" aria-label="Redo"
          @click="room.act('redo')"><icon name="redo" /></button>
        <button type="button" class="tool" :disabled="!room.shown.has_points" title="Reset all points (Shift+R)" aria-label="Reset all points"
          @click="room.act('reset_all')"><icon name="reset" /></button>
      </span>
      <span class="group">
        <button type="button" class="tool" :disabled="!room.shown.has_images" title="Fit the images (F)" aria-label="Fit the images"
          @click="room.act('fit')"><icon name="fit" /></button>
        <button type="button" class="tool" :disabled="!room.shown.has_images" title="Invert grey values (I)" aria-label="Invert grey values"
          :aria-pressed="room.shown.inverted" @click="room.act('invert')"><icon name="invert" /></button>
        <button type="button" class="tool" title="Axes and angles (A)" aria-label="Axes and angles" :aria-pressed="room.shown.axes_visible"
          @click="room.act('axes')"><icon name="axes" /></button>
      </span>
      <download-menu />
      <button type="button" class="tool" :disabled="!room.shown.has_points" title="Copy the report as text (C)" aria-label="Copy the report as text"
        @click="copy"><icon name="copy" /></button>
      <span class="spring"></span>
      <span v-if="room.shown.blinded" class="badge blinded" role="status" title="Nobody's points but your own are shown">Blinded reading</span>
      <span v-else-if="room.shown.has_points" class="badge" :class="{ reviewed }" role="status">{{ reviewed ? 'Reviewed' : 'AI, not reviewed' }}</span>
      <button type="button" class="tool person" :title="'Reader: ' + (room.shown.reader || 'not named')" aria-label="Your initials"
        @click="room.local.dialog = 'reader'"><icon name="person" /><small v-if="room.shown.reader">{{ room.shown.reader }}</small></button>
      <button type="button" class="tool" title="Keys (?)" aria-label="Keyboard shortcuts" @click="room.local.dialog = 'keys'"><icon name="help" /></button>
    </div>`,
};
