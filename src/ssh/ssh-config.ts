import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { glob } from "./glob.ts";
import { expandHome, type LocalUser } from "./local-user.ts";
import { SetupError } from "./setup-error.ts";
import { honouredKeyword } from "./ssh-config-keywords.ts";
import { type ConfigLine, parseConfigLines } from "./ssh-config-line.ts";
import { expandTokens } from "./ssh-tokens.ts";
import { matchesAny } from "./wildcard.ts";

/** What is asked of the configuration. */
export interface ConfigQuery {
  /** What `Host` patterns are matched against. */
  readonly host: string;
  /** The user, where it is already settled, for `Match user`. */
  readonly user: string | undefined;
}

/** What applies to a host: of each keyword the first directive, of IdentityFile all. */
export type HostConfig = ReadonlyMap<string, readonly ConfigLine[]>;

const DEEPEST_INCLUDE = 16;
const WRITABLE_BY_OTHERS = 0o022;
/** The first of the two counts, and the other one is as if it were not there. */
const OTHER_ROUTE: Readonly<Record<string, string>> = {
  proxycommand: "proxyjump",
  proxyjump: "proxycommand",
};

/**
 * The user's ssh_config(5) file, with all that it includes; each is read once for all hosts.
 *
 * Read here and not with the npm package ssh-config 5, which cuts a ProxyCommand at its first "#",
 * closes up its spaces, takes keywords by their case, knows no negated Match and no line numbers.
 */
export class SshConfig {
  readonly #file: string;
  readonly #user: LocalUser;
  readonly #read = new Map<string, readonly ConfigLine[]>();

  constructor(file: string, user: LocalUser) {
    this.#file = file;
    this.#user = user;
  }

  /**
   * What the configuration says of one host. A file that does not exist says nothing.
   *
   * @throws SetupError with file and line for what cannot be understood or honoured
   */
  lookup(query: ConfigQuery): HostConfig {
    return new Lookup(query, this.#user, (file) => this.#lines(file)).run(this.#file);
  }

  #lines(file: string): readonly ConfigLine[] {
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const lines = parseConfigLines(readTrusted(file), file);
    this.#read.set(file, lines);
    return lines;
  }
}

/** A directive can run a command: so only the user and root may have written it. */
const readTrusted = (file: string): string => {
  try {
    const { uid, mode } = statSync(file);
    const own = process.getuid?.() ?? uid;
    if ((uid !== 0 && uid !== own) || (mode & WRITABLE_BY_OTHERS) !== 0) {
      throw new SetupError(`${file} can be written by others, and so is not trusted`, {
        hint: `make it yours alone: chmod go-w ${file}`,
      });
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof SetupError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "";
    throw new SetupError(`${file} cannot be read: ${message}`, { cause });
  }
};

/** One evaluation for one host, line by line. Source: process_config_line() in OpenSSH's readconf.c. */
class Lookup {
  readonly #query: ConfigQuery;
  readonly #user: LocalUser;
  readonly #lines: (file: string) => readonly ConfigLine[];
  readonly #found = new Map<string, readonly ConfigLine[]>();
  /** Keywords without a meaning here whose first directive was harmless: a later one does not count. */
  readonly #settled = new Set<string>();
  /** In lower case. */
  #ignoreUnknown: readonly string[] | undefined;
  /** In the second pass, the name that the first one came to. */
  #finalHost: string | undefined;
  #wantsFinal = false;

  constructor(query: ConfigQuery, user: LocalUser, lines: (file: string) => readonly ConfigLine[]) {
    this.#query = query;
    this.#user = user;
    this.#lines = lines;
  }

  run(file: string): HostConfig {
    this.#file(file, true, 0);
    if (this.#wantsFinal) {
      this.#finalHost = this.#host;
      this.#file(file, true, 0);
    }
    return this.#found;
  }

  /** The target's name, so far. */
  get #host(): string {
    const { host } = this.#query;
    const line = this.#found.get("hostname")?.[0];
    if (this.#finalHost !== undefined) return this.#finalHost;
    return line ? expandTokens(line.args[0] ?? "", { h: host, n: host }, line.at) : host;
  }

  /** @param reachable whether the block that includes the file applies */
  #file(file: string, reachable: boolean, depth: number): void {
    let applies = reachable;
    for (const line of this.#lines(file)) {
      if (line.keyword === "host") applies = reachable && this.#isHost(line);
      else if (line.keyword === "match") applies = reachable && this.#isMatch(line);
      else if (!applies) continue;
      else if (line.keyword === "include") this.#include(line, depth + 1);
      else this.#directive(line);
    }
  }

  #include({ args, at }: ConfigLine, depth: number): void {
    if (depth > DEEPEST_INCLUDE) throw new SetupError(`${at}: Include goes too deep`);
    for (const arg of args) {
      const path = expandHome(arg, this.#user);
      const full = isAbsolute(path) ? path : join(this.#user.home, ".ssh", path);
      for (const file of glob(full)) this.#file(file, true, depth);
    }
  }

  #isHost({ args }: ConfigLine): boolean {
    return matchesAny(args, this.#finalHost ?? this.#query.host);
  }

  #isMatch({ args, at }: ConfigLine): boolean {
    const words = args.flatMap((arg) => /^(!?[a-z]+)=(.*)$/is.exec(arg)?.slice(1) ?? [arg]);
    let applies = true;
    while (words.length > 0) {
      const word = words.shift() ?? "";
      const negated = word.startsWith("!");
      const criterion = word.slice(negated ? 1 : 0).toLowerCase();
      const met = this.#criterion(criterion, words, { at, decides: applies });
      if (met === negated) applies = false;
    }
    return applies;
  }

  /** @param rest loses the criterion's argument */
  #criterion(name: string, rest: string[], { at, decides }: { at: string; decides: boolean }) {
    if (name === "all") return true;
    if (name === "final" || name === "canonical") {
      if (name === "final") this.#wantsFinal = true;
      return this.#finalHost !== undefined;
    }
    const argument = rest.shift();
    if (argument === undefined) {
      throw new SetupError(`${at}: Match ${name}: the argument is missing`);
    }
    const { host, user } = this.#query;
    const texts: Readonly<Record<string, string>> = {
      host: this.#host,
      originalhost: host,
      user: user ?? this.#found.get("user")?.[0]?.args[0] ?? this.#user.userName,
      localuser: this.#user.userName,
    };
    const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
    if (text !== undefined) return matchesAny(argument.split(","), text);
    // Where another criterion fails already, it makes no difference what this one would say.
    if (!decides) return false;
    throw new SetupError(`${at}: Match ${name} is not supported`, {
      hint: `Match understands all, final, ${Object.keys(texts).join(", ")}`,
    });
  }

  #directive(line: ConfigLine): void {
    const { keyword } = line;
    if (keyword === "ignoreunknown") {
      this.#ignoreUnknown ??= line.args.join(",").toLowerCase().split(",");
    }
    if (this.#settled.has(keyword)) return;
    const name = honouredKeyword(line, this.#ignoreUnknown ?? []);
    if (name === undefined) this.#settled.add(keyword);
    else if (name === "identityfile") this.#add(name, line);
    else if (!this.#found.has(name) && !this.#found.has(OTHER_ROUTE[name] ?? "")) {
      this.#found.set(name, [line]);
    }
  }

  #add(name: string, line: ConfigLine): void {
    const before = this.#found.get(name) ?? [];
    if (before.some(({ args }) => args[0] === line.args[0])) return;
    this.#found.set(name, [...before, line]);
  }
}
