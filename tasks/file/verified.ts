import { type Command, sh } from "weft";

/** Tests a file's SHA-256: what came in part or was tampered with must not be put in place. */
export const verified = (sha256: string): ((candidate: string) => Command) => {
  return (candidate) => sh`
case $(sha256sum <${candidate}) in
  ${sha256}' '*) ;;
  *) echo ${`what arrived does not have the SHA-256 ${sha256}`} >&2; false ;;
esac`;
};
