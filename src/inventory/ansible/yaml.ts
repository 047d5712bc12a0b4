import { Problem } from "../../problem.ts";
import { isMapping } from "../value.ts";
import { hostNames } from "./host-names.ts";
import type { InventoryModel } from "./model.ts";
import { parseYaml } from "./yaml-document.ts";

type Mapping = Readonly<Record<string, unknown>>;

const kind = (value: unknown): string => {
  if (Array.isArray(value)) return "a list";
  return value === null || value === undefined ? "nothing" : `a ${typeof value}`;
};

/** Reads one file, group by group. */
class YamlReader {
  readonly #model: InventoryModel;
  readonly #file: string;

  constructor(model: InventoryModel, file: string) {
    this.#model = model;
    this.#file = file;
  }

  read(text: string): void {
    const groups = parseYaml(text, this.#file);
    if (!isMapping(groups)) {
      throw this.#problem(`expected a mapping of groups at the top, found ${kind(groups)}`);
    }
    if (groups.plugin) {
      throw new Problem(
        `${this.#file}: this configures an inventory plugin of Ansible (${String(groups.plugin)}), which weft does not run`,
        {
          hint: "An executable that prints `ansible-inventory -i FILE --list` is an inventory for weft.",
        },
      );
    }
    for (const [name, group] of Object.entries(groups)) this.#readGroup(name, group);
  }

  #problem(message: string): Problem {
    return new Problem(`${this.#file}: ${message}`);
  }

  #readGroup(name: string, group: unknown): void {
    if (group !== null && !isMapping(group)) {
      throw this.#problem(`group ${name}: expected hosts, children and vars, found ${kind(group)}`);
    }
    this.#model.addGroup(name);
    for (const [key, value] of Object.entries(group ?? {})) {
      if (key !== "vars" && key !== "children" && key !== "hosts") {
        this.#model.warnings.push(
          `${this.#file}: group ${name}, ${key}: skipped, a group has hosts, children and vars`,
        );
        continue;
      }
      const section = this.#section(name, key, value);
      if (key === "vars") this.#readVars(name, section);
      else if (key === "children") this.#readChildren(name, section);
      else this.#readHosts(name, section);
    }
  }

  /** A section is a mapping; one name alone may be written as a text. */
  #section(group: string, key: string, value: unknown): Mapping {
    if (value === null) return {};
    if (typeof value === "string") return { [value]: null };
    if (isMapping(value)) return value;
    throw this.#problem(
      `group ${group}, ${key}: expected a mapping, found ${kind(value)}${Array.isArray(value) ? '. Write "name:" where it says "- name"' : ""}`,
    );
  }

  #readVars(group: string, vars: Mapping): void {
    for (const [key, value] of Object.entries(vars)) {
      this.#model.setGroupVar(group, key, { value, file: this.#file });
    }
  }

  #readChildren(group: string, children: Mapping): void {
    for (const [name, child] of Object.entries(children)) {
      this.#readGroup(name, child);
      this.#located(() => this.#model.addChild(group, name));
    }
  }

  #readHosts(group: string, hosts: Mapping): void {
    for (const [entry, vars] of Object.entries(hosts)) {
      if (vars !== null && !isMapping(vars)) {
        throw this.#problem(
          `host ${entry}: expected a mapping of variables or nothing, found ${kind(vars)}`,
        );
      }
      const { names, port } = this.#located(() => hostNames(entry));
      for (const name of names) {
        this.#model.addHost(name, { group, file: this.#file, port });
        for (const [key, value] of Object.entries(vars ?? {})) {
          this.#model.setHostVar(name, key, { value, file: this.#file });
        }
      }
    }
  }

  #located<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw error instanceof Problem ? this.#problem(error.message) : error;
    }
  }
}

/**
 * Reads a YAML inventory into the model.
 * Source: ansible/plugins/inventory/yaml.py.
 *
 * @param file as messages name it
 * @throws Problem with the file, and the line or the group and host
 */
export const readYaml = (text: string, file: string, model: InventoryModel): void =>
  new YamlReader(model, file).read(text);
