import { change, sh, task } from "weft";
import { scriptPath } from "./nic/script.ts";

interface OutsideOptions {
  /** Whether {@link declaredNetwork} has a gateway. */
  readonly gateway: boolean;
}

interface OutsideState {
  /** The host's scripts can be asked. */
  readonly ready: boolean;
  readonly faults: readonly string[];
}

/**
 * Containers with no other NIC reach the outside through NAT on their own host, and published ports lead to
 * them, as {@link declaredNetwork} has it: an address of the host on the bridge, default routes, and rules in
 * chains of weft's own. The host's agent keeps it so. Needs {@link nicTools}.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * outside({ gateway: true })
 * ```
 */
export const outside = ({ gateway }: OutsideOptions) =>
  task<OutsideState>({
    title: gateway ? "containers reach the outside" : "no gateway for containers",
    probe: {
      command: sh`
if ${scriptPath} outside check 2>/dev/null; then echo ready; fi
true`,
      parse: ({ stdout }) => ({
        ready: /^ready$/m.test(stdout),
        faults: [...stdout.matchAll(/^fault (.+)$/gm)].map(([, words = ""]) => words),
      }),
    },
    plan: ({ ready, faults }) => {
      if (!ready && !gateway) return [];
      return change(
        !ready || faults.length > 0,
        ready ? `mend: ${faults.join(", ")}` : "let containers reach the outside",
        sh`${scriptPath} outside apply`,
      );
    },
  });
