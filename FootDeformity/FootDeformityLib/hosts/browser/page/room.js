// The page's end of the reading room: what the server says, and what the reader does.

const { inject, reactive, shallowReactive } = window.Vue;
const PREFIX = "room_";

/** What every tab sees (`shown`), and how to act on it; made once per page. */
export class Room {
  constructor(trame) {
    this.shown = shallowReactive({}); // each value comes as a whole
    this.local = reactive({ dialog: null, tab: "measurements", only: null, announced: "" });
    this.session = trame.client.getConnection().getSession();
    this.frameListeners = new Set();
    const take = (keys) => {
      for (const key of keys) {
        if (key.startsWith(PREFIX)) this.shown[key.slice(PREFIX.length)] = trame.state.get(key);
      }
    };
    take(trame.state.getAllKeys());
    trame.state.addListener(({ type, keys }) => type === "dirty-state" && take(keys));
    this.session.subscribe("room.frame", ([frame]) => this.frameListeners.forEach((listener) => listener(frame)));
  }

  /** Ask the server to do something; a refusal becomes a notice in every tab, so nothing is returned. */
  act(name, ...args) {
    return this.session.call("room.act", [name, args]);
  }

  /** Call `listener` with each picture of a slice view; returns how to stop. */
  onFrame(listener) {
    this.frameListeners.add(listener);
    return () => this.frameListeners.delete(listener);
  }

  view(name) {
    return this.shown[`view_${name}`];
  }

  points(name) {
    return this.shown[`points_${name}`] ?? [];
  }

  landmark(id) {
    return this.shown.scheme?.landmarks.find((landmark) => landmark.id === id);
  }

  selectedPoint() {
    const chosen = this.shown.selection;
    return chosen && this.points(chosen.view).find((point) => point.id === chosen.id);
  }

  /** Said once by screen readers. */
  announce(text) {
    this.local.announced = text;
  }
}

export const useRoom = () => inject("room");
