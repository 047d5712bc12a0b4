import type { RpmPackage } from "../rpm-package.ts";
import { unitScriptlets } from "../rpm-package.ts";

/** With policies and the nft backend, as releases from EL8 on have it. */
export const firewalld: RpmPackage = {
  name: "firewalld",
  versionOf: "firewalld",
  release: "1",
  summary: "A firewall daemon with D-Bus interface providing a dynamic firewall",
  debs: "firewalld",
  // Without polkit it asks whether the caller is root. polkit would need a user of its own.
  without: [
    "usr/bin/pk",
    "usr/lib/policykit-1",
    "usr/lib/polkit-1",
    "usr/lib/systemd/system/polkit.service",
    "usr/lib/sysusers.d/polkitd.conf",
    "usr/lib/tmpfiles.d/polkitd.conf",
    "usr/libexec/polkit-agent-helper-1",
    "usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service",
    "usr/share/polkit-1",
  ],
  requires: ["iptables", "python3", "systemd"],
  ...unitScriptlets("firewalld.service"),
};

/** EL7's: iptables alone, and none of the policies that came with firewalld 0.9. */
export const firewalldBeforePolicies: RpmPackage = {
  ...firewalld,
  version: "0.6.3",
  release: "13.el7",
  without: [...(firewalld.without ?? []), "usr/lib/firewalld/policies"],
  edits: {
    "etc/firewalld/firewalld.conf": [["FirewallBackend=nftables", "FirewallBackend=iptables"]],
  },
};
