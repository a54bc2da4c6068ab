// An earlier exam of the same foot: what changed, and whether that is more than readers differ.

import { chooseEarlier } from "./opening.js";
import { Icon } from "./icons.js";
import { useRoom } from "./room.js";

const { computed } = window.Vue;

export const EarlierPanel = {
  components: { Icon },
  setup() {
    const room = useRoom();
    return { room, earlier: computed(() => room.shown.earlier), choose: () => chooseEarlier(room) };
  },
  template: `
    <div class="panel-body earlier">
      <template v-if="earlier">
        <p class="head"><b class="clip" :title="earlier.file">{{ earlier.file }}</b>
          <button type="button" class="button" @click="choose">Other file</button>
          <button type="button" class="button" @click="room.act('forget_earlier')">Remove</button></p>
        <p class="muted">{{ earlier.about }}</p>
        <table class="angles changes">
          <caption>Change since the earlier exam</caption>
          <colgroup><col /><col class="degrees" /><col class="degrees" /><col class="degrees" /></colgroup>
          <thead><tr><th scope="col">Angle</th><th scope="col">Earlier</th><th scope="col">Now</th><th scope="col">Change</th></tr></thead>
          <tbody>
            <template v-for="change in earlier.changes" :key="change.name">
              <tr :data-change="change.name" :class="{ out: change.beyond, off: !change.delta }" :title="change.sources.join('; ')">
                <th scope="row">{{ change.label }}</th><td>{{ change.earlier }}</td><td>{{ change.now }}</td>
                <td class="delta"><b>{{ change.delta || '–' }}</b></td></tr>
              <tr class="meaning" :data-meaning="change.name"><td colspan="4"><small>{{ change.meaning }}</small></td></tr>
            </template>
          </tbody>
        </table>
        <p class="muted"><small>MDC95: the smallest change that exceeds the measurement error of readers in 95 of 100 pairs. Hold the
          mouse over a row for its source.</small></p>
        <section v-if="earlier.warnings.length" class="warnings" aria-labelledby="earlier-warnings">
          <h3 id="earlier-warnings"><icon name="warning" /> Are the exams comparable?</h3>
          <ul><li v-for="text in earlier.warnings" :key="text">{{ text }}</li></ul>
        </section>
      </template>
      <template v-else>
        <p>Set an earlier exam of this foot beside the present one: open the <code>case.json</code> of its results, or drop it on the page.</p>
        <button type="button" class="button" :disabled="!room.shown.has_images" @click="choose"><icon name="open" />Open an earlier exam</button>
      </template>
    </div>`,
};
