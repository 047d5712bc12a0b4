import { type Command, type CommandResult, sh, TaskError } from "weft";
import { readSection, section } from "../file/section.ts";
import { askRelease } from "../package/release.ts";
import { directPath, type FirewalldDirectHost } from "./firewalld-direct.ts";
import { type FirewalldPolicyHost, firewalldPaths } from "./firewalld-policy.ts";
import { type IptablesHost, rulesPath } from "./iptables-service.ts";
import { type NftHost, nftPaths, tableOf } from "./nft.ts";

/** A host with nothing to filter packets with. */
interface OpenHost {
  readonly backend: "none";
}

/** What manages the host's firewall, and what it holds of weft. */
export type FirewallHost =
  | IptablesHost
  | FirewalldDirectHost
  | FirewalldPolicyHost
  | NftHost
  | OpenHost;

/**
 * Asks for everything that {@link parseFirewall} may need. firewall-cmd, which takes half a second, and
 * nft run only where there are files of weft for them.
 */
export const askFirewall = (name: string, chain: string): Command => {
  const firewalld = firewalldPaths(name);
  const nft = nftPaths(name);
  return sh`
if [ -d /run/systemd/system ]; then
  systemctl show --property=Id,LoadState,ActiveState,UnitFileState \
    firewalld.service iptables.service nftables.service ${`weft-firewall-${name}.service`}
elif [ -e /etc/init.d/iptables ]; then
  if chkconfig iptables; then echo sysv=enabled; else echo sysv=disabled; fi
fi
if command -v dnf >/dev/null 2>&1 || command -v yum >/dev/null 2>&1; then
  # From EL10 on nft takes the place of iptables and its service.
  case $(${askRelease}) in ''|[6-9]) echo has=iptables-services ;; esac
fi
if command -v nft >/dev/null 2>&1; then echo has=nft; fi
if [ -d /usr/lib/firewalld/policies ]; then echo has=policies; fi
${readSection("iptables", rulesPath)}
if command -v iptables >/dev/null 2>&1; then
  iptables -S INPUT && iptables -S ${chain} 2>/dev/null
  if [ -d /etc/firewalld ]; then iptables -S INPUT_direct 2>/dev/null; fi
fi
${readSection("direct", directPath)}
if [ -e ${firewalld.policy} ]; then
  ${readSection("policy", firewalld.policy)}
  firewall-cmd ${`--info-policy=weft-${name}`} 2>/dev/null | sed -n 's/^[[:space:]]*\(rule \)/firewalld|\1/p'
fi
if [ -e ${firewalld.zone} ]; then
  ${readSection("zone", firewalld.zone)}
  firewall-cmd ${`--info-zone=weft-${name}`} 2>/dev/null | sed -n 's/^ *\(ports\|interfaces\): /firewalld|\1: /p'
fi
if [ -e ${nft.rules} ]; then
  ${readSection("rules", nft.rules)}
  ${readSection("unit", nft.unit)}
  nft list table inet ${tableOf(name)} 2>/dev/null | sed -n 's/^[[:space:]]*\(.*[ut][dc]p dport\)/nft|\1/p'
fi
true`;
};

/**
 * Whether rules of weft's own nft table are left from before something else came to manage the firewall: they
 * would go on dropping packets that its rules let in.
 */
export const hasOldTable = ({ backend }: FirewallHost, result: CommandResult): boolean =>
  backend !== "nft" && section("rules", result) !== undefined;

/** Blocks of `systemctl show`, by unit. */
const unitsOf = (stdout: string) => {
  const units = new Map<string, { active: boolean; loaded: boolean; enabled: boolean }>();
  for (const block of stdout.split("\n\n")) {
    const value = new Map(
      block.split("\n").map((line) => line.split("=", 2) as [string, string | undefined]),
    );
    units.set(value.get("Id") ?? "", {
      active: value.get("ActiveState") === "active",
      loaded: value.get("LoadState") === "loaded",
      enabled: value.get("UnitFileState") === "enabled",
    });
  }
  return (name: string) =>
    units.get(`${name}.service`) ?? { active: false, loaded: false, enabled: false };
};

const linesOf = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : text.trimEnd().split("\n");

const firewalldLive = (text: string | undefined): readonly string[] =>
  linesOf(text)
    .flatMap((line) => {
      const list = /^(?:ports|interfaces): (.*)$/.exec(line)?.[1];
      return list === undefined ? [line.trim()] : list.split(" ").filter((word) => word !== "");
    })
    .sort();

/**
 * Tells what manages the host's firewall: firewalld where it runs, the iptables service where it is in
 * force or can be installed, nft otherwise.
 *
 * @throws TaskError where iptables does not answer.
 */
export const parseFirewall = (name: string, result: CommandResult): FirewallHost => {
  const { stdout, stderr } = result;
  const unit = unitsOf(stdout);
  const has = (what: string): boolean => new RegExp(`^has=${what}$`, "m").test(stdout);
  const live = stdout.split("\n").filter((line) => /^-[ANP] /.test(line));
  if (unit("firewalld").active && has("policies")) {
    return {
      backend: "firewalld",
      policy: section("policy", result),
      zone: section("zone", result),
      live: firewalldLive(section("firewalld", result)),
    };
  }
  if (unit("firewalld").active) {
    return { backend: "firewalld-direct", file: section("direct", result), live };
  }
  const iptables = unit("iptables");
  const nftables = unit("nftables");
  const sysv = /^sysv=(enabled|disabled)$/m.exec(stdout)?.[1];
  const inForce = iptables.active || iptables.enabled;
  const managesNft = nftables.active || nftables.enabled;
  if (sysv !== undefined || inForce || (has("iptables-services") && !managesNft)) {
    if (live.length === 0 && stderr.includes("iptables")) {
      throw new TaskError(`iptables does not answer: ${stderr.trim()}`);
    }
    const known = sysv !== undefined || iptables.loaded;
    const enabled = sysv === "enabled" || iptables.enabled;
    return {
      backend: "iptables",
      service: known ? (enabled ? "enabled" : "disabled") : "absent",
      active: iptables.active,
      file: section("iptables", result),
      live,
    };
  }
  if (has("nft")) {
    return {
      backend: "nft",
      rules: section("rules", result),
      unit: section("unit", result),
      enabled: unit(`weft-firewall-${name}`).enabled,
      live: linesOf(section("nft", result)),
    };
  }
  return { backend: "none" };
};
