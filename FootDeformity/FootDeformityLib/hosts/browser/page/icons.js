// Line icons, 24 x 24, drawn for this page: nothing is fetched from elsewhere.

const PATHS = {
  open: "M3 7v11a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2h-8L9 4H5a2 2 0 0 0-2 2z",
  detect: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M12 8v8M8 12h8",
  cancel: "M6 6l12 12M18 6L6 18",
  confirm: "M4 12l5 5L20 6",
  confirmAll: "M2 12l5 5L16 7M11 17l1 1L22 8",
  undo: "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 0 12",
  redo: "M15 7l5 5-5 5M20 12H10a6 6 0 0 0 0 12",
  reset: "M4 4v6h6M4.5 10A8 8 0 1 1 4 14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  invert: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  axes: "M4 20L20 4M4 12h16",
  save: "M12 4v11M7 11l5 5 5-5M4 20h16",
  copy: "M9 9h10v11H9zM5 15V4h10",
  help: "M9 9a3 3 0 1 1 4 3c-1 .6-1 1-1 2M12 18v.01M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20",
  next: "M9 5l7 7-7 7",
  previous: "M15 5l-7 7 7 7",
  hidden: "M3 3l18 18M10 6.2A9 9 0 0 1 21 12a14 14 0 0 1-2 3M6.5 7.5A14 14 0 0 0 3 12c2 4 5.500 6 9 6a9 9 0 0 0 4-1",
  uncertain: "M9 9a3 3 0 1 1 4 3c-1 .6-1 1-1 2M12 18v.01",
  warning: "M12 4L2.500 20h19zM12 10v5M12 17.500v.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c1-5 4-7 8-7s7 2 8 7",
};

export const Icon = {
  props: { name: { type: String, required: true } },
  setup: (props) => ({ path: PATHS[props.name] }),
  template: `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path :d="path" /></svg>`,
};
