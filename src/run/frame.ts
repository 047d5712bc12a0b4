import type { Task } from "../task.ts";
import { type FailedTask, type TaskItem, tasksOf } from "../task-list.ts";

/** A list of items that a host is in, and where. */
export interface Frame {
  readonly items: readonly TaskItem[];
  at: number;
  /** What the host goes on with after these. */
  readonly parent?: Frame;
  /** What makes up for a failure in here; `undefined` where nothing does. */
  rescue?(failed: FailedTask): readonly TaskItem[] | undefined;
  /** True where these make up for a failure, or clean up: they run to their end though the play is over. */
  readonly cleanup: boolean;
  /** Comes after the items, whatever becomes of them. */
  readonly always: readonly TaskItem[];
}

/** A list that a host is about to go through. */
export const frameOf = (items: readonly TaskItem[], around: Partial<Frame> = {}): Frame => ({
  items,
  at: 0,
  cleanup: false,
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
export const isRescued = ({ rescue, parent }: Frame, failed: FailedTask): boolean =>
  rescue?.(failed) !== undefined || (parent !== undefined && isRescued(parent, failed));

/** Whether the host is in something that runs to its end though the play is over. */
export const isCleanup = ({ cleanup, parent }: Frame): boolean =>
  cleanup || (parent !== undefined && isCleanup(parent));
