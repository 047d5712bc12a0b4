import type { Renderer } from "../ui/renderer.ts";

/** Several consumers of a run's events as one: each gets every event, and all are closed, in order. */
export const fanOut = (consumers: readonly Renderer[]): Renderer => ({
  emit: (event) => {
    for (const { emit } of consumers) emit(event);
  },
  close: async () => {
    const [first, ...rest] = consumers;
    try {
      await first?.close();
    } finally {
      // One that cannot be closed, because its disk is full, does not keep the others from it.
      if (rest.length > 0) await fanOut(rest).close();
    }
  },
});
