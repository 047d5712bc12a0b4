import type { PlayControl } from "../playbook.ts";
import { Problem } from "../problem.ts";

const sizeOf = (size: number | string, hosts: number): number => {
  const number = typeof size === "number" ? size : (Number.parseFloat(size) / 100) * hosts;
  if (!(number > 0))
    throw new Problem(`serial: expected a number above 0, or a percentage, got ${size}`);
  // A percentage of few hosts is still one of them.
  return Math.max(1, Math.floor(number));
};

/**
 * Splits the hosts of a play into those that go through it together.
 * Source: Ansible playbook guide, "Setting the batch size with serial".
 */
export const batches = <Host>(
  hosts: readonly Host[],
  serial: PlayControl["serial"],
): readonly (readonly Host[])[] => {
  if (serial === undefined) return [hosts];
  const sizes = (typeof serial === "object" ? serial : [serial]).map((size) =>
    sizeOf(size, hosts.length),
  );
  const result: (readonly Host[])[] = [];
  for (let start = 0; start < hosts.length; ) {
    const size = sizes[Math.min(result.length, sizes.length - 1)] ?? hosts.length;
    result.push(hosts.slice(start, start + size));
    start += size;
  }
  return result;
};
