import { createHash } from "node:crypto";
import { baseFiles, baseScript } from "./base-files.ts";
import { baseEntries, basePackages, excludedPaths, suite } from "./base-packages.ts";
import { archiveFiles, imageTag } from "./container-image.ts";
import { debGroups, type RpmPackage } from "./rpm-package.ts";
import { baseEntriesSpec, specText } from "./rpm-spec.ts";
import { dhcpClient, dhcpServer } from "./rpms/dhcp.ts";
import { dockerPackages } from "./rpms/docker.ts";
import { iproute, iprouteWithoutNetns } from "./rpms/iproute.ts";
import { iptablesServices } from "./rpms/iptables-services.ts";
import { openvswitch } from "./rpms/openvswitch.ts";

/** The RPMs that a fresh host already has. */
export const installedPackages: readonly RpmPackage[] = [iprouteWithoutNetns];

/** The RPMs of the repository that every host's dnf knows. */
export const repositoryPackages: readonly RpmPackage[] = [
  iproute,
  openvswitch,
  ...dockerPackages,
  dhcpServer,
  dhcpClient,
  iptablesServices,
];

// Raise it where the code that follows the recipe changes what comes out.
const builderVersion = 1;

/** Names the image: whatever changes it changes the hash, and a host keeps the image that it began with. */
export const recipeHash = (): string => {
  const probe = { version: "0", stage: "/stage", fileList: "/files", noarch: false };
  const recipe = {
    builderVersion,
    suite,
    basePackages,
    excludedPaths,
    baseFiles,
    baseScript,
    debGroups,
    entries: baseEntriesSpec(baseEntries),
    installedPackages,
    repositoryPackages,
    specs: [...installedPackages, ...repositoryPackages].map((rpm) => specText(rpm, probe)),
    container: { imageTag, archiveFiles },
  };
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 12);
};
