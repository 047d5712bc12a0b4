import { createHash } from "node:crypto";
import { baseFiles, baseScript } from "./base-files.ts";
import { baseEntries, basePackages, excludedPaths, suite } from "./base-packages.ts";
import { archiveFiles, imageTag } from "./container-image.ts";
import { personas } from "./personas.ts";
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
const builderVersion = 2;
const personaVersion = 1;

const hashOf = (recipe: object): string =>
  createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 12);

const specsOf = (packages: readonly RpmPackage[]): readonly string[] => {
  const place = { version: "0", stage: "/stage", fileList: "/files", noarch: false };
  return packages.map((rpm) => specText(rpm, place));
};

/** Names the image: whatever changes it changes the hash, and a host keeps the image that it began with. */
export const recipeHash = (): string => {
  const recipe = {
    builderVersion,
    suite,
    basePackages,
    excludedPaths,
    baseFiles,
    baseScript,
    debGroups,
    entries: baseEntriesSpec(baseEntries, "el9"),
    installedPackages,
    repositoryPackages,
    specs: specsOf([...installedPackages, ...repositoryPackages]),
    container: { imageTag, archiveFiles },
  };
  return hashOf(recipe);
};

/** Names the layer of a release, on the base image that it was made for. */
export const personaHash = (name: keyof typeof personas): string => {
  const persona = personas[name];
  return hashOf({
    base: recipeHash(),
    personaVersion,
    persona,
    specs: specsOf([...persona.installed, ...persona.offered]),
    entries: baseEntriesSpec(persona.entries, persona.dist),
  });
};
