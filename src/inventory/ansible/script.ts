import { execFile } from "node:child_process";
import { resolve as resolvePath } from "node:path";
import { Problem } from "../../problem.ts";
import { isMapping } from "../value.ts";
import type { InventoryModel } from "./model.ts";

/** Bytes that a script may print; Node's own default of 1 MiB is soon reached by thousands of hosts. */
const MAX_OUTPUT = 256 * 1024 * 1024;
const LAST_LINES = 10;

/** Runs an inventory script with arguments and gives what it printed. */
export type RunScript = (args: readonly string[]) => Promise<string>;

/**
 * @param path of the script
 * @param file as messages name it
 * @throws Problem, from the function, where the script cannot be run or fails
 */
export const scriptRunner =
  (path: string, file: string): RunScript =>
  (args) =>
    new Promise((resolve, reject) => {
      // A bare name would be looked for in PATH.
      execFile(resolvePath(path), args, { maxBuffer: MAX_OUTPUT }, (cause, stdout, stderr) => {
        if (cause === null) resolve(stdout);
        else {
          const said = stderr.trim().split("\n").slice(-LAST_LINES).join("\n");
          const why = typeof cause.code === "number" ? `exit code ${cause.code}` : cause.message;
          const message = `inventory script ${file} ${args.join(" ")} failed: ${why}`;
          reject(new Problem(said === "" ? message : `${message}\n${said}`, { cause }));
        }
      });
    });

/** Reads what one script prints. */
class ScriptReader {
  readonly #model: InventoryModel;
  readonly #file: string;
  readonly #hosts = new Set<string>();

  constructor(model: InventoryModel, file: string) {
    this.#model = model;
    this.#file = file;
  }

  async read(run: RunScript): Promise<void> {
    const groups = this.#parse(await run(["--list"]), "--list");
    const { _meta: meta, ...rest } = groups;
    for (const [name, group] of Object.entries(rest)) this.#readGroup(name, group);
    const hostvars = isMapping(meta) ? meta.hostvars : undefined;
    if (hostvars !== undefined && !isMapping(hostvars)) {
      throw this.#problem("_meta.hostvars: expected an object");
    }
    for (const host of this.#hosts) {
      // Without "_meta" a script is asked host by host.
      const vars = hostvars
        ? (hostvars[host] ?? {})
        : this.#parse(await run(["--host", host]), `--host ${host}`);
      if (!isMapping(vars)) throw this.#problem(`host ${host}: expected an object of variables`);
      for (const [key, value] of Object.entries(vars)) {
        this.#model.setHostVar(host, key, { value, file: this.#file });
      }
    }
  }

  #problem(message: string): Problem {
    return new Problem(`${this.#file}: ${message}`);
  }

  #parse(stdout: string, args: string): Readonly<Record<string, unknown>> {
    if (stdout.trim() === "" && args !== "--list") return {};
    let parsed: unknown;
    try {
      parsed = JSON.parse(stdout);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Problem(`${this.#file}: ${args} printed no JSON: ${reason}`, { cause });
    }
    if (isMapping(parsed)) return parsed;
    throw this.#problem(`${args} must print a JSON object`);
  }

  #readGroup(name: string, data: unknown): void {
    this.#model.addGroup(name);
    const { hosts, vars, children } = this.#shape(name, data);
    for (const host of this.#names(hosts ?? [], `group ${name}, hosts`)) {
      this.#hosts.add(host);
      this.#model.addHost(host, { group: name, file: this.#file });
    }
    if (vars !== undefined && !isMapping(vars)) {
      throw this.#problem(`group ${name}, vars: expected an object`);
    }
    for (const [key, value] of Object.entries(vars ?? {})) {
      this.#model.setGroupVar(name, key, { value, file: this.#file });
    }
    for (const child of this.#names(children ?? [], `group ${name}, children`)) {
      try {
        this.#model.addGroup(child);
        this.#model.addChild(name, child);
      } catch (error) {
        throw error instanceof Problem ? this.#problem(error.message) : error;
      }
    }
  }

  /** A group may be a list of hosts; an object of none of the three keys is one host's variables. */
  #shape(name: string, data: unknown): { hosts?: unknown; vars?: unknown; children?: unknown } {
    if (!isMapping(data)) return { hosts: data };
    const known = ["hosts", "vars", "children"].some((key) => Object.hasOwn(data, key));
    return known ? data : { hosts: [name], vars: data };
  }

  #names(value: unknown, where: string): readonly string[] {
    if (Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "")) {
      return value;
    }
    throw this.#problem(`${where}: expected a list of names`);
  }
}

/**
 * Reads an executable inventory into the model: `--list`, and `--host HOST` for each where the
 * answer has no `_meta`.
 * Source: ansible/plugins/inventory/script.py; Ansible's guide "Developing dynamic inventory".
 *
 * @param file as messages name it
 * @throws Problem where the script fails or prints something else
 */
export const readScript = (run: RunScript, file: string, model: InventoryModel): Promise<void> =>
  new ScriptReader(model, file).read(run);
