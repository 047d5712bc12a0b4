import type { Connection } from "../../ssh/transport.ts";
import type { ConnectionSettings } from "../layer.ts";
import type { Vars } from "../value.ts";
import { becomeSettings } from "./become.ts";
import { ConnectionVars, isTrue, plainOf } from "./connection-vars.ts";
import { parseSshArguments, type SshArguments } from "./ssh-arguments.ts";

/** Connection plugins that are ssh by another name. */
const SSH = /^(?:ansible\.builtin\.)?(?:ssh|smart|paramiko|paramiko_ssh|openssh)$/;

const LOCAL = /^(?:ansible\.builtin\.)?local$/;

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
    acceptNewHostKeys: checking && !isTrue(plainOf(checking.value.value)) ? true : undefined,
    connectTimeoutMs: timeout === undefined ? undefined : timeout * 1000,
    ...becomeSettings(read),
  };
  const said = Object.entries(own).filter(([, value]) => value !== undefined);
  const connection: Partial<Connection> = { ...fromArguments, ...Object.fromEntries(said) };
  return { connection, refusals: read.refusals };
};
