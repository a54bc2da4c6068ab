// Which foot of the exam is shown, and a place for the other one.

import { Icon } from "./icons.js";
import { useRoom } from "./room.js";

const { computed } = window.Vue;

export const FeetSwitch = {
  components: { Icon },
  setup() {
    const room = useRoom();
    return {
      room,
      feet: computed(() => room.shown.feet ?? []),
      refusal: computed(() => {
        if (room.shown.sample) return "The sample has one foot: open your own radiographs first";
        return room.shown.has_images ? "Add the patient's other foot; then open its radiographs" : "Open one foot first";
      }),
    };
  },
  template: `
    <div class="feet" role="group" aria-label="Feet">
      <button v-for="(foot, number) in feet" :key="number" type="button" class="button" :aria-pressed="foot.selected" :data-foot="number"
        :title="feet.length > 1 ? 'Show this foot (T)' : 'The foot that is shown'" @click="room.act('foot', number)">{{ foot.name }}<small
        v-if="foot.unreviewed" class="count">{{ foot.unreviewed }} to check</small></button>
      <button v-if="feet.length < 2" type="button" class="button other" :disabled="!room.shown.has_images || room.shown.sample" :title="refusal"
        @click="room.act('add_foot')">+ Other foot</button>
    </div>`,
};
