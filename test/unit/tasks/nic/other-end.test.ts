import { expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { otherEnd } from "../../../../tasks/nic/script.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "../on-this-machine.ts";

// The loopback device has its own number, 1, for both, as a veth of an old kernel has.
const tells = (shell: (typeof shells)[number]["shell"], shown: string, veth = "lo") => {
  const bin = scratchFolder(onTestFinished);
  fakeProgram(bin, "ethtool", "echo 'NIC statistics:'; echo '     peer_ifindex: 7'");
  fakeProgram(bin, "functions", otherEnd);
  const { stdout } = runHere(
    sh`PATH=${bin}:$PATH; . ${`${bin}/functions`}; nic=eth0; veth=${veth}; other_end ${shown}; echo "$?"`,
    shell,
  );
  return stdout.trim();
};

it.each(shells)("a NIC is known as the other end of its veth: $name", ({ shell }) => {
  expect(tells(shell, "7: eth0: <BROADCAST,UP> mtu 1450")).toBe("0");
  expect(tells(shell, "8: eth0: <BROADCAST,UP> mtu 1450")).toBe("1");
  expect(tells(shell, "1: eth0@if1: <BROADCAST,UP> mtu 1450")).toBe("0");
  expect(tells(shell, "7: eth0@if9: <BROADCAST,UP> mtu 1450")).toBe("1");
  expect(tells(shell, "")).toBe("1");
  expect(tells(shell, "1: eth0@if1: <BROADCAST,UP> mtu 1450", "none")).toBe("1");
});
