import { type Command, sh, TaskError } from "weft";

/** Where packets are switched: in the kernel, or in ovs-vswitchd. */
export type Datapath = "system" | "netdev";

/**
 * Asks which datapath a bridge is to have: with "auto" the kernel's where its module is loaded, built in
 * or can be loaded, else the userspace one.
 */
export const askDatapath = (datapath: Datapath | "auto"): Command =>
  datapath === "auto"
    ? sh`
if [ -d /sys/module/openvswitch ] || modprobe -n -q openvswitch 2>/dev/null; then
  datapath=system
else
  datapath=netdev
fi
echo "datapath=$datapath"`
    : sh`datapath=${datapath}; echo "datapath=$datapath"`;

/** Reads the answer of {@link askDatapath}. @throws TaskError where there is none. */
export const parseDatapath = (stdout: string): Datapath => {
  const answer = /^datapath=(system|netdev)$/m.exec(stdout)?.[1];
  if (answer === undefined) throw new TaskError("the host does not tell its datapath");
  return answer === "system" ? "system" : "netdev";
};
