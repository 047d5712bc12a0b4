import { Problem } from "../../problem.ts";
import type { Value, Vars } from "../value.ts";
import { refuseVault } from "./vault.ts";

interface Group {
  readonly name: string;
  /** Direct members, in the order in which they were named. */
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly parents: Set<string>;
  readonly vars: Map<string, Value>;
  /** `ansible_group_priority`: among groups of one depth the higher wins. */
  priority: number;
}

interface Host {
  readonly name: string;
  /** Where it was first named. */
  readonly file: string;
  readonly vars: Map<string, Value>;
}

/**
 * Hosts, groups and variables of one or more Ansible inventories, while they are read.
 * Source: ansible/inventory/data.py, group.py, host.py.
 */
export class InventoryModel {
  readonly groups = new Map<string, Group>();
  readonly hosts = new Map<string, Host>();
  /** What is odd, but no reason to stop. */
  readonly warnings: string[] = [];

  constructor() {
    this.addGroup("all");
    this.addGroup("ungrouped");
    this.addChild("all", "ungrouped");
  }

  /** Adds a group unless it is there. */
  addGroup(name: string): Group {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group: Group = {
      name,
      hosts: new Set(),
      children: new Set(),
      parents: new Set(),
      vars: new Map(),
      priority: 1,
    };
    this.groups.set(name, group);
    return group;
  }

  /** Adds a host unless it is there, and makes it a member of the group. A port counts for a new host only. */
  addHost(name: string, at: { group?: string; file: string; port?: number | undefined }): void {
    if (!this.hosts.has(name)) {
      this.hosts.set(name, { name, file: at.file, vars: new Map() });
      if (at.port !== undefined) {
        this.setHostVar(name, "ansible_port", { value: at.port, file: at.file });
      }
    }
    if (at.group !== undefined) this.addGroup(at.group).hosts.add(name);
  }

  /** @throws Problem, without the file's name, where the groups would hold each other. */
  addChild(parent: string, child: string): void {
    if (parent === child) throw new Problem(`group "${child}" cannot be its own child`);
    if (this.ancestors(parent).has(child)) {
      throw new Problem(`group "${child}" as a child of "${parent}" makes a loop`);
    }
    this.addGroup(parent).children.add(child);
    this.addGroup(child).parents.add(parent);
  }

  /** @throws Problem for an encrypted value, and for a priority that is no number. */
  setGroupVar(group: string, name: string, value: Value): void {
    refuseVault(value.value, `${value.file}: group ${group}, ${name}`);
    const known = this.addGroup(group);
    if (name !== "ansible_group_priority") {
      known.vars.set(name, value);
      return;
    }
    const priority = Number(value.value);
    if (!Number.isInteger(priority)) {
      throw new Problem(`${value.file}: group ${group}, ${name}: expected a whole number`);
    }
    known.priority = priority;
  }

  /** @throws Problem for an encrypted value. */
  setHostVar(host: string, name: string, value: Value): void {
    refuseVault(value.value, `${value.file}: host ${host}, ${name}`);
    this.hosts.get(host)?.vars.set(name, value);
  }

  /** Brings what was read under Ansible's rules: every group is in `all`, every other host in `ungrouped`. */
  reconcile(): void {
    for (const { name, parents } of this.groups.values()) {
      if (name !== "all" && parents.size === 0) this.addChild("all", name);
    }
    const grouped = new Set(
      [...this.groups.values()]
        .filter(({ name }) => name !== "all" && name !== "ungrouped")
        .flatMap(({ hosts }) => [...hosts]),
    );
    const { hosts: ungrouped } = this.addGroup("ungrouped");
    for (const name of this.hosts.keys()) {
      if (grouped.has(name)) ungrouped.delete(name);
      else ungrouped.add(name);
    }
    for (const name of this.groups.keys()) {
      if (this.hosts.has(name)) this.warnings.push(`"${name}" is both a group and a host`);
    }
  }

  /** Parents, their parents, and so on. */
  ancestors(group: string): ReadonlySet<string> {
    const found = new Set<string>();
    const add = (name: string): void => {
      for (const parent of this.groups.get(name)?.parents ?? []) {
        if (found.has(parent)) continue;
        found.add(parent);
        add(parent);
      }
    };
    add(group);
    return found;
  }

  /** All members of a group, its children's and their children's, level by level as Ansible lists them. */
  members(group: string): readonly string[] {
    const hosts = new Set<string>();
    const seen = new Set([group]);
    let level = [group];
    while (level.length > 0) {
      const below: string[] = [];
      for (const name of level) {
        const found = this.groups.get(name);
        for (const host of found?.hosts ?? []) hosts.add(host);
        for (const child of found?.children ?? []) {
          if (!seen.has(child)) below.push(child);
          seen.add(child);
        }
      }
      level = below;
    }
    return [...hosts];
  }

  /**
   * The groups of every host but `all`, in the order in which their variables are laid on each
   * other: parents before children, then by priority, then by name.
   * Source: `sort_groups` of ansible/inventory/helpers.py.
   */
  groupsOfHosts(): ReadonlyMap<string, readonly string[]> {
    const depths = new Map<string, number>();
    const depth = (name: string): number => {
      const known = depths.get(name);
      if (known !== undefined) return known;
      const parents = [...(this.groups.get(name)?.parents ?? [])];
      const found = parents.length === 0 ? 0 : 1 + Math.max(...parents.map(depth));
      depths.set(name, found);
      return found;
    };
    const sorted = [...this.groups.values()]
      .filter(({ name }) => name !== "all")
      .sort(
        (a, b) =>
          depth(a.name) - depth(b.name) || a.priority - b.priority || (a.name < b.name ? -1 : 1),
      );
    const groups = new Map<string, string[]>([...this.hosts.keys()].map((name) => [name, []]));
    for (const { name } of sorted) {
      for (const host of this.members(name)) groups.get(host)?.push(name);
    }
    return groups;
  }

  /** A group's own variables, from the inventory itself. */
  groupVars(group: string): Vars {
    return this.groups.get(group)?.vars ?? new Map();
  }

  /** A host's own variables, from the inventory itself. */
  hostVars(host: string): Vars {
    return this.hosts.get(host)?.vars ?? new Map();
  }
}
