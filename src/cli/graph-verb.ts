import { extname } from "node:path";
import * as z from "zod";
import {
  type DhcpVars,
  type MeshVars,
  contract as meshContract,
} from "../../inventory/contract.ts";
import { observe } from "../../tasks/network/observe.ts";
import { askPairs, pairsToOtherHosts } from "../../tasks/verify/ask.ts";
import { boxesOf } from "../../tasks/verify/boxes.ts";
import { parsePings, ping } from "../../tasks/verify-pings.ts";
import { compare, faultsOf, type HostReport } from "../graph/compare.ts";
import { drawSvg } from "../graph/draw.ts";
import type { NetworkGraph } from "../graph/model.ts";
import { drawPage } from "../graph/page/page.ts";
import { summary } from "../graph/summary.ts";
import type { Peer } from "../inventory/contract.ts";
import type { Inventory } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import { onHosts } from "../run/on-hosts.ts";
import type { Command } from "../shell/command.ts";
import type { Session } from "../ssh/transport.ts";
import { atomicWrite } from "./atomic-write.ts";
import { exitCodeOfOutcomes } from "./exit-codes.ts";
import type { GraphArguments } from "./graph.ts";
import { interruptible } from "./interrupt.ts";
import { openHosts } from "./open-hosts.ts";
import { reportOutcomes } from "./report-outcomes.ts";

const READ_TIMEOUT_MS = 60_000;
const PING_TIMEOUT_MS = 120_000;

type Format = Exclude<GraphArguments["output"], "auto">;

const formatOf = ({ output, out }: GraphArguments): Format => {
  if (output !== "auto") return output;
  const ending = extname(out ?? "").toLowerCase();
  return ending === ".svg" ? "svg" : ending === ".json" ? "json" : "html";
};

const drawings: Record<Format, (graph: NetworkGraph) => string> = {
  html: drawPage,
  svg: (graph) => drawSvg(graph).markup,
  json: (graph) => `${JSON.stringify(graph, undefined, 2)}\n`,
};

/** Members of a group, with variables such as this project's own contract has; an inventory may have another. */
const members = <Schema extends z.ZodType>(
  inventory: Inventory,
  group: string,
  schema: Schema,
): readonly Peer<z.output<Schema>>[] =>
  (inventory.groups.get(group) ?? []).map(({ name, vars }) => {
    const parsed = schema.safeParse(vars);
    if (parsed.success) return { name, vars: parsed.data };
    throw new Problem(`${inventory.file}: ${name}: ${group}: ${z.prettifyError(parsed.error)}`, {
      hint: "weft graph draws the mesh of playbooks/mesh.ts: it needs that playbook's variables.",
    });
  });

const ask = async (session: Session, command: Command, timeoutMs: number, signal: AbortSignal) => {
  const [result] = await session.run([{ command, timeoutMs }], { signal });
  if (result === undefined) throw new Error("the command was skipped");
  return result;
};

const write = (text: string, format: Format, out: string | undefined): void => {
  const file =
    out ?? (process.stdout.isTTY && format !== "json" ? `weft-graph.${format}` : undefined);
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    atomicWrite(file, text);
  } catch (cause) {
    throw new Problem(`${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
  process.stderr.write(`${file} written\n`);
};

/**
 * Asks the hosts of the mesh what is there, compares that with the inventory, draws it and sets the
 * process's exit code: 2 where something is not as declared, 4 where a host is unreachable.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const graphVerb = async (args: GraphArguments): Promise<void> => {
  const { hosts, inventory, transport } = await openHosts(args, {
    pattern: "mesh",
    contract: meshContract,
  });
  const mesh: readonly Peer<MeshVars>[] = members(inventory, "mesh", meshContract.groups.mesh);
  const dhcp: readonly Peer<DhcpVars>[] = members(inventory, "dhcp", meshContract.groups.dhcp);
  const asked = hosts.map(({ name }) => name);
  const boxes = boxesOf(mesh.filter(({ name }) => asked.includes(name)));
  const range = dhcp[0]?.vars.range;
  const { signal } = interruptible();
  const outcomes = await onHosts(
    hosts,
    { transport, forks: args.forks, signal },
    async (session, { name }): Promise<HostReport> => {
      const bridge = mesh.find((host) => host.name === name)?.vars.bridge ?? "";
      const { command: look, parse } = observe(bridge);
      const network = parse(await ask(session, look, READ_TIMEOUT_MS, signal));
      const pairs = args.ping ? pairsToOtherHosts(boxes, name) : [];
      if (pairs.length === 0) return { network, pings: undefined };
      const command = askPairs({ pairs, range, sweep: false, each: ping });
      const { stdout } = await ask(session, command, PING_TIMEOUT_MS, signal);
      return { network, pings: parsePings(stdout) };
    },
  );
  const reports = new Map<string, HostReport>();
  const silent = new Map<string, string>();
  for (const [host, outcome] of outcomes) {
    if (outcome.kind === "done") reports.set(host, outcome.value);
    else silent.set(host, outcome.failure.message);
  }
  const at = new Date().toISOString();
  const graph = compare({ at, mesh, dhcp, asked, reports, silent });
  reportOutcomes(outcomes, inventory.hint);
  const faults = faultsOf(graph);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.stderr.write(`${summary(graph)}\n`);
  const format = formatOf(args);
  write(drawings[format](graph), format, args.out);
  process.exitCode = exitCodeOfOutcomes(outcomes, {
    interrupted: signal.aborted,
    failed: faults.length > 0,
  });
};
