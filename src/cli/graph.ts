import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, inventoryOptions } from "./inventory-options.ts";

const builder = (yargs: Argv) =>
  connectionOptions(inventoryOptions(yargs))
    .option("output", {
      alias: "o",
      choices: ["auto", "html", "svg", "json"] as const,
      default: "auto" as const,
      describe: "A page, a picture or the data; auto: as --out ends, else html",
    })
    .option("out", {
      type: "string",
      requiresArg: true,
      describe: "The file to write  [default: standard output; to a terminal weft-graph.html]",
    })
    .option("ping", {
      type: "boolean",
      default: true,
      describe: "Ping between containers of different hosts; --no-ping only reads",
    })
    .example("weft graph", "Draw the lab's mesh as it is into weft-graph.html")
    .example("weft graph -i prod.ts --out mesh.svg", "As a picture");

/** What `weft graph` was asked for. */
export type GraphArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft graph`. */
export const graphCommand = {
  command: "graph",
  describe: "Draw the mesh as it is: hosts, tunnels, containers; red where it is not as declared",
  builder,
  handler: async (args: GraphArguments): Promise<void> =>
    (await import("./graph-verb.ts")).graphVerb(args),
};
