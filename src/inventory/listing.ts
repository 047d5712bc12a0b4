import { MASK } from "../shell/mask.ts";
import { Secret } from "../shell/secret.ts";
import { knownSecrets } from "../shell/secret-register.ts";
import type { Connection } from "../ssh/transport.ts";
import type { Peer } from "./contract.ts";
import type { HostLayer } from "./layer.ts";
import type { Inventory } from "./resolve.ts";
import { isMapping } from "./value.ts";

/** A group with its direct members. */
interface ListedGroup {
  readonly hosts: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
}

/** What is listed: the tree of groups, and what is known of each host. */
export interface Listing {
  readonly groups: ReadonlyMap<string, ListedGroup>;
  readonly layer: HostLayer;
  readonly inventory: Inventory;
  /** The hosts to list. */
  readonly hosts: readonly string[];
  /** Groups whose variables come from typed inventories. */
  readonly typedGroups: readonly string[];
  /** Hosts whose connection comes from typed inventories. */
  readonly typedHosts: ReadonlySet<string>;
  readonly showSecrets: boolean;
}

const SECRET_NAME = /^ansible_\w*(?:pass|password|passphrase)$/;

/** A text or number without the secrets in it that are known; anything else as it is. */
export const masked = <Item>(item: Item): Item | string => {
  if (typeof item !== "string" && typeof item !== "number") return item;
  const text = knownSecrets.mask(String(item));
  return text === String(item) ? item : text;
};

/** A copy as JSON has it, keys sorted as Ansible prints them, secrets masked unless asked for. */
const plain = (value: unknown, showSecrets: boolean): unknown => {
  if (value instanceof Secret) return showSecrets ? value.reveal() : MASK;
  if (Array.isArray(value)) return value.map((item) => plain(item, showSecrets));
  if (!isMapping(value)) return showSecrets ? value : masked(value);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => {
        const hidden = SECRET_NAME.test(key) && !showSecrets;
        return [key, hidden ? MASK : plain(value[key], showSecrets)];
      }),
  );
};

/** One word of a command line as Python's shlex reads it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

/** A typed connection in Ansible's words. */
const connectionVars = (
  name: string,
  connection: Connection,
  showSecrets: boolean,
): Readonly<Record<string, unknown>> => {
  const { address, port, user, identityFiles = [], password, passphrase } = connection;
  const { knownHostsFiles, agent, acceptNewHostKeys, connectTimeoutMs } = connection;
  const { proxyJump, proxyCommand, forwardAgent } = connection;
  // Before it is quoted: a secret with quotes in it is not known in Python's way to write them.
  const command = showSecrets ? proxyCommand : masked(proxyCommand);
  const options = [
    ...identityFiles.slice(1).map((file) => `IdentityFile=${file}`),
    ...(knownHostsFiles === undefined ? [] : [`UserKnownHostsFile="${knownHostsFiles.join(" ")}"`]),
    ...(agent === false ? ["IdentitiesOnly=yes"] : []),
    ...(acceptNewHostKeys === true ? ["StrictHostKeyChecking=accept-new"] : []),
    ...(proxyJump === undefined ? [] : [`ProxyJump=${proxyJump}`]),
    ...(command === undefined ? [] : [quoted(`ProxyCommand=${command}`)]),
    ...(forwardAgent === undefined ? [] : [`ForwardAgent=${forwardAgent ? "yes" : "no"}`]),
  ];
  const vars = {
    ansible_connection: connection.connection === "local" ? "local" : undefined,
    ansible_host: address === name ? undefined : address,
    ansible_port: port,
    ansible_user: user,
    ansible_ssh_private_key_file: identityFiles[0],
    ansible_ssh_private_key_passphrase: passphrase,
    ansible_password: password,
    ansible_become: connection.become,
    ansible_become_user: connection.becomeUser,
    ansible_become_method: connection.becomeMethod,
    ansible_become_password: connection.becomePassword,
    ansible_timeout: connectTimeoutMs === undefined ? undefined : connectTimeoutMs / 1000,
    ansible_ssh_common_args:
      options.length === 0 ? undefined : options.map((option) => `-o ${option}`).join(" "),
  };
  return Object.fromEntries(Object.entries(vars).filter(([, value]) => value !== undefined));
};

/** A host's variables over all its groups, as Ansible has them. */
export const listedVars = (listing: Listing, host: string): unknown => {
  const { inventory, layer, typedGroups, typedHosts, showSecrets } = listing;
  const vars: Record<string, unknown> = {};
  const connection = inventory.hosts.find(({ name }) => name === host)?.connection;
  if (typedHosts.has(host) && connection) {
    Object.assign(vars, connectionVars(host, connection, showSecrets));
  }
  for (const [name, { value }] of layer.hosts.get(host)?.vars ?? []) vars[name] = value;
  const peerOf = (group: string): Peer | undefined =>
    inventory.groups.get(group)?.find(({ name }) => name === host);
  for (const group of typedGroups) {
    const own = peerOf(group)?.vars;
    if (isMapping(own)) Object.assign(vars, own);
  }
  return plain(vars, showSecrets);
};

/**
 * The inventory as an Ansible inventory script prints it for `--list`.
 * Source: `json_inventory` of ansible/cli/inventory.py.
 */
export const listInventory = (listing: Listing): unknown => {
  const wanted = new Set(listing.hosts);
  const groups: Record<string, unknown> = {};
  for (const [name, { hosts, children }] of listing.groups) {
    const members = name === "all" ? [] : [...hosts].filter((host) => wanted.has(host));
    const group = {
      ...(children.size > 0 && { children: [...children] }),
      ...(members.length > 0 && { hosts: members }),
    };
    if (Object.keys(group).length > 0) groups[name] = group;
  }
  const hostvars = listing.hosts
    .map((host) => [host, listedVars(listing, host)] as const)
    .filter(([, vars]) => isMapping(vars) && Object.keys(vars).length > 0);
  return plain({ ...groups, _meta: { hostvars: Object.fromEntries(hostvars) } }, true);
};

/**
 * The tree of groups and hosts, as `ansible-inventory --graph` draws it.
 * Source: `inventory_graph` of ansible/cli/inventory.py.
 */
export const graphInventory = ({ groups, hosts }: Listing): string => {
  const wanted = new Set(hosts);
  const draw = (name: string, depth: number): readonly string[] => {
    const group = groups.get(name);
    const line = (text: string, at: number) => (at === 0 ? text : `${"  |".repeat(at)}--${text}`);
    const members = name === "all" ? [] : [...(group?.hosts ?? [])];
    return [
      line(`@${name}:`, depth),
      ...[...(group?.children ?? [])].flatMap((child) => draw(child, depth + 1)),
      ...members.filter((host) => wanted.has(host)).map((host) => line(host, depth + 1)),
    ];
  };
  return draw("all", 0).join("\n");
};
