// The landmark in hand: what it is, how sure it is, and what can be done with it.

import { Icon } from "./icons.js";
import { useRoom } from "./room.js";

const { computed } = window.Vue;

export const LandmarkBar = {
  components: { Icon },
  setup() {
    const room = useRoom();
    const point = computed(() => room.selectedPoint());
    const view = computed(() => room.shown.selection?.view);
    const act = (name) => room.act(name, view.value, point.value.id);
    return {
      room, point, act,
      todo: computed(() => room.shown.unreviewed || room.shown.unplaced),
      landmark: computed(() => point.value && room.landmark(point.value.id)),
      sure: computed(() => (point.value?.confidence == null ? "" : `, ${Math.round(100 * point.value.confidence)} % sure`)),
    };
  },
  template: `
    <section class="landmark-bar" aria-label="Selected landmark">
      <button type="button" class="tool" title="Previous point to check (B)" aria-label="Previous point to check"
        :disabled="!todo" @click="room.act('previous')"><icon name="previous" /></button>
      <div v-if="point" class="about" aria-live="polite">
        <p class="head"><b :class="point.style">{{ point.id }}</b><span class="clip">{{ landmark?.name }}</span>
          <span class="muted still">{{ point.state_words }}<template v-if="point.state === 'ai'">{{ sure }}</template><template
            v-if="point.moved_by"> by {{ point.moved_by }}</template><template v-if="point.reader"> ({{ point.reader }})</template></span></p>
        <p class="definition" :title="landmark?.definition"><template v-if="point.state === 'missing'">Click on the image to place it. </template>{{ landmark?.definition }}</p>
      </div>
      <p v-else class="about hint">Drag a point to correct it. <kbd>N</kbd> goes to the next point to check, <kbd>Space</kbd> confirms it.
        <kbd>?</kbd> shows all keys.</p>
      <template v-if="point">
        <button type="button" class="button primary" :disabled="point.state === 'missing' || point.state === 'confirmed'"
          title="Agree with the point where it is (Space)" @click="act('confirm_next')"><icon name="confirm" />Confirm</button>
        <button type="button" class="button" :aria-pressed="point.uncertain" title="Mark as an estimate (U)" :disabled="point.state === 'missing'"
          @click="act('uncertain')"><icon name="uncertain" />Uncertain</button>
        <button type="button" class="button" :disabled="point.state === 'missing' && point.answered" title="The structure cannot be seen (Delete)"
          @click="act('remove')"><icon name="hidden" />Not visible</button>
        <button type="button" class="button" title="Back to where the AI placed it (R)" @click="act('reset')"><icon name="reset" />Reset</button>
      </template>
      <button type="button" class="tool" title="Next point to check (N)" aria-label="Next point to check"
        :disabled="!todo" @click="room.act('next')"><icon name="next" /></button>
    </section>`,
};
