// One landmark on the picture: shape and colour by state, as in the report's legend.

const RADIUS = 5;
const LETTER = 3.6; // half a letter's width

export const LandmarkMark = {
  props: {
    mark: { type: Object, required: true },
    at: { type: Array, required: true },
    name: { type: String, default: "" },
    unit: { type: Number, required: true },
    selected: { type: Boolean, default: false },
  },
  emits: ["key", "chosen"],
  setup(props) {
    const { computed } = window.Vue;
    const text = computed(() => props.mark.id + (props.mark.doubtful || props.mark.uncertain ? "?" : ""));
    const label = computed(() => {
      const [dx, dy] = props.mark.outward;
      const length = Math.hypot(dx, dy) || 1;
      const across = (RADIUS + 4 + LETTER * text.value.length) * props.unit;
      return { x: (dx / length) * across, y: (dy / length) * (RADIUS + 9) * props.unit };
    });
    return {
      label, text,
      r: computed(() => RADIUS * props.unit),
      spoken: computed(() => `${props.mark.id}, ${props.name}: ${props.mark.state_words}`),
    };
  },
  template: `
    <g class="mark" :class="[mark.style, { selected }]" :data-landmark="mark.id" :data-state="mark.state" :data-xy="mark.xy.join(' ')" tabindex="0"
      role="button" :aria-label="spoken" :aria-pressed="selected" :transform="'translate(' + at[0] + ' ' + at[1] + ')'"
      @keydown="$emit('key', $event)" @focus="$emit('chosen')">
      <circle :r="13 * unit" class="target" />
      <circle v-if="selected" :r="11 * unit" class="halo" :stroke-width="1.5 * unit" />
      <rect v-if="mark.style === 'confirmed'" :x="-r" :y="-r" :width="2 * r" :height="2 * r" :stroke-width="2 * unit" />
      <path v-else-if="mark.style === 'moved'" :d="'M0 ' + -1.3 * r + 'L' + 1.3 * r + ' 0L0 ' + 1.3 * r + 'L' + -1.3 * r + ' 0z'"
        :stroke-width="2 * unit" />
      <circle v-else :r="r" :stroke-width="2 * unit" :stroke-dasharray="mark.style === 'doubtful' ? 3 * unit + ' ' + 2.5 * unit : null" />
      <circle :r="0.9 * unit" class="dot" />
      <text :x="label.x" :y="label.y" :font-size="11 * unit">{{ text }}</text>
    </g>`,
};
