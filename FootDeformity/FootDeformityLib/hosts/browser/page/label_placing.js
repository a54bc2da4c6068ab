// Where the angle values stand: near their angle, off the points and off each other.

const SIDES = 16;
const WIDTH = 7.6; // of a letter at 14 px
const HEIGHT = 18;

const overlap = (a, b) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

const around = ([x, y], width, height) => ({
  left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2,
});

/**
 * Return {x, y, leader} for each label, in order. labels: [{text, anchor, outward}] and marks: boxes to keep free, all in
 * picture pixels; unit: picture pixels a CSS pixel; size: [width, height] of the picture.
 */
export function placeLabels(labels, marks, unit, size) {
  const taken = [...marks];
  return labels.map(({ text, anchor, outward }) => {
    const [width, height] = [text.length * WIDTH * unit, HEIGHT * unit];
    const first = Math.hypot(...outward) > 0 ? Math.atan2(outward[1], outward[0]) : -Math.PI / 2;
    let best = null;
    for (let ring = 0; ring < 6; ring += 1) {
      for (let side = 0; side < SIDES; side += 1) {
        // outward first, then to both sides in turn
        const turn = ((side % 2 ? 1 : -1) * Math.ceil(side / 2) * 2 * Math.PI) / SIDES;
        const away = (22 + 18 * ring) * unit;
        const at = [
          anchor[0] + Math.cos(first + turn) * (away + width * 0.3),
          anchor[1] + Math.sin(first + turn) * away,
        ];
        const box = around(at, width, height);
        const outside = box.left < 0 || box.top < 0 || box.right > size[0] || box.bottom > size[1];
        const cost = taken.reduce((sum, other) => sum + overlap(box, other), 0) +
          (outside ? width * height : 0) + (ring + side / SIDES) * 12 * unit * unit;
        if (!best || cost < best.cost) best = { cost, at, box, ring };
      }
    }
    taken.push(best.box);
    return { x: best.at[0], y: best.at[1], leader: best.ring > 0 };
  });
}

export { around };
