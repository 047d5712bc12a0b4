import { task } from "weft";
import { type ObservedHost, observe } from "../network/observe.ts";

/** What the host has of bridges, tunnels and containers. */
export const networkState = (bridge: string) =>
  task<ObservedHost>({
    title: "bridges, tunnels and containers",
    probe: observe(bridge),
    plan: () => [],
  });
