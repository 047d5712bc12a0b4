import { describe, expect, it } from "vitest";
import { connectionOf } from "../../../../src/inventory/ansible/connection.ts";

const of = (vars: Readonly<Record<string, unknown>>) =>
  connectionOf(
    new Map(Object.entries(vars).map(([name, value]) => [name, { value, file: "hosts" }])),
    "host h",
  );

describe("connection variables", () => {
  it.each<[Readonly<Record<string, unknown>>, unknown]>([
    [{}, {}],
    [
      { ansible_host: "192.0.2.1", ansible_port: 2222 },
      { address: "192.0.2.1", port: 2222 },
    ],
    [{ ansible_host: "a", ansible_ssh_host: "b" }, { address: "b" }],
    [
      { ansible_port: "22", ansible_user: "root" },
      { port: 22, user: "root" },
    ],
    [{ ansible_ssh_private_key_file: "~/.ssh/k" }, { identityFiles: ["~/.ssh/k"] }],
    [{ ansible_host_key_checking: false }, { acceptNewHostKeys: true }],
    [{ ansible_connection: "ssh", ansible_python_interpreter: "/usr/bin/python3" }, {}],
    [{ ansible_become: false }, { become: false }],
    [
      { ansible_become: "yes", ansible_user: "me" },
      { user: "me", become: true },
    ],
    [{ ansible_sudo: true }, { become: true }],
    [{ ansible_su: true }, { become: true, becomeMethod: "su" }],
    [
      { ansible_become_user: "db", ansible_become_method: "ansible.builtin.su" },
      { becomeUser: "db", becomeMethod: "su" },
    ],
    [{ ansible_sudo_user: "db", ansible_su_user: "web" }, { becomeUser: "db" }],
    [{ ansible_become_exe: "/usr/bin/sudo", ansible_become_flags: "-H -S -n" }, {}],
    [
      { ansible_ssh_common_args: "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -C" },
      { acceptNewHostKeys: true, knownHostsFiles: ["/dev/null"] },
    ],
    [
      {
        ansible_ssh_common_args:
          '-i ~/k -oPort=23 -l me -o "ConnectTimeout 5" -o IdentitiesOnly=yes',
      },
      { identityFiles: ["~/k"], port: 23, user: "me", connectTimeoutMs: 5000, agent: false },
    ],
    [
      { ansible_ssh_args: "-o ControlMaster=auto -o ControlPersist=60s -o Port=1 -o Port=2" },
      { port: 1 },
    ],
    [
      { ansible_ssh_extra_args: "-o HostKeyAlgorithms=+ssh-rsa -o ServerAliveInterval=3" },
      { legacyAlgorithms: true, keepaliveMs: 3000 },
    ],
    [{ ansible_ssh_common_args: "-p 1", ansible_port: 2 }, { port: 2 }],
  ])("%j", (vars, connection) => {
    expect(of(vars)).toEqual({ connection, refusals: [] });
  });

  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ ansible_port: "ssh" }, "ansible_port: expected a whole number from 1 to 65535, got ssh"],
    [{ ansible_host: ["a"] }, "ansible_host: expected a text"],
    [
      { ansible_host: "{{ ip }}" },
      "ansible_host: is a Jinja template, which weft does not evaluate: {{ ip }}",
    ],
    [
      { ansible_password: "pw{{1" },
      "ansible_password: is a Jinja template, which weft does not evaluate",
    ],
    [
      { ansible_connection: "winrm" },
      'ansible_connection: "winrm" is not supported: weft goes by SSH',
    ],
    [
      { ansible_shell_type: "cmd" },
      'ansible_shell_type: "cmd" is not supported: weft needs a POSIX sh',
    ],
    [
      { ansible_become_method: "doas" },
      'ansible_become_method: "doas" is not supported: weft knows sudo and su',
    ],
    [
      { ansible_become_exe: "/opt/pbrun" },
      'ansible_become_exe: "/opt/pbrun" is not supported: weft calls sudo',
    ],
    [
      { ansible_become_method: "su", ansible_su_flags: "-l" },
      "ansible_su_flags: weft calls su its own way and cannot honour: -l",
    ],
    [
      { ansible_ssh_common_args: "-F other.conf -o ForwardX11=yes" },
      "ansible_ssh_common_args: weft is no ssh(1) and cannot honour: -F other.conf -o ForwardX11=yes",
    ],
    [{ ansible_ssh_common_args: "-o 'x" }, "ansible_ssh_common_args: No closing quotation"],
  ])("%j is refused once a run wants the host", (vars, refusal) => {
    expect(of(vars).refusals).toEqual([`hosts: host h, ${refusal}`]);
  });

  it("keep passwords secret", () => {
    const { connection } = of({ ansible_password: 1234, ansible_private_key_passphrase: "x" });
    expect(connection.password?.reveal()).toBe("1234");
    expect(connection.passphrase?.reveal()).toBe("x");
    expect(JSON.stringify(connection)).not.toMatch(/1234|"x"/);
  });

  it("tell the way", () => {
    const way = (vars: Readonly<Record<string, unknown>>) => of(vars).connection;
    expect(way({ ansible_ssh_common_args: "-J a,b" })).toEqual({ proxyJump: "a,b" });
    expect(way({ ansible_ssh_common_args: '-o ProxyCommand="ssh -W %h:%p x"' })).toEqual({
      proxyCommand: "ssh -W %h:%p x",
    });
    const both = "-J a -o ProxyCommand=x";
    expect(way({ ansible_ssh_common_args: both })).toEqual({ proxyJump: "a" });
    expect(way({ ansible_ssh_extra_args: "-o ForwardAgent=yes" })).toEqual({ forwardAgent: true });
    expect(way({ ansible_connection: "local" })).toEqual({ connection: "local" });
  });
});

describe("the password to become another user", () => {
  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ ansible_become_password: "a" }, "a"],
    [{ ansible_become_pass: "b" }, "b"],
    [{ ansible_sudo_pass: "c", ansible_su_pass: "d" }, "c"],
    [{ ansible_sudo_pass: "c", ansible_su_pass: "d", ansible_become_method: "su" }, "d"],
  ])("%j", (vars, password) => {
    expect(of(vars).connection.becomePassword?.reveal()).toBe(password);
  });
});
