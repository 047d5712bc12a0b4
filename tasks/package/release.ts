import { type Command, sh } from "weft";

/** Prints the number of the host's release, such as 9; nothing on EL6, which has no os-release. */
export const askRelease: Command = sh`sed -n 's/^VERSION_ID="*\([0-9]*\).*/\1/p' /etc/os-release 2>/dev/null`;
