import { Secret } from "../../shell/secret.ts";
import type { Connection } from "../../ssh/transport.ts";
import { isTemplate } from "../coerce.ts";
import type { ConnectionSettings } from "../layer.ts";
import type { Value, Vars } from "../value.ts";
import { parseSshArguments, type SshArguments } from "./ssh-arguments.ts";

/** Connection plugins that are ssh by another name. */
const SSH = /^(?:ansible\.builtin\.)?(?:ssh|smart|paramiko|paramiko_ssh|openssh)$/;

const LOCAL = /^(?:ansible\.builtin\.)?local$/;

/** As Ansible reads a truth: ansible/module_utils/parsing/convert_bool.py. */
const isTrue = (value: unknown): boolean => /^(?:y|yes|on|1|true|t|1\.0)$/i.test(String(value));

/** Reads a host's connection variables and gathers what cannot be honoured. */
class ConnectionVars {
  readonly #vars: Vars;
  readonly #subject: string;
  readonly refusals: string[] = [];

  constructor(vars: Vars, subject: string) {
    this.#vars = vars;
    this.#subject = subject;
  }

  refuse(name: string, message: string): void {
    const file = this.#vars.get(name)?.file;
    this.refusals.push(`${file}: ${this.#subject}, ${name}: ${message}`);
  }

  /** The last of the names that is set: Ansible lets the older spelling win. */
  last(names: readonly string[]): { name: string; value: Value } | undefined {
    const name = names.findLast((candidate) => {
      const value = this.#vars.get(candidate)?.value;
      return value !== undefined && value !== null;
    });
    const value = name === undefined ? undefined : this.#vars.get(name);
    return name === undefined || value === undefined ? undefined : { name, value };
  }

  text(names: readonly string[]): string | undefined {
    const found = this.last(names);
    if (found === undefined) return undefined;
    const { value, text } = found.value;
    if (typeof value === "object") {
      this.refuse(found.name, "expected a text");
      return undefined;
    }
    // An INI password such as 0123 or 1e3 is meant as it was written.
    const written = text !== undefined && typeof value !== "string" ? text : String(value);
    if (!isTemplate(written)) return written;
    this.refuse(found.name, `is a Jinja template, which weft does not evaluate: ${written}`);
    return undefined;
  }

  secret(names: readonly string[]): Secret | undefined {
    const plain = this.text(names);
    return plain === undefined ? undefined : new Secret(plain);
  }

  whole(names: readonly string[], { from, to }: { from: number; to: number }): number | undefined {
    const text = this.text(names);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= from && number <= to) return number;
    const found = this.last(names);
    if (found)
      this.refuse(found.name, `expected a whole number from ${from} to ${to}, got ${text}`);
    return undefined;
  }
}

const refuseTransport = (vars: ConnectionVars): void => {
  const connection = vars.text(["ansible_connection"]);
  if (connection !== undefined && !SSH.test(connection) && !LOCAL.test(connection)) {
    vars.refuse("ansible_connection", `"${connection}" is not supported: weft goes by SSH`);
  }
  const shell = vars.text(["ansible_shell_type"]);
  if (shell === "powershell" || shell === "cmd") {
    vars.refuse("ansible_shell_type", `"${shell}" is not supported: weft needs a POSIX sh`);
  }
};

const refuseBecome = (vars: ConnectionVars, user: string | undefined): void => {
  const become = vars.last(["ansible_become"]);
  if (become === undefined || !isTrue(become.value.value)) return;
  const target = vars.text(["ansible_become_user"]) ?? "root";
  // To become who one is changes nothing.
  if (user === target) return;
  vars.refuse("ansible_become", `becoming ${target} is not supported yet: log in as ${target}`);
};

const sshArguments = (vars: ConnectionVars): SshArguments => {
  let all: SshArguments = { connection: {}, refused: [] };
  // In the order in which Ansible puts them on ssh's command line, where the first one counts.
  for (const name of ["ansible_ssh_extra_args", "ansible_ssh_common_args", "ansible_ssh_args"]) {
    const text = vars.text([name]);
    if (text === undefined) continue;
    try {
      const one = parseSshArguments(text);
      if (one.refused.length > 0) {
        vars.refuse(name, `weft is no ssh(1) and cannot honour: ${one.refused.join(" ")}`);
      }
      all = { ...all, ...one, connection: { ...all.connection, ...one.connection } };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      vars.refuse(name, error.message);
    }
  }
  return all;
};

/**
 * What Ansible's connection variables say about reaching a host.
 * Source: the options of ansible/plugins/connection/ssh.py.
 *
 * @param subject whose they are, for messages: "host web-1"
 */
export const connectionOf = (vars: Vars, subject: string): ConnectionSettings => {
  const read = new ConnectionVars(vars, subject);
  refuseTransport(read);
  const { connection: fromArguments } = sshArguments(read);
  const checking = read.last(["ansible_host_key_checking", "ansible_ssh_host_key_checking"]);
  const timeout = read.whole(["ansible_timeout", "ansible_ssh_timeout"], { from: 1, to: 86_400 });
  const key = read.text(["ansible_private_key_file", "ansible_ssh_private_key_file"]);
  const own = {
    connection: LOCAL.test(read.text(["ansible_connection"]) ?? "") ? "local" : undefined,
    address: read.text(["ansible_host", "ansible_ssh_host"]),
    port: read.whole(["ansible_port", "ansible_ssh_port"], { from: 1, to: 65_535 }),
    user: read.text(["ansible_user", "ansible_ssh_user"]),
    identityFiles: key === undefined ? undefined : [key],
    passphrase: read.secret([
      "ansible_private_key_passphrase",
      "ansible_ssh_private_key_passphrase",
    ]),
    password: read.secret(["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"]),
    acceptNewHostKeys: checking && !isTrue(checking.value.value) ? true : undefined,
    connectTimeoutMs: timeout === undefined ? undefined : timeout * 1000,
  };
  const said = Object.entries(own).filter(([, value]) => value !== undefined);
  const connection: Partial<Connection> = { ...fromArguments, ...Object.fromEntries(said) };
  refuseBecome(read, connection.user);
  return { connection, refusals: read.refusals };
};
