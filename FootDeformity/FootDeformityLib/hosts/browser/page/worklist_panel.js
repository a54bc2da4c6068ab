// The annotator's folder: how far it is done, and which image is next.

import { Icon } from "./icons.js";
import { useRoom } from "./room.js";

const { computed, nextTick, ref, watch } = window.Vue;
const STATES = { untouched: "", "pre-placed": "AI", started: "started", done: "done", refused: "refused", unreadable: "unreadable" };

export const WorklistPanel = {
  components: { Icon },
  setup() {
    const room = useRoom();
    const list = ref(null);
    const work = computed(() => room.shown.worklist);
    const part = computed(() => (work.value.total ? work.value.done / work.value.total : 0));
    watch(
      () => work.value?.current,
      async () => {
        await nextTick();
        list.value?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
      },
    );
    return { room, list, work, part, STATES };
  },
  template: `
    <nav class="worklist" aria-label="Worklist">
      <header>
        <h2>Worklist</h2>
        <span class="count" data-done>{{ work.done }} of {{ work.total }} done</span>
        <progress :value="part" max="1" aria-label="Images done"></progress>
        <label v-if="!room.shown.blinded">Sort by<select :value="work.order" @change="room.act('sort', $event.target.value)">
          <option value="doubt">uncertainty</option><option value="name">name</option></select></label>
      </header>
      <ol ref="list">
        <li v-for="entry in work.entries" :key="entry.name" :class="entry.state" :data-entry="entry.name">
          <button type="button" :aria-current="entry.name === work.current" :title="entry.problem || entry.name" @click="room.act('entry', entry.name)">
            <span class="clip">{{ entry.name }}</span>
            <small v-if="entry.doubt" class="doubt" title="Uncertainty: the larger, the sooner it needs a look">{{ entry.doubt }}</small>
            <small class="state">{{ STATES[entry.state] }}<template v-if="entry.reader">&nbsp;{{ entry.reader }}</template></small>
          </button>
        </li>
      </ol>
      <footer>
        <p v-if="work.preplacing" class="muted" role="status">{{ work.preplacing }}</p>
        <label v-if="work.current" class="view-choice">This image shows<select :value="work.view ?? ''" @change="room.act('entry_view', $event.target.value)">
          <option value="" disabled>choose a view</option><option value="AP">AP</option><option value="lateral">lateral</option></select></label>
        <button type="button" class="button primary" :disabled="!work.current" title="Save, mark as done, go to the next image (S)"
          @click="room.act('save_and_next')"><icon name="confirm" />Save and next</button>
      </footer>
    </nav>`,
};
