// One Slicer slice view: the server's picture, and above it the points, axes and angles of the same moment.

import { around, placeLabels } from "./label_placing.js";
import { LandmarkMark } from "./landmark_mark.js";
import { useRoom } from "./room.js";

const { computed, nextTick, onBeforeUnmount, onMounted, reactive, ref, watch } = window.Vue;
const BUTTONS = { 0: "Left", 1: "Middle", 2: "Right" };
const WHEEL_STEP = 60;
/** Pixels of movement up to which a press and release is a click. */
const CLICK = 4;

export const SliceView = {
  components: { LandmarkMark },
  props: { view: { type: String, required: true } },
  setup(props) {
    const room = useRoom();
    const area = ref(null);
    const picture = ref(null);
    // matrix: image pixels -> picture pixels, as [a, b, c, d, e, f] of SVG
    const frame = reactive({ width: 1, height: 1, matrix: [1, 0, 0, 1, 0, 0], shown: false });
    const drag = reactive({ id: null, x: 0, y: 0 });
    const info = computed(() => room.view(props.view) ?? {});
    const todo = computed(() =>
      [[info.value.unreviewed, "to check"], [info.value.unplaced, "to place"]]
        .filter(([count]) => count).map((part) => part.join(" ")).join(", "),
    );
    const lines = computed(() => room.shown[`lines_${props.view}`] ?? { axes: [], arcs: [] });
    let press = null;
    let wheel = 0;
    let newest = 0;

    const toPicture = ([x, y]) => {
      const [a, b, c, d, e, f] = frame.matrix;
      return [a * x + c * y + e, b * x + d * y + f];
    };
    /** Event -> picture pixels; the picture is letterboxed when another tab of another size leads. */
    const fromEvent = (event) => {
      const box = area.value.getBoundingClientRect();
      const scale = Math.min(box.width / frame.width, box.height / frame.height);
      return [
        (event.clientX - box.left - (box.width - frame.width * scale) / 2) / scale,
        (event.clientY - box.top - (box.height - frame.height * scale) / 2) / scale,
      ];
    };
    const toImage = ([px, py]) => {
      const [a, b, c, d, e, f] = frame.matrix;
      const det = a * d - b * c;
      return [(d * (px - e) - c * (py - f)) / det, (a * (py - f) - b * (px - e)) / det];
    };

    const points = computed(() =>
      room
        .points(props.view)
        .filter((point) => point.xy)
        .map((point) => ({ ...point, at: toPicture(point.xy) })),
    );
    const middle = computed(() => {
      const sum = points.value.reduce(([x, y], { at }) => [x + at[0], y + at[1]], [0, 0]);
      return sum.map((value) => value / Math.max(1, points.value.length));
    });
    const marks = computed(() => {
      const byId = new Map(points.value.map((point) => [point.id, point]));
      return points.value.map((point) => {
        const partner = byId.get(room.landmark(point.id)?.partner)?.at ?? middle.value;
        return { ...point, outward: [point.at[0] - partner[0], point.at[1] - partner[1]] };
      });
    });
    // sizes are in CSS pixels; the picture has more on a HiDPI screen
    const unit = computed(() => frame.ratio ?? 1);
    // the point in the hand follows it at once, and nothing else is drawn for that
    const held = computed(() => drag.id && toPicture([drag.x, drag.y]));
    const place = (mark) => (mark.id === drag.id ? held.value : mark.at);
    const memo = (mark) => [
      ...place(mark), ...mark.outward, mark.style, mark.state_words, mark.uncertain, unit.value, room.shown.selection?.id === mark.id,
    ];
    const polyline = (list) => list.map((point) => toPicture(point).map((v) => v.toFixed(2)).join(",")).join(" ");
    const arcs = computed(() => {
      const boxes = marks.value.flatMap(({ at, outward }) => {
        const away = (14 * unit.value) / (Math.hypot(...outward) || 1);
        const label = [at[0] + outward[0] * away, at[1] + outward[1] * away];
        return [around(at, 14 * unit.value, 14 * unit.value), around(label, 26 * unit.value, 14 * unit.value)];
      });
      const inSight = lines.value.arcs
        .map((arc) => ({ ...arc, anchor: toPicture(arc.anchor) }))
        .filter(({ anchor: [x, y] }) => x >= 0 && y >= 0 && x <= frame.width && y <= frame.height);
      const placed = placeLabels(inSight, boxes, unit.value, [frame.width, frame.height]);
      return inSight.map((arc, k) => ({ ...arc, ...placed[k] }));
    });
    const segment = (axis) => {
      const [x1, y1] = toPicture(axis.start);
      const [x2, y2] = toPicture(axis.end);
      return { x1, y1, x2, y2 };
    };

    const resize = () => {
      const box = area.value?.getBoundingClientRect();
      if (!box || box.width < 10 || box.height < 10 || document.hidden) return;
      room.session.call("room.resize", [props.view, box.width, box.height, window.devicePixelRatio || 1]);
    };
    const show = async ({ view, number, jpeg, width, height, ratio, matrix }) => {
      if (view !== props.view || !picture.value) return;
      newest = number;
      const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
      if (number < newest) return; // a later one has been decoded meanwhile
      const canvas = picture.value;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      Object.assign(frame, { width, height, ratio, matrix, shown: true, number });
    };

    const send = (type, event) => {
      const [x, y] = fromEvent(event);
      const keys = { shift: event.shiftKey, ctrl: event.ctrlKey };
      room.session.call("room.mouse", [props.view, type, x, y, keys]);
    };
    const onPress = (event) => {
      if (!(event.button in BUTTONS) || press) return;
      event.preventDefault();
      area.value.setPointerCapture(event.pointerId);
      const id = event.button === 0 ? event.target.closest?.("[data-landmark]")?.dataset.landmark : null;
      press = { id, button: BUTTONS[event.button], from: [event.clientX, event.clientY], moved: false };
      if (id) {
        const point = points.value.find((candidate) => candidate.id === id);
        const [x, y] = fromEvent(event);
        press.offset = [point.at[0] - x, point.at[1] - y]; // the point does not jump to the pointer's tip
        room.act("select", props.view, id);
      } else {
        send(`${press.button}ButtonPress`, event);
      }
    };
    const onMove = (event) => {
      if (!press) return;
      const far = Math.hypot(event.clientX - press.from[0], event.clientY - press.from[1]) > CLICK;
      if (press.id && (far || press.moved)) {
        if (!press.moved) room.act("grab", props.view, press.id);
        const [x, y] = fromEvent(event);
        const image = toImage([x + press.offset[0], y + press.offset[1]]);
        Object.assign(drag, { id: press.id, x: image[0], y: image[1] });
        room.act("drag", props.view, press.id, image[0], image[1]);
      } else if (!press.id) {
        send("MouseMove", event);
      }
      press.moved ||= far;
    };
    const onRelease = (event) => {
      if (!press) return;
      const { id, button, moved } = press;
      press = null;
      if (id) {
        if (moved) room.act("drop");
        letGo();
        return;
      }
      send(`${button}ButtonRelease`, event);
      if (!moved && button === "Left") placeMissing(event);
    };
    /** A point that was let go stays where it is seen until the server's own answer has come. */
    const letGo = () => {
      const answer = room.points(props.view).find((point) => point.id === drag.id)?.xy;
      if (!press && (!answer || Math.hypot(answer[0] - drag.x, answer[1] - drag.y) < 1e-3)) drag.id = null;
    };
    watch(() => room.points(props.view), letGo);
    const placeMissing = (event) => {
      const chosen = room.shown.selection;
      if (chosen?.view !== props.view || room.selectedPoint()?.state !== "missing") return;
      room.act("place", props.view, chosen.id, ...toImage(fromEvent(event)));
    };
    const onWheel = (event) => {
      event.preventDefault();
      wheel += event.deltaY * (event.deltaMode === 1 ? 30 : 1);
      while (Math.abs(wheel) >= WHEEL_STEP) {
        send(wheel < 0 ? "MouseWheelForward" : "MouseWheelBackward", event);
        wheel -= Math.sign(wheel) * WHEEL_STEP;
      }
    };
    const onKey = (event, id) => {
      const step = event.shiftKey ? 10 : event.altKey ? 0.2 : 1;
      const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      room.act("nudge", props.view, id, ...move);
    };

    let stop, observer;
    onMounted(() => {
      stop = room.onFrame(show);
      observer = new ResizeObserver(resize);
      observer.observe(area.value);
      area.value.addEventListener("wheel", onWheel, { passive: false });
      window.addEventListener("focus", resize);
      document.addEventListener("visibilitychange", resize);
    });
    onBeforeUnmount(() => {
      stop?.();
      observer?.disconnect();
      window.removeEventListener("focus", resize);
      document.removeEventListener("visibilitychange", resize);
    });
    // a keyboard user who jumps to a point goes on with the arrow keys
    watch(
      () => room.shown.selection,
      async (chosen) => {
        if (chosen?.view !== props.view || !document.activeElement?.closest?.(".slice, .marks")) return;
        await nextTick();
        area.value?.querySelector(`[data-landmark="${chosen.id}"]`)?.focus({ preventScroll: true });
      },
    );
    return {
      room, area, picture, frame, drag, info, todo, lines, arcs, marks, memo, place, unit, polyline, segment,
      onPress, onMove, onRelease, onKey,
      fit: () => room.act("fit", props.view),
    };
  },
  template: `
    <section class="slice" :aria-label="view + ' radiograph'">
      <header class="slice-head">
        <h2>{{ view === 'AP' ? 'AP' : 'Lateral' }}</h2>
        <span class="muted clip" :title="info.file">{{ info.file }}</span>
        <span v-if="info.open" class="count" :class="{ done: !todo }">{{ todo || 'checked' }}</span>
        <slot />
      </header>
      <div ref="area" class="slice-area" :data-view="view" :data-frame="frame.number" :data-held="drag.id" @pointerdown="onPress" @pointermove="onMove"
        @pointerup="onRelease" @pointercancel="onRelease" @contextmenu.prevent @dblclick="fit">
        <canvas ref="picture" class="picture" :class="{ ready: info.open && frame.shown }" aria-hidden="true"></canvas>
        <svg v-if="info.open && frame.shown" class="marks" :viewBox="'0 0 ' + frame.width + ' ' + frame.height"
          role="group" :aria-label="'Landmarks of the ' + view + ' view'">
          <g v-if="room.shown.axes_visible" class="axes" aria-hidden="true">
            <line v-for="axis in lines.axes" :key="axis.name" v-bind="segment(axis)" :stroke="axis.colour"
              :stroke-width="1.6 * unit" :stroke-dasharray="axis.dashed ? 6 * unit + ' ' + 4 * unit : null" />
            <g v-for="arc in arcs" :key="arc.name">
              <polyline :points="polyline(arc.points)" class="arc" :stroke-width="1.2 * unit" />
              <line v-if="arc.leader" :x1="arc.anchor[0]" :y1="arc.anchor[1]" :x2="arc.x" :y2="arc.y" class="leader" :stroke-width="0.8 * unit" />
              <text :x="arc.x" :y="arc.y" :font-size="13 * unit" class="arc-text">{{ arc.text }}</text>
            </g>
          </g>
          <landmark-mark v-for="mark in marks" :key="mark.id" v-memo="memo(mark)" :mark="mark" :at="place(mark)" :unit="unit" :name="room.landmark(mark.id)?.name"
            :selected="room.shown.selection?.id === mark.id" @key="onKey($event, mark.id)" @chosen="room.act('select', view, mark.id)" />
        </svg>
        <slot v-if="!info.open" name="empty" />
      </div>
    </section>`,
};
