import { type Change, sh } from "weft";
import { replaceFile } from "../file/replace-file.ts";
import { install } from "../package/install.ts";
import { enableService } from "../service.ts";
import { type Chain, emptyRules, planLive, withChain } from "./iptables.ts";

/** Where the iptables service keeps the rules that it loads at boot. */
export const rulesPath = "/etc/sysconfig/iptables";

/** A host whose rules are loaded at boot by the iptables service, or will be. */
export interface IptablesHost {
  readonly backend: "iptables";
  /** The iptables service of iptables-services, on EL6 of iptables itself. */
  readonly service: "absent" | "disabled" | "enabled";
  /** The service has loaded its file. */
  readonly active: boolean;
  readonly file: string | undefined;
  /** Lines of `iptables -S`; none where there is no iptables yet. */
  readonly live: readonly string[];
}

/**
 * The file first: the package keeps a file that it finds (`%config(noreplace)`) and its own, which
 * would shut the host but for SSH at the next boot, never comes into force. The service is enabled but
 * not started: starting it now would flush the rules of a running Docker. At boot it comes before Docker.
 */
export const planIptables = (
  chain: Chain,
  { service, active, file, live }: IptablesHost,
  description: string,
): readonly Change[] => {
  const text = withChain(chain, file);
  const wanted = chain.rules.length > 0;
  const writes: Change = {
    summary: `write chain ${chain.name} to ${rulesPath}`,
    command: replaceFile({
      path: rulesPath,
      text,
      mode: "600",
      check: (candidate) => sh`
if command -v iptables-restore >/dev/null 2>&1; then iptables-restore --test <${candidate}; fi`,
    }),
    diff: { subject: rulesPath, before: file ?? "", after: text },
  };
  // What is in a file that nobody loads comes into force with it: that must not go unsaid.
  const alsoLoads = service === "disabled" && !active && file !== undefined;
  // One that has nothing but what weft wrote is not the host's own.
  const remove: Change = {
    summary: `remove ${rulesPath}`,
    command: sh`rm -f ${rulesPath}`,
    diff: { subject: rulesPath, before: file ?? "", after: "" },
  };
  const write = text === emptyRules ? remove : writes;
  return [
    ...(text === file || (!wanted && file === undefined) ? [] : [!wanted ? write : writes]),
    ...(wanted && service === "absent"
      ? [{ summary: "install iptables-services", command: install(["iptables-services"]) }]
      : []),
    ...(wanted && service !== "enabled"
      ? [
          {
            summary: alsoLoads
              ? `enable iptables: all rules of ${rulesPath} come into force at the next boot`
              : "enable iptables",
            command: enableService("iptables"),
          },
        ]
      : []),
    ...planLive(chain, live, description),
  ];
};
