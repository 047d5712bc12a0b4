import { Problem } from "../problem.ts";
import { openSecrets } from "../secrets/open-secrets.ts";
import { Secret } from "../shell/secret.ts";

/** Every leaf as a secret. Keys are none. */
const sealed = (value: unknown): unknown => {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map(sealed);
  if (typeof value !== "object") return new Secret(String(value));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sealed(item)]));
};

/**
 * Reads a YAML or JSON file that is encrypted with age. All values in it come out as secrets.
 *
 * @param file as messages name it
 * @throws Problem, which never quotes the file, where it cannot be opened or is no YAML
 */
export const readSecretVars = async (bytes: Uint8Array, file: string): Promise<unknown> => {
  const { plain } = await openSecrets(bytes, file);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch {
    throw new Problem(`${file}: expected text in UTF-8 inside`);
  }
  const { parseYaml } = await import("./ansible/yaml-document.ts");
  return sealed(parseYaml(text, file, { secrets: true }));
};
