import type { TextFile } from "./rpm-package.ts";

/** The name under which `docker load` knows the lab's container image. */
export const imageTag = "weft/busybox:1";

// Sets the address only: a container on two bridges keeps the default route that Docker gave it.
const udhcpcScript = `#!/bin/sh
case $1 in
  bound|renew)
    ip address flush dev "$interface"
    ip address add "$ip/\${mask:-24}" dev "$interface" ;;
  deconfig) ip link set "$interface" up ;;
esac
`;

/** The files of the container image besides busybox itself. */
export const archiveFiles: Readonly<Record<string, TextFile>> = {
  "etc/passwd": {
    text: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
  },
  "etc/group": { text: "root:x:0:\nnogroup:x:65534:\n" },
  "etc/hostname": { text: "busybox\n" },
  "usr/share/udhcpc/default.script": { text: udhcpcScript, mode: 0o755 },
};

/** The configuration of an image with one layer, as `docker save` writes it. */
export const imageConfig = (layerSha256: string, architecture: string): string =>
  JSON.stringify({
    architecture,
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      Cmd: ["sh"],
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerSha256}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "weft lab: busybox-static" }],
  });

/**
 * The manifest of a `docker save` archive.
 * @see https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format
 */
export const imageManifest = (configFile: string, layerFile: string): string =>
  JSON.stringify([{ Config: configFile, RepoTags: [imageTag], Layers: [layerFile] }]);
