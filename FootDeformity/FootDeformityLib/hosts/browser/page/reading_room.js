// The page: tools above, the radiographs, and what was measured beside them.

import { KeysDialog, Notices, ReaderDialog } from "./dialogs.js";
import { EarlierPanel } from "./earlier_panel.js";
import { FeetSwitch } from "./feet_switch.js";
import { Icon } from "./icons.js";
import { LandmarkBar } from "./landmark_bar.js";
import { LandmarkList } from "./landmark_list.js";
import { MeasurementPanel } from "./measurement_panel.js";
import { chooseFiles, DropTarget } from "./opening.js";
import { Room } from "./room.js";
import { listenForKeys } from "./shortcuts.js";
import { SliceView } from "./slice_view.js";
import { Toolbar } from "./toolbar.js";
import { WorklistPanel } from "./worklist_panel.js";

const { computed, inject, onBeforeUnmount, onMounted, provide } = window.Vue;

const EmptyView = {
  components: { Icon },
  props: { view: { type: String, required: true } },
  setup: (props) => ({ choose: (room) => chooseFiles(room, props.view), room: inject("room") }),
  template: `
    <button type="button" class="empty" @click="choose(room)"><icon name="open" />
      <span>Open the {{ view === 'AP' ? 'AP' : 'lateral' }} radiograph, or drop it here</span>
      <small>DICOM, PNG, JPEG, TIFF, NRRD</small></button>`,
};

const TABS = { measurements: "Measurements", landmarks: "Landmarks", earlier: "Earlier exam" };

const ReadingRoom = {
  components: {
    DropTarget, EarlierPanel, EmptyView, FeetSwitch, KeysDialog, LandmarkBar, LandmarkList, MeasurementPanel, Notices, ReaderDialog, SliceView, Toolbar, WorklistPanel,
  },
  setup() {
    const room = new Room(inject("trame"));
    provide("room", room);
    const views = computed(() => {
      const work = room.shown.worklist;
      if (work) return [work.view ?? "AP"];
      return room.local.only ? [room.local.only] : ["AP", "lateral"];
    });
    if (room.shown.worklist) room.local.tab = "landmarks"; // an annotator's first concern
    let stop;
    onMounted(() => (stop = listenForKeys(room)));
    onBeforeUnmount(() => stop?.());
    return { room, views, TABS };
  },
  template: `
    <div class="room">
      <toolbar />
      <p v-if="room.shown.tabs > 1" class="tabs-note" role="status">Open in {{ room.shown.tabs }} tabs: both show the same
        case, and every change appears in each.</p>
      <main class="desk" :class="{ listed: room.shown.worklist }">
        <worklist-panel v-if="room.shown.worklist" />
        <div class="views">
          <div class="slices"><slice-view v-for="view in views" :key="view" :view="view"><template #empty><empty-view v-if="!room.shown.worklist" :view="view" /></template></slice-view></div>
          <landmark-bar v-if="room.shown.has_images" />
        </div>
        <aside class="panel" aria-label="Findings">
          <feet-switch v-if="!room.shown.worklist" />
          <div class="panel-tabs" role="tablist">
            <button v-for="(words, tab) in TABS" :key="tab" type="button" role="tab" :aria-selected="room.local.tab === tab"
              @click="room.local.tab = tab">{{ words }}<small v-if="tab === 'landmarks' && room.shown.unreviewed"
              :title="room.shown.unreviewed + ' to check'">{{ room.shown.unreviewed }}</small></button>
          </div>
          <measurement-panel v-if="room.local.tab === 'measurements'" />
          <landmark-list v-else-if="room.local.tab === 'landmarks'" />
          <earlier-panel v-else />
        </aside>
      </main>
      <footer class="foot"><span>Research software, not a medical device. Every point must be checked by a person before a number is used.</span>
        <span class="spring"></span><span class="saved" role="status">{{ room.shown.saved }}</span></footer>
      <drop-target /><notices /><keys-dialog /><reader-dialog />
      <p class="spoken" aria-live="polite">{{ room.local.announced }}</p>
    </div>`,
};

/** Shown when the server is gone: the page comes back by itself. */
const RoomGone = {
  setup() {
    let timer;
    const knock = async () => {
      try {
        if ((await fetch("room/alive", { cache: "no-store" })).ok) window.location.reload();
      } catch {
        timer = setTimeout(knock, 1000);
      }
    };
    onMounted(() => (timer = setTimeout(knock, 1000)));
    onBeforeUnmount(() => clearTimeout(timer));
  },
  template: `
    <div class="gone" role="alert"><h2>The reading room is not running</h2>
      <p>Start it again with <code>footdeformity web</code>; this page then goes on by itself. What you edited is kept.</p></div>`,
};

window.readingRoom = {
  install(app) {
    app.component("reading-room", ReadingRoom);
    app.component("room-gone", RoomGone);
  },
};
