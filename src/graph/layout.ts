import {
  layout as dagreLayout,
  type EdgeLabel,
  Graph,
  type GraphLabel,
  type NodeLabel,
} from "@dagrejs/dagre";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A point, in pixels from the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where something is drawn. */
export interface Placed extends Size, Point {}

interface LayoutInput {
  /** In the order in which they are to be read. */
  readonly boxes: readonly Size[];
  /** The network that all of them are on. */
  readonly fabric: Size;
}

/** Where everything is, in pixels. */
export interface Layout extends Size {
  readonly fabric: Placed;
  readonly boxes: readonly Placed[];
  /** Where each box is joined to the network: below it, or at the junction above the box's row. */
  readonly hubs: readonly Point[];
  /** From the network to the first junction and from there to the next, bent where a row's gap begins. */
  readonly trunks: readonly (readonly [from: Point, bend: Point, to: Point])[];
  /** The rows' lower edges, by box: what runs below a row runs there. */
  readonly rowBottoms: readonly number[];
}

/** Wider than high, as screens and pages are. */
const ASPECT = 1.7;
/** So many boxes are one row, whatever its shape is. */
const FEW = 4;
const BOX_GAP = 28;
const ROW_GAP = 96;

/** How many boxes a row has, so that the whole comes nearest to the shape of a screen. */
const columnsFor = (boxes: readonly Size[]): number => {
  if (boxes.length <= FEW) return boxes.length;
  const width = Math.max(...boxes.map((box) => box.width)) + BOX_GAP;
  const height = Math.max(...boxes.map((box) => box.height)) + ROW_GAP;
  const shape = (columns: number): number =>
    Math.abs(Math.log((columns * width) / (Math.ceil(boxes.length / columns) * height) / ASPECT));
  // Even, so that the trunk goes on straight through the middle.
  const even = boxes
    .map((_, index) => 2 * (index + 1))
    .filter((columns) => columns <= boxes.length);
  return even.reduce((best, columns) => (shape(columns) < shape(best) ? columns : best), 2);
};

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  items.length <= size ? [items] : [items.slice(0, size), ...chunks(items.slice(size), size)];

const fabricName = "fabric";
const boxName = (index: number): string => `box ${index}`;
const junctionName = (row: number): string => (row === 0 ? fabricName : `junction ${row}`);

/**
 * Places a network on top and its members in rows below, joined by a trunk with a junction above each row:
 * what a layered layout gives for a tree of that shape. Pure.
 */
export const layout = ({ boxes, fabric }: LayoutInput): Layout => {
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>();
  graph.setGraph({
    rankdir: "TB",
    rankalign: "top",
    nodesep: BOX_GAP,
    edgesep: BOX_GAP,
    // A row and the way to it are two ranks apart.
    ranksep: ROW_GAP / 2,
    marginx: 0,
    marginy: 0,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const widest = Math.max(...boxes.map((box) => box.width));
  graph.setNode(fabricName, { ...fabric });
  const rows = chunks(
    boxes.map((_, index) => index),
    columnsFor(boxes),
  );
  rows.forEach((row, at) => {
    const isLast = at === rows.length - 1;
    row.forEach((index, place) => {
      // The trunk goes on through the middle of the row.
      if (!isLast && place === Math.floor(row.length / 2)) {
        graph.setNode(junctionName(at + 1), { width: 1, height: 1 });
        graph.setEdge(junctionName(at), junctionName(at + 1), { minlen: 2, weight: 8 });
      }
      graph.setNode(boxName(index), { width: widest, height: boxes[index]?.height ?? 0 });
      graph.setEdge(junctionName(at), boxName(index), { weight: 1 });
    });
  });
  dagreLayout(graph);
  const placed = (name: string): Placed => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(name);
    return { x: x - width / 2, y: y - height / 2, width, height };
  };
  const { width = 0, height = 0 } = graph.graph();
  // dagre orders a row as it likes; boxes are of one width, so that each can take another's place.
  const places = rows
    .flatMap((row) =>
      row.map((index) => placed(boxName(index))).sort((one, other) => one.x - other.x),
    )
    .map((place, index) => ({ ...place, height: boxes[index]?.height ?? 0 }));
  const bottoms = rows.map((row) =>
    Math.max(...row.map((index) => (places[index]?.y ?? 0) + (places[index]?.height ?? 0))),
  );
  const rowOf = boxes.map((_, index) => rows.findIndex((row) => row.includes(index)));
  const hub = (row: number): Point => {
    const { x, y, width: wide, height: high } = placed(junctionName(row));
    return { x: x + wide / 2, y: y + high };
  };
  return {
    width,
    height,
    fabric: placed(fabricName),
    boxes: places,
    hubs: rowOf.map(hub),
    trunks: rows.slice(1).map((_, at) => {
      const to = hub(at + 1);
      return [hub(at), { x: to.x, y: places[rows[at]?.[0] ?? 0]?.y ?? 0 }, to];
    }),
    rowBottoms: rowOf.map((row) => bottoms[row] ?? 0),
  };
};
