import { accessSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { Problem } from "../../problem.ts";
import { hostNames } from "./host-names.ts";
import { readIni } from "./ini.ts";
import type { InventoryModel } from "./model.ts";
import { refuseVaultFile } from "./vault.ts";

const YAML_EXTENSIONS = [".yml", ".yaml", ".json"];

/** What a folder of inventories may hold besides them. Source: INVENTORY_IGNORE_EXTS of ansible/config/base.yml. */
const IGNORED =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|~$|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry)$|\.[cm]?[jt]s$/;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** A script names its interpreter; a compiled program has zero bytes at its beginning. */
const isProgram = (bytes: Buffer): boolean =>
  bytes.subarray(0, 2).toString("latin1") === "#!" || bytes.subarray(0, 512).includes(0);

/** Without an extension, the first line tells YAML or JSON from INI. */
const looksLikeYaml = (text: string): boolean => {
  const first = text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#"));
  return first !== undefined && /^(?:---|%YAML|\{|[^\s[;=]+\s*:(?:\s|$))/.test(first);
};

const readFolder = async (path: string, file: string, model: InventoryModel): Promise<number> => {
  let count = 0;
  for (const name of readdirSync(path).sort()) {
    if (IGNORED.test(name)) continue;
    const inner = join(path, name);
    if (statSync(inner).isDirectory()) count += await readFolder(inner, join(file, name), model);
    else {
      await readFile(inner, join(file, name), model);
      count += 1;
    }
  }
  return count;
};

const readFile = async (path: string, file: string, model: InventoryModel): Promise<void> => {
  const bytes = readFileSync(path);
  if (isProgram(bytes)) {
    if (!isExecutable(path)) {
      throw new Problem(`${file}: this inventory script is not executable`, {
        hint: `chmod +x ${file}`,
      });
    }
    const { readScript, scriptRunner } = await import("./script.ts");
    await readScript(scriptRunner(path, file), file, model);
    return;
  }
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  refuseVaultFile(text, file);
  const extension = extname(path);
  if (extension === ".toml") {
    throw new Problem(`${file}: inventories in TOML are not supported: write YAML or INI`);
  }
  if (YAML_EXTENSIONS.includes(extension) || (extension === "" && looksLikeYaml(text))) {
    const { readYaml } = await import("./yaml.ts");
    readYaml(text, file, model);
  } else readIni(text, file, model);
};

/**
 * Reads one inventory that is not TypeScript into the model: a file in INI or YAML, an executable,
 * or a folder of those.
 *
 * @param file as messages name it
 * @throws Problem where it cannot be read or understood
 */
export const readSource = async (
  path: string,
  file: string,
  model: InventoryModel,
): Promise<void> => {
  if (!statSync(path).isDirectory()) return readFile(path, file, model);
  if ((await readFolder(path, file, model)) > 0) return;
  throw new Problem(`${file}: the folder holds no inventory that weft would read`, {
    hint: "Name a TypeScript inventory or a .ini file itself: Ansible passes those over in a folder, too.",
  });
};

/** Reads hosts that are given by name on the command line: `web-1,web-2:2222,`. */
export const readHostList = (list: string, model: InventoryModel): void => {
  for (const entry of list.split(",").map((part) => part.trim())) {
    if (entry === "") continue;
    const { names, port } = hostNames(entry);
    for (const name of names) model.addHost(name, { group: "ungrouped", file: list, port });
  }
};
