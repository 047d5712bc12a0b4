import { setMaxListeners } from "node:events";

/** Aborts on the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export const interruptible = (): AbortController => {
  const controller = new AbortController();
  // Every host listens; Node would warn of a leak at the eleventh.
  setMaxListeners(0, controller.signal);
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error("interrupted"));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller;
};
