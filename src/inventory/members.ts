import type * as z from "zod";
import { Secret } from "../shell/secret.ts";
import { didYouMean } from "../suggest.ts";
import { coerce, templateIn } from "./coerce.ts";
import type { Peer } from "./contract.ts";
import { type Finding, fieldPath, findingsOf } from "./finding.ts";
import type { ExtraVars, HostLayer, Layer, TypedLayer } from "./layer.ts";
import { likelyMeant } from "./likely-meant.ts";
import { knownVariables, unknownKeys } from "./unknown-keys.ts";
import { isMapping, type Vars } from "./value.ts";

/** A host in one group while the layers are laid on each other. */
interface Member {
  /** Usually a mapping; whatever a typed inventory wrote. */
  vars: unknown;
  /** Where each variable came from. */
  readonly files: Map<string, string>;
  /** Where it became a member. */
  readonly file: string;
  /** Variables of the host that the contract does not know. */
  others: readonly string[];
}

interface GroupOptions {
  readonly group: string;
  readonly schema: z.ZodType;
  readonly layers: readonly Layer[];
  readonly extra: ExtraVars | undefined;
  readonly hosts: readonly string[];
  /** Gets the faults. */
  readonly found: Finding[];
  /** Gets what may be a mistake. */
  readonly warnings: string[];
}

/** Merges and checks the members of one group of the contract. */
class GroupMembers {
  readonly #options: GroupOptions;
  readonly #known: Readonly<Record<string, z.core.$ZodType>> | undefined;
  readonly #members = new Map<string, Member>();

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#known = knownVariables(options.schema);
  }

  addTyped({ file, definition }: TypedLayer): void {
    const { group, hosts, found } = this.#options;
    for (const [host, vars] of Object.entries(definition.groups[group] ?? {})) {
      if (!hosts.includes(host)) {
        const message = `no such host.${didYouMean(host, hosts)}`;
        found.push({ file, host, field: group, message });
        continue;
      }
      const member = this.#member(host, file);
      if (!isMapping(vars) || !isMapping(member.vars)) member.vars = vars;
      else {
        member.vars = { ...member.vars, ...vars };
        for (const name of Object.keys(vars)) member.files.set(name, file);
      }
    }
  }

  /** Members by the layer's groups; its variables count for members by other layers too. */
  addHosts({ groups, hosts }: HostLayer): void {
    const names = new Set([...this.#members.keys(), ...(groups.get(this.#options.group) ?? [])]);
    for (const name of names) {
      const host = hosts.get(name);
      if (host !== undefined) this.#lay(name, this.#member(name, host.file), host.vars);
    }
  }

  addExtra({ vars }: ExtraVars): void {
    for (const [name, member] of this.#members) this.#lay(name, member, vars);
  }

  peers(): readonly Peer[] {
    const { group, schema, found } = this.#options;
    return [...this.#members].flatMap(([name, member]) => {
      const { vars, files, file } = member;
      const fileOf = (variable: string) => files.get(variable) ?? file;
      for (const { field, message } of unknownKeys(schema, vars)) {
        const at = fileOf(field.split(".")[0] ?? "");
        found.push({ file: at, host: name, field: fieldPath([group, field]), message });
      }
      const parsed = schema.safeParse(vars);
      if (!parsed.success) {
        const faults = findingsOf(parsed.error, { prefix: group, host: name, fileOf });
        found.push(
          ...faults.map((fault) => this.#ofSecret(this.#withSuggestion(fault, member), vars)),
        );
        return [];
      }
      this.#warnOfNearMisses(name, member);
      return [{ name, vars: parsed.data }];
    });
  }

  #member(host: string, file: string): Member {
    const known = this.#members.get(host);
    if (known !== undefined) return known;
    const member: Member = { vars: {}, files: new Map(), file, others: [] };
    this.#members.set(host, member);
    return member;
  }

  /** Lays those variables over a member that the contract knows. */
  #lay(host: string, member: Member, vars: Vars): void {
    const { group, found } = this.#options;
    const picked: Record<string, unknown> = isMapping(member.vars) ? { ...member.vars } : {};
    const others: string[] = [];
    for (const [name, value] of vars) {
      const schema =
        this.#known && Object.hasOwn(this.#known, name) ? this.#known[name] : undefined;
      if (this.#known !== undefined && schema === undefined) {
        if (!name.startsWith("ansible_")) others.push(name);
        continue;
      }
      if (schema === undefined && name.startsWith("ansible_")) continue;
      const template = templateIn(value.value);
      if (template !== undefined) {
        found.push({
          file: value.file,
          host,
          field: fieldPath([group, name]),
          message: `is a Jinja template, which weft does not evaluate: ${template}`,
        });
      }
      picked[name] = schema === undefined ? value.value : coerce(schema, value);
      member.files.set(name, value.file);
    }
    member.vars = picked;
    member.others = [...new Set([...member.others, ...others])];
  }

  #missing(member: Member, variable: string): boolean {
    return !isMapping(member.vars) || member.vars[variable] === undefined;
  }

  /** "Did you mean" for a variable that is not there while a similar one is. */
  #withSuggestion(fault: Finding, member: Member): Finding {
    const variable = fault.field.slice(this.#options.group.length + 1);
    if (!this.#missing(member, variable)) return fault;
    const meant = likelyMeant(variable, member.others);
    if (meant === undefined) return fault;
    return { ...fault, message: `${fault.message}. Did you mean it by "${meant}"?` };
  }

  /** All values of an encrypted file are secrets, which a contract must ask for. */
  #ofSecret(fault: Finding, vars: unknown): Finding {
    const path = fault.field.split(".").slice(1);
    const value = path.reduce<unknown>(
      (outer, key) =>
        typeof outer === "object" && outer !== null ? Reflect.get(outer, key) : undefined,
      vars,
    );
    if (!(value instanceof Secret)) return fault;
    return {
      ...fault,
      message: `${fault.message}. It comes from an encrypted file: if the contract does not say secretString(), say it there, or keep this variable in another file.`,
    };
  }

  #warnOfNearMisses(host: string, member: Member): void {
    const { group, warnings } = this.#options;
    for (const variable of Object.keys(this.#known ?? {})) {
      if (member.others.length === 0 || !this.#missing(member, variable)) continue;
      const meant = likelyMeant(variable, member.others);
      if (meant === undefined) continue;
      warnings.push(
        `${member.file}: host ${host}, ${meant}: unknown variable, ignored. Did you mean "${variable}" of the group ${group}?`,
      );
    }
  }
}

/** The members of one group of the contract over all layers, checked, with defaults filled in. */
export const mergeMembers = (options: GroupOptions): readonly Peer[] => {
  const members = new GroupMembers(options);
  for (const layer of options.layers) {
    if (layer.kind === "typed") members.addTyped(layer);
    else members.addHosts(layer);
  }
  if (options.extra !== undefined) members.addExtra(options.extra);
  return members.peers();
};
