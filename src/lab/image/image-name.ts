/** The releases that a host of the lab can look like. */
export const imageNames = ["el6", "el7", "el9", "el10"] as const;

/** Names what a host's disk begins with. */
export type ImageName = (typeof imageNames)[number];

/** The base image; the others are thin layers on it. */
export const baseImage = "el9" satisfies ImageName;

/** Kinds of SSH keys, as ssh-keygen(1) names them. */
export type SshKeyType = "ed25519" | "rsa";

/** The kind of key that a host has, and takes of its clients: EL6's OpenSSH 5.3 knows no other than RSA. */
export const sshKeyType = (image: ImageName): SshKeyType => (image === "el6" ? "rsa" : "ed25519");

/** True for a name that the lab has an image for. */
export const isImageName = (name: string): name is ImageName =>
  (imageNames as readonly string[]).includes(name);
