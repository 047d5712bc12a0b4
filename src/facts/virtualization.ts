/** What a machine's firmware says, and what that makes it. Source: src/basic/virt.c of systemd. */
const FIRMWARE: readonly (readonly [RegExp, string])[] = [
  [/kvm|openstack|red ?hat|google compute|amazon ec2|digitalocean/i, "kvm"],
  [/qemu|bochs/i, "qemu"],
  [/vmware/i, "vmware"],
  [/innotek|virtualbox/i, "oracle"],
  [/xen/i, "xen"],
  [/microsoft.*virtual machine/i, "microsoft"],
  [/parallels/i, "parallels"],
  [/bhyve/i, "bhyve"],
];

/**
 * What the host runs in, from what it told: systemd's own answer, the mark of a container, or the
 * names in its firmware.
 */
export const virtualizationOf = (told: ReadonlyMap<string, string>): string => {
  const known = told.get("virt");
  if (known) return known;
  const firmware = `${told.get("sys_vendor") ?? ""} ${told.get("product_name") ?? ""}`;
  const found = FIRMWARE.find(([pattern]) => pattern.test(firmware))?.[1];
  return found ?? (told.get("hypervisor") === "yes" ? "vm-other" : "none");
};
