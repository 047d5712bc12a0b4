import { cleanLines } from "./clean-text.ts";

/** What one host printed. */
export interface HostOutput {
  readonly host: string;
  /** Standard output and error, as they are to be shown. */
  readonly output: string;
  readonly exitCode: number;
}

/** `lab-1,lab-2` where both gave the same. */
const heading = (hosts: readonly string[], exitCode: number): string => {
  const count = hosts.length > 1 ? ` (${hosts.length})` : "";
  const failed = exitCode === 0 ? "" : `  exit code ${exitCode}`;
  return `${hosts.join(",")}${count}${failed}`;
};

/**
 * Folds hosts that printed the same into one block, as `dshbak -c` does: 200 hosts that agree are
 * one block, and the one that differs stands out.
 */
export const foldedOutput = (outputs: readonly HostOutput[]): string => {
  const blocks = new Map<string, { hosts: string[]; output: string; exitCode: number }>();
  for (const { host, output, exitCode } of outputs) {
    const key = `${exitCode} ${output}`;
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, { hosts: [host], output, exitCode });
    else block.hosts.push(host);
  }
  return [...blocks.values()]
    .map(({ hosts, output, exitCode }) => {
      const lines = output.trimEnd() === "" ? [] : cleanLines(output.trimEnd());
      return [`${heading(hosts, exitCode)}`, ...lines.map((line) => `  ${line}`)].join("\n");
    })
    .join("\n\n");
};
