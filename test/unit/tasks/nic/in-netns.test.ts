import { describe, expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { inNetns, sameNetns } from "../../../../tasks/nic/in-netns.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "../on-this-machine.ts";

/** What is run where a host has some programs. */
const calls = (shell: (typeof shells)[number]["shell"], ...programs: readonly string[]) => {
  const bin = scratchFolder(onTestFinished);
  fakeProgram(bin, "sh", 'exec /bin/sh "$@"');
  for (const name of programs) fakeProgram(bin, name, `echo "${name} $*"; exit 0`);
  fakeProgram(bin, "ip", 'echo "ip $*"; exit 3');
  const script = sh`PATH=${bin}; ${inNetns}
in_netns 7 ping 'a b'; echo "$?"`;
  const { stdout } = runHere(script, shell);
  return stdout.replace(/weft-\d+/g, "weft-N").split("\n");
};

describe("a container's network namespace", () => {
  it.each(shells)("is entered by nsenter: $name", ({ shell }) => {
    expect(calls(shell, "nsenter")).toEqual(["nsenter -n -t 7 ping a b", "0", ""]);
  });

  it.each(shells)(
    "is entered by a link that goes again where there is none: $name",
    ({ shell }) => {
      expect(calls(shell, "mkdir", "ln", "rm")).toEqual([
        "mkdir -p /var/run/netns",
        "ln -sfn /proc/7/ns/net /var/run/netns/weft-N",
        "ip netns exec weft-N ping a b",
        "rm -f /var/run/netns/weft-N",
        "3",
        "",
      ]);
    },
  );

  it.each(shells)("is told from another process's: $name", ({ shell }) => {
    const tells = (one: string, other: string) =>
      runHere(
        sh`${sameNetns}
same_netns ${one} ${other}; echo "$?"`,
        shell,
      ).stdout.trim();
    expect(tells("self", String(process.pid))).toBe("0");
    expect(tells("none", "self")).toBe("1");
    expect(tells("self", "none")).toBe("1");
  });
});
