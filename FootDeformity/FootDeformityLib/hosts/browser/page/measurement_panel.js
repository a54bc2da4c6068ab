// Facts, angles with their normal ranges, deformities and warnings.

import { Icon } from "./icons.js";
import { useRoom } from "./room.js";

const { ref } = window.Vue;

const percent = (part) => `${(100 * part).toFixed(2)}%`;

const FactsForm = {
  setup() {
    const room = useRoom();
    const set = (fact) => (event) => room.act("fact", fact, event.target.value);
    const typed = ref(null); // what the server says meanwhile must not replace an age that is half typed
    return { room, typed, setSide: set("side"), setAge: set("age"), setWeight: set("weight_bearing"), setCriteria: set("criteria") };
  },
  template: `
    <form class="facts" aria-label="About the foot" @submit.prevent>
      <label>Side<select :value="room.shown.facts.side" @change="setSide">
        <option value="unknown">unknown</option><option value="left">left</option><option value="right">right</option></select></label>
      <label>Age, years<input :value="typed ?? room.shown.facts.age" @input="typed = $event.target.value" @blur="typed = null" inputmode="decimal" placeholder="unknown" autocomplete="off"
        maxlength="6" @change="setAge" /></label>
      <label :class="{ ask: room.shown.facts.weight_bearing === 'unknown' && room.shown.has_images }">Weight-bearing<select
        :value="room.shown.facts.weight_bearing" @change="setWeight">
        <option value="unknown">unknown</option><option value="yes">yes</option><option value="no">no</option></select></label>
      <label>Criteria<select :value="room.shown.facts.criteria" :title="room.shown.facts.criteria_title" @change="setCriteria">
        <option v-for="name in room.shown.facts.criteria_choices" :key="name" :value="name">{{ name }}</option></select></label>
    </form>`,
};

const RangeBar = {
  props: { bar: { type: Object, default: null } },
  setup: () => ({ percent }),
  template: `
    <span class="bar" aria-hidden="true">
      <template v-if="bar">
        <span v-if="bar.lo !== null" class="bar-range" :style="{ left: percent(bar.lo), width: percent(bar.hi - bar.lo) }"></span>
        <span v-if="bar.ai !== null" class="bar-ai" :style="{ left: percent(bar.ai) }"></span>
        <span v-if="bar.value !== null" class="bar-value" :style="{ left: percent(bar.value) }"></span>
      </template>
    </span>`,
};

const AngleTable = {
  components: { RangeBar },
  setup: () => ({ room: useRoom() }),
  template: `
    <table class="angles">
      <caption>Angles</caption>
      <colgroup><col /><col class="value" /><col class="range" /></colgroup>
      <thead><tr class="spoken"><th scope="col">Angle</th><th scope="col">Value</th><th scope="col">Normal range</th></tr></thead>
      <tbody>
        <tr v-for="angle in room.shown.angles" :key="angle.name" :data-angle="angle.name" :title="angle.hint"
          :class="{ out: angle.remark, off: angle.degrees === null }">
          <th scope="row">{{ angle.label }}<small>{{ angle.range_words }}<template v-if="angle.remark">: {{ angle.remark }}</template><template v-if="angle.grey_zone">, grey zone</template></small></th>
          <td class="value"><b>{{ angle.value }}</b><small>{{ angle.direction }}</small></td>
          <td class="range"><range-bar :bar="angle.bar" /><small v-if="angle.changed">AI {{ angle.ai_words }}</small></td>
        </tr>
      </tbody>
    </table>`,
};

const DiagnosisTable = {
  setup: () => ({ room: useRoom() }),
  template: `
    <section aria-labelledby="diagnoses">
      <h3 id="diagnoses">Deformities <small>each by the rule behind it</small></h3>
      <details v-for="row in room.shown.diagnoses" :key="row.name" class="diagnosis" :data-diagnosis="row.name">
        <summary><span>{{ row.label }}</span>
          <span v-if="row.grey_zone" class="pill grey">grey zone</span>
          <span class="pill" :class="row.state">{{ row.state_words }}</span></summary>
        <p>{{ row.rule }}</p><p v-if="row.explanation">{{ row.explanation }}</p>
        <p v-if="row.citations.length" class="muted">Source: {{ row.citations.join('; ') }}</p>
      </details>
    </section>`,
};

const WarningList = {
  components: { Icon },
  setup: () => ({ room: useRoom() }),
  template: `
    <section v-if="room.shown.warnings?.length" class="warnings" aria-labelledby="warnings">
      <h3 id="warnings"><icon name="warning" /> Warnings <small>{{ room.shown.warnings.length }}</small></h3>
      <ul><li v-for="text in room.shown.warnings" :key="text">{{ text }}</li></ul>
    </section>`,
};

export const MeasurementPanel = {
  components: { AngleTable, DiagnosisTable, FactsForm, WarningList },
  template: `<div class="panel-body"><facts-form /><angle-table /><diagnosis-table /><warning-list /></div>`,
};
