import { sh, TaskError, task } from "weft";
import { absolute, askEntry, attributesOf, type Entry, parseEntry } from "./entry.ts";
import { keeping, type Ownership, ownership } from "./ownership.ts";
import { replaceFile } from "./replace-file.ts";
import { askText, isText, parseText } from "./text.ts";

/** What a host has at the path of a file that is to be edited. */
export interface EditState {
  readonly entry: Entry;
  readonly text: string | undefined;
}

interface EditTask {
  readonly title: string;
  readonly path: string;
  /** Mode and owner of a file made anew; one that is there keeps its own. */
  readonly ownership?: Ownership;
  /** What the change does: "add line to /etc/hosts". */
  summary(before: string, after: string): string;
  /** Pure: the text as it should be. It must leave its own result as it is. */
  edit(text: string): string;
}

/** A part of a file that is as declared, the rest being somebody else's. */
export const editTask = ({ title, path, ownership: given = {}, summary, edit }: EditTask) => {
  const wanted = ownership(given);
  return task<EditState>({
    title,
    probe: {
      command: sh`
${askEntry(absolute(path))}
if [ -f ${path} ] && [ ! -L ${path} ]; then ${askText(path)}; fi`,
      parse: (result) => {
        const entry = parseEntry(result);
        const text = parseText(result);
        if (entry.kind === "file" && text === undefined) {
          throw new TaskError(`${path} cannot be read: ${result.stderr.trim()}`);
        }
        return { entry, text };
      },
    },
    plan: ({ entry, text = "" }) => {
      const attributes = attributesOf(path, entry, "file");
      if (!isText(text)) {
        throw new TaskError(`${path} is no UTF-8 text, and editing would damage it`);
      }
      const after = edit(text);
      if (after === text) return [];
      return [
        {
          summary: summary(text, after),
          command: replaceFile({
            path,
            text: after,
            ...keeping(attributes ? {} : wanted, attributes),
          }),
          diff: { subject: path, before: text, after },
        },
      ];
    },
  });
};

/** The lines of a text, without their ends. */
export const linesOf = (text: string): readonly string[] =>
  text === "" ? [] : text.replace(/\n$/, "").split("\n");

/** A text of these lines, each with its end. */
export const textOf = (lines: readonly string[]): string =>
  lines.map((line) => `${line}\n`).join("");

/** @throws TaskError where a value that is to be one line holds a line end */
export const oneLine = (what: string, value: string): string => {
  if (!value.includes("\n")) return value;
  throw new TaskError(`${what} must be one line: ${JSON.stringify(value)}`);
};
