// All landmarks of the open views: jump to one, and see who answers for it.

import { useRoom } from "./room.js";

const { computed, nextTick, ref, watch } = window.Vue;

export const LandmarkList = {
  setup() {
    const room = useRoom();
    const list = ref(null);
    const groups = computed(() =>
      ["AP", "lateral"].filter((view) => room.view(view)?.open).map((view) => ({ view, points: room.points(view) })),
    );
    watch(
      () => room.shown.selection?.id,
      async () => {
        await nextTick();
        list.value?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
      },
    );
    const words = ({ state, doubtful, uncertain, confidence, state_words }) =>
      state === "ai" && confidence !== null && !uncertain
        ? `AI ${Math.round(100 * confidence)} %${doubtful ? ", in doubt" : ""}`
        : state_words;
    return { room, list, groups, words };
  },
  template: `
    <div ref="list" class="panel-body landmarks">
      <template v-for="group in groups" :key="group.view">
        <h3>{{ group.view === 'AP' ? 'AP' : 'Lateral' }} <small>{{ group.points.length }} landmarks</small></h3>
        <ul>
          <li v-for="point in group.points" :key="point.id" :class="['row', point.style]" :data-row="point.id">
            <button type="button" class="jump" :aria-current="room.shown.selection?.id === point.id"
              :title="room.landmark(point.id)?.definition" @click="room.act('jump', group.view, point.id)">
              <b>{{ point.id }}</b><span class="clip">{{ room.landmark(point.id)?.name }}</span>
              <span class="state">{{ words(point) }}<template v-if="point.moved_by"> {{ point.moved_by }}</template></span>
            </button>
            <button v-if="point.state === 'ai' || point.state === 'moved'" type="button" class="tick"
              :aria-label="'Confirm ' + point.id" title="Confirm" @click="room.act('confirm', group.view, point.id)">✓</button>
          </li>
        </ul>
      </template>
      <p v-if="!groups.length" class="muted">Open a radiograph to see its landmarks.</p>
    </div>`,
};
