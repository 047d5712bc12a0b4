import {
  type Change,
  type Command,
  type CommandResult,
  type secret,
  sh,
  TaskError,
  task,
} from "weft";
import { absolute, askEntry, attributesOf, type Entry, parseEntry } from "./entry.ts";
import { keeping, type Ownership, ownership, planOwnership } from "./ownership.ts";
import { askText, isText, parseText } from "./text.ts";

/** What a host has at the path of a file whose content is declared. */
export interface ContentState {
  readonly entry: Entry;
  /** Whether the content is the declared one. */
  readonly same: boolean;
  /** The present text, for the diff, where it may be shown and is not long. */
  readonly text: string | undefined;
}

interface ContentTask extends Ownership {
  readonly title: string;
  readonly path: string;
  /** Digest of the declared content; left out where any content will do. */
  readonly sha256?: string | ReturnType<typeof secret> | undefined;
  /** The declared text where it may be shown: then changes have a diff. */
  readonly text?: string | undefined;
  readonly timeoutMs?: number;
  /** The change that writes the content, with the file's owner and mode from the start. */
  write(ownership: Ownership): Omit<Change, "diff">;
}

/** Bytes of a present text that are fetched to be shown in a diff. */
const DIFF_BYTES = 100_000;

const askContent = ({ path, sha256, text }: ContentTask): Command => {
  if (sha256 === undefined) return sh`if [ -f ${path} ]; then echo content=same; fi`;
  const show = sh`if [ "$(wc -c <${path})" -le ${DIFF_BYTES} ]; then ${askText(path)}; fi`;
  return sh`
if [ -f ${path} ] && [ ! -L ${path} ]; then
  case $(sha256sum <${path}) in
    ${sha256}' '*) echo content=same ;;
    *' '*) echo content=different; ${text === undefined ? sh`:` : show} ;;
  esac
fi`;
};

const parse = (result: CommandResult): ContentState => {
  const entry = parseEntry(result);
  const content = /^content=(same|different)$/m.exec(result.stdout)?.[1];
  if (entry.kind === "file" && content === undefined) {
    throw new TaskError(`the file cannot be read: ${result.stderr.trim()}`);
  }
  const text = parseText(result);
  return {
    entry,
    same: content === "same",
    text: text !== undefined && isText(text) ? text : undefined,
  };
};

/** A file with a declared content, whichever way that gets there. */
export const contentTask = (options: ContentTask) => {
  const path = absolute(options.path);
  const wanted = ownership(options);
  const { title, text, timeoutMs, write } = options;
  return task<ContentState>({
    title,
    ...(timeoutMs !== undefined && { timeoutMs }),
    probe: {
      command: sh`
${askEntry(path)}
${askContent(options)}`,
      parse,
    },
    plan: (now) => {
      const attributes = attributesOf(path, now.entry, "file");
      if (attributes !== undefined && now.same) return planOwnership(path, wanted, attributes);
      const before = attributes === undefined ? "" : now.text;
      const change = write(keeping(wanted, attributes));
      return [
        text === undefined || before === undefined
          ? change
          : { ...change, diff: { subject: path, before, after: text } },
      ];
    },
  });
};
