import { BECOME_METHODS, type Become, isUserName } from "../../become.ts";
import type { Connection } from "../../ssh/transport.ts";
import type { ConnectionVars } from "./connection-vars.ts";

/** Flags of Ansible's default for sudo: weft has them, or what they are for, anyway. */
const HONOURED_FLAGS = ["-H", "-S", "-n", "-HS", "-HSn", "-Sn", "-Hn"];

const methodOf = (vars: ConnectionVars): Become["method"] | undefined => {
  const text = vars.text(["ansible_become_method"]);
  if (text === undefined) return vars.truth(["ansible_su"]) ? "su" : undefined;
  const name = text.replace(/^ansible\.builtin\./, "");
  const method = BECOME_METHODS.find((known) => known === name);
  if (method === undefined) {
    vars.refuse(
      "ansible_become_method",
      `"${text}" is not supported: weft knows ${BECOME_METHODS.join(" and ")}`,
    );
  }
  return method;
};

const refuseProgram = (vars: ConnectionVars, method: Become["method"]): void => {
  for (const name of ["ansible_become_exe", `ansible_${method}_exe`]) {
    const program = vars.text([name]);
    if (program === undefined || program.split("/").at(-1) === method) continue;
    vars.refuse(name, `"${program}" is not supported: weft calls ${method}`);
  }
  for (const name of ["ansible_become_flags", `ansible_${method}_flags`]) {
    const flags = vars.text([name]);
    if (flags === undefined) continue;
    const words = flags.trim().split(/\s+/);
    if (words.every((word) => word === "" || HONOURED_FLAGS.includes(word))) continue;
    vars.refuse(name, `weft calls ${method} its own way and cannot honour: ${flags}`);
  }
};

/**
 * What Ansible's variables say about becoming another user.
 * Source: the options of ansible/plugins/become/sudo.py and su.py, and the older ansible_sudo and ansible_su.
 */
export const becomeSettings = (
  vars: ConnectionVars,
): Pick<Partial<Connection>, "become" | "becomeUser" | "becomeMethod" | "becomePassword"> => {
  const own = methodOf(vars);
  const method = own ?? "sudo";
  refuseProgram(vars, method);
  const become = vars.truth(["ansible_sudo", "ansible_su", "ansible_become"]);
  const userNames = ["ansible_become_user", `ansible_${method}_user`];
  const becomeUser = vars.text(userNames);
  if (becomeUser !== undefined && !isUserName(becomeUser)) {
    const name = vars.last(userNames)?.name ?? "ansible_become_user";
    vars.refuse(name, `"${becomeUser}" is no user name`);
  }
  const becomePassword = vars.secret([
    "ansible_become_password",
    "ansible_become_pass",
    `ansible_${method}_pass`,
  ]);
  return {
    ...(become !== undefined && { become }),
    ...(becomeUser !== undefined && { becomeUser }),
    ...(own !== undefined && { becomeMethod: own }),
    ...(becomePassword !== undefined && { becomePassword }),
  };
};
