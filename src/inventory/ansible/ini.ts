import { Problem } from "../../problem.ts";
import type { Value } from "../value.ts";
import { hostNames } from "./host-names.ts";
import type { InventoryModel } from "./model.ts";
import { readPythonLiteral } from "./python-literal.ts";
import { shellWords } from "./shell-words.ts";

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/;

/** A group that was named before it was declared. */
interface Pending {
  readonly line: number;
  readonly section: "vars" | "children";
  /** Those that named it as their child. */
  readonly parents: string[];
}

/** Reads one file, line by line. */
class IniReader {
  readonly #model: InventoryModel;
  readonly #file: string;
  readonly #pending = new Map<string, Pending>();
  #line = 0;
  // Ansible reads as though the first line were [ungrouped].
  #group = "ungrouped";
  #section = "hosts";

  constructor(model: InventoryModel, file: string) {
    this.#model = model;
    this.#file = file;
  }

  read(text: string): void {
    for (const raw of text.split(/\r\n|\r|\n/)) {
      this.#line += 1;
      const line = raw.trim();
      if (line === "" || line.startsWith(";") || line.startsWith("#")) continue;
      try {
        this.#readLine(line);
      } catch (error) {
        if (!(error instanceof Problem) && !(error instanceof SyntaxError)) throw error;
        // What the model refuses names its file and variable already.
        if (error.message.startsWith(`${this.#file}:`)) throw error;
        throw this.#problem(error.message);
      }
    }
    this.#checkPending();
  }

  #problem(message: string, line = this.#line): Problem {
    return new Problem(`${this.#file}:${line}: ${message}`);
  }

  #readLine(line: string): void {
    const section = SECTION.exec(line);
    if (section !== null) this.#openSection(section[1] as string, section[2] ?? "hosts");
    else if (line.startsWith("[") && line.endsWith("]")) {
      throw this.#problem(`${line} is no section: [group], [group:children] or [group:vars]`);
    } else if (this.#section === "hosts") this.#readHost(line);
    else if (this.#section === "vars") this.#readVariable(line);
    else this.#readChild(line);
  }

  #openSection(group: string, section: string): void {
    if (section !== "hosts" && section !== "children" && section !== "vars") {
      throw this.#problem(`[${group}:${section}]: expected [${group}:children] or [${group}:vars]`);
    }
    this.#group = group;
    this.#section = section;
    // A section of variables does not define its group: another one must.
    if (section === "vars" && !this.#model.groups.has(group) && !this.#pending.has(group)) {
      this.#pending.set(group, { line: this.#line, section, parents: [] });
    }
    this.#model.addGroup(group);
    if (section !== "vars") this.#define(group);
  }

  /** Children take their place among their siblings when they are defined, as in Ansible. */
  #define(group: string): void {
    const pending = this.#pending.get(group);
    if (pending === undefined) return;
    this.#pending.delete(group);
    for (const parent of pending.parents) {
      this.#model.addChild(parent, group);
      if (this.#pending.get(parent)?.section === "children") this.#define(parent);
    }
  }

  #readHost(line: string): void {
    const [entry, ...words] = shellWords(line);
    if (entry === undefined) throw this.#problem("expected a host");
    const { names, port } = hostNames(entry);
    if (names.includes("---")) {
      throw this.#problem('"---" begins a YAML file: give it a name that ends in .yml');
    }
    const vars = words.map((word): [string, Value] => {
      const at = word.indexOf("=");
      if (at === -1) throw this.#problem(`expected key=value behind the host, got: ${word}`);
      return [word.slice(0, at), this.#value(word.slice(at + 1))];
    });
    for (const name of names) {
      this.#model.addHost(name, { group: this.#group, file: this.#file, port });
      for (const [key, value] of vars) this.#model.setHostVar(name, key, value);
    }
  }

  #readVariable(line: string): void {
    const at = line.indexOf("=");
    if (at === -1) throw this.#problem(`expected key=value, got: ${line}`);
    const value = this.#value(line.slice(at + 1).trim());
    this.#model.setGroupVar(this.#group, line.slice(0, at).trim(), value);
  }

  #readChild(line: string): void {
    const child = GROUP_NAME.exec(line)?.[1];
    if (child === undefined) throw this.#problem(`expected a group's name, got: ${line}`);
    if (this.#model.groups.has(child)) {
      this.#model.addChild(this.#group, child);
      return;
    }
    const pending = this.#pending.get(child);
    if (pending !== undefined) pending.parents.push(this.#group);
    else {
      this.#pending.set(child, { line: this.#line, section: "children", parents: [this.#group] });
    }
  }

  #value(text: string): Value {
    return { ...readPythonLiteral(text), file: this.#file };
  }

  #checkPending(): void {
    for (const [group, { line, section, parents }] of this.#pending) {
      throw section === "vars"
        ? this.#problem(`[${group}:vars] of a group that is not defined: ${group}`, line)
        : this.#problem(
            `[${parents[0]}:children] names a group that is not defined: ${group}`,
            line,
          );
    }
  }
}

/**
 * Reads an inventory in Ansible's INI dialect into the model.
 * Source: ansible/plugins/inventory/ini.py.
 *
 * @param file as messages name it
 * @throws Problem with file and line
 */
export const readIni = (text: string, file: string, model: InventoryModel): void =>
  new IniReader(model, file).read(text);
