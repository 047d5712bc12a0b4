import type { HostAddress } from "./address-plan.ts";
import { cgroupProcesses, findInit } from "./cgroup.ts";

/** The process that a host lives and dies with, its init or its emulator; undefined where it is off. */
export const findHostProcess = async (
  tag: string,
  { name, backend }: Pick<HostAddress, "name" | "backend">,
): Promise<number | undefined> => {
  if (backend === "nspawn") return findInit(tag, name);
  const [emulator] = await cgroupProcesses(`${tag}/${name}`);
  return emulator;
};
