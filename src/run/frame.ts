import type { Task } from "../task.ts";
import { type TaskItem, tasksOf } from "../task-list.ts";

/** A list of items that a host is in, and where. */
export interface Frame {
  readonly items: readonly TaskItem[];
  at: number;
  /** What the host goes on with after these. */
  readonly parent?: Frame;
  /** True where a failure in here leads to a rescue. */
  readonly rescued: boolean;
  /** Comes after the items, whatever becomes of them. */
  readonly always: readonly TaskItem[];
}

/** A list that a host is about to go through. */
export const frameOf = (items: readonly TaskItem[], around: Partial<Frame> = {}): Frame => ({
  items,
  at: 0,
  rescued: false,
  always: [],
  ...around,
});

/** The tasks after the one that the host is at, as far as they are known. */
export const upcoming = (
  frame: Frame,
  { always }: { readonly always: boolean },
): readonly Task[] => {
  const here = [...frame.items.slice(frame.at + 1), ...(always ? frame.always : [])];
  return [
    ...tasksOf(here, { rescues: false }),
    ...(frame.parent === undefined ? [] : upcoming(frame.parent, { always })),
  ];
};

/** Whether a failure here leads to a rescue. */
export const isRescued = ({ rescued, parent }: Frame): boolean =>
  rescued || (parent !== undefined && isRescued(parent));
