import type { ArgumentsCamelCase, Argv } from "yargs";
import { Problem } from "../problem.ts";
import { knownSecrets } from "../shell/secret-register.ts";
import { didYouMean } from "../suggest.ts";
import { inventoryOptions } from "./inventory-options.ts";

const builder = (yargs: Argv) =>
  inventoryOptions(yargs)
    .option("list", { type: "boolean", describe: "Everything, as Ansible's inventory scripts do" })
    .option("graph", { type: "boolean", describe: "The tree of groups and hosts" })
    .option("host", {
      type: "string",
      requiresArg: true,
      describe: "One host's variables, and how it is reached",
    })
    .option("show-secrets", {
      type: "boolean",
      default: false,
      describe: "Print passwords instead of asterisks",
    })
    .example("weft inventory -i hosts.ini --graph", "Draw the groups of an Ansible inventory")
    .example("weft inventory --host lab-1", "What weft knows of one host of the lab");

type InventoryVerbArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

const print = (value: unknown, shown = (item: unknown): unknown => item): void => {
  process.stdout.write(`${JSON.stringify(value, (_key, item: unknown) => shown(item), 4)}\n`);
};

const show = async (args: InventoryVerbArguments): Promise<void> => {
  const forms = [args.list, args.graph, args.host !== undefined].filter(Boolean).length;
  if (forms !== 1) throw new Problem("say one of --list, --graph and --host HOST");
  const [
    { checkInventories, contractOf, readInventories },
    { graphInventory, listInventory, listedVars, masked },
  ] = await Promise.all([import("./open-inventory.ts"), import("../inventory/listing.ts")]);
  const { limitHosts } = await import("./limit-hosts.ts");
  const given = await readInventories(args, { asAnsible: true });
  const { loaded, sources } = given;
  if (loaded === undefined) throw new Error("the inventories were not read");
  const definitions = sources.flatMap((source) =>
    source.kind === "typed" ? [source.definition] : [],
  );
  const contract = contractOf(given);
  const inventory = checkInventories(given, contract);
  const listing = {
    groups: loaded.model.groups,
    layer: loaded.layer,
    inventory,
    hosts: limitHosts(args.limit, inventory),
    typedGroups: Object.keys(contract.groups),
    typedHosts: new Set(definitions.flatMap(({ hosts }) => Object.keys(hosts))),
    showSecrets: args.showSecrets,
  };
  if (args.list) print(listInventory(listing));
  else if (args.graph) process.stdout.write(`${graphInventory(listing)}\n`);
  else {
    const names = inventory.hosts.map(({ name }) => name);
    const host = inventory.hosts.find(({ name }) => name === args.host);
    if (host === undefined) {
      const wanted = String(args.host);
      throw new Problem(`${inventory.file} has no host "${wanted}".${didYouMean(wanted, names)}`);
    }
    for (const refusal of host.refusals ?? []) {
      process.stderr.write(`warning: ${knownSecrets.mask(refusal)}\n`);
    }
    const { resolvedConnection } = await import("./resolved-connection.ts");
    const connection = resolvedConnection(host, inventory);
    const vars = listedVars(listing, host.name);
    print({ vars, connection }, args.showSecrets ? undefined : masked);
  }
};

/** `weft inventory --list | --graph | --host HOST`. */
export const inventoryCommand = {
  command: "inventory",
  describe: "Show the hosts, groups and variables of inventories",
  builder,
  handler: show,
};
