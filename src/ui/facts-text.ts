import type { Facts } from "../facts.ts";

const GIB = 1024 ** 3;

/** A host's facts as lines for people. */
export const factsText = (host: string, facts: Facts): string => {
  const rows: readonly (readonly [string, string])[] = [
    ["hostname", facts.hostname],
    ["system", `${facts.distribution} ${facts.version}`],
    ["kernel", `${facts.kernel} ${facts.architecture}`],
    ["virtualization", facts.virtualization],
    ["packages", facts.packageManager],
    ["services", facts.serviceManager],
    ["cpus", String(facts.cpus)],
    ["memory", `${(facts.memoryBytes / GIB).toFixed(1)} GiB`],
    ...facts.addresses.map(({ interface: name, address, prefix }, index) => {
      const text = `${address}/${prefix} ${name}`.trimEnd();
      return [index === 0 ? "addresses" : "", text] as const;
    }),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [host, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)].join("\n");
};
